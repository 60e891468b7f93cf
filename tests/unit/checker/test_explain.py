"""How a run that breaks a condition is told: in words, in columns, as a trace, in a notebook."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.unit.algorithms.networks import path
from topowave.algorithms import Algorithm, Network
from topowave.checker import check
from topowave.checker.counterexample import Counterexample
from topowave.traces.reader import parse_trace
from topowave.traces.space_time_diagram import Diagram

NAMES = Network.from_links(3, [(0, 1), (1, 2)], names=["amber", "birch", "cedar"])


class RepliesAtOnce(Algorithm):
    """A node answers before it has passed the token on to others, so nobody waits for cedar."""

    def setup(self) -> None:
        self.waiting = len(self.neighbors)

    def on_start(self) -> None:
        self.send_all(self.neighbors, "token")

    def on_message(self, sender: int, message: object) -> None:
        if message == "token":
            self.send(sender, "reply")
            self.send_all((q for q in self.neighbors if q != sender), "token")
        else:
            self.waiting -= 1
            if not self.waiting:
                self.decide(self.id)


def violation(**options: int) -> Counterexample:
    found = check(RepliesAtOnce, NAMES, initiators=["amber"], **options).violation  # type: ignore[arg-type]
    assert found is not None
    return found


def test_it_is_told_event_by_event_with_the_witness_and_what_is_under_way() -> None:
    assert str(violation()) == (
        "dependence is violated: node cedar has no event before node amber's decide\n"
        "\n"
        "a shortest run that shows it, 3 events, on amber-birch, birch-cedar:\n"
        "    1  amber  starts, sends 'token' to birch\n"
        "    2  birch  receives 'token' from amber, sends 'reply' to amber, sends 'token' to cedar\n"
        "    3  amber  receives 'reply' from birch, decides amber\n"
        "  still under way: 'token' from birch to cedar\n"
        "\n"
        "the nodes then:\n"
        "  amber  waiting=0\n"
        "  birch  waiting=2\n"
        "  cedar  waiting=1"
    )


def test_nodes_that_are_called_by_their_numbers_have_them_once() -> None:
    found = check(RepliesAtOnce, path(3), initiators=["0"]).violation
    assert found is not None
    assert str(found).endswith("the nodes then:\n  0  waiting=0\n  1  waiting=2\n  2  waiting=1")


def test_a_node_that_has_crashed_keeps_its_row_among_the_numbers() -> None:
    found = check(RepliesAtOnce, NAMES, initiators=["amber"]).violation
    assert found is not None
    gone = replace(found, states=found.states | {"birch": ""}, named=False)
    assert "\n  birch  1\n  cedar  2  waiting=1" in str(gone)


def test_its_picture_has_a_column_for_each_node() -> None:
    assert violation().picture() == (
        "     amber                        birch                        cedar\n"
        "  1  starts                       |                            |\n"
        "     sends 'token' to birch       |                            |\n"
        "  2  |                            receives 'token' from amber  |\n"
        "     |                            sends 'reply' to amber       |\n"
        "     |                            sends 'token' to cedar       |\n"
        "  3  receives 'reply' from birch  |                            |\n"
        "     decides amber                |                            |"
    )


def test_its_trace_numbers_messages_and_names_events_as_every_trace_does() -> None:
    lines = [json.loads(line) for line in violation().trace]
    assert lines[0]["runtime"] == "checker"
    assert lines[0]["topology"]["nodes"] == ["amber", "birch", "cedar"]
    assert [(line["t"], line["node"], line["event"]) for line in lines[1:]] == [
        (1, "amber", "join"),
        (1, "amber", "start"),
        (1, "amber", "send"),
        (2, "birch", "join"),
        (2, "birch", "receive"),
        (2, "birch", "send"),
        (2, "birch", "send"),
        (3, "amber", "receive"),
        (3, "amber", "decide"),
    ]
    assert lines[5]["message_id"] == lines[3]["message_id"] == "amber:1"
    assert lines[9]["message"] == 0
    assert [line["seq"] for line in lines[1:]] == list(range(1, 10))


def test_its_json_has_the_condition_the_witness_and_the_events() -> None:
    found = violation().to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["condition"] == "dependence"
    assert found["steps"] == 3
    assert found["shortest"] is True
    events = found["events"]
    assert events == violation().events
    assert len(violation().events) == 9


def shown_in_a_notebook(thing: object) -> str:
    html: str = getattr(thing, "_repr_html_")()  # noqa: B009 - a notebook calls it by its name
    return html


def test_it_can_be_drawn_and_shown_in_a_notebook() -> None:
    found = violation()
    assert "<svg" in str(Diagram(parse_trace(found.trace, "trace")))
    shown = shown_in_a_notebook(found)
    assert "<svg" in shown
    assert "node amber&#x27;s decide" in shown
    result = check(RepliesAtOnce, NAMES, initiators=["amber"])
    assert "<table>" in shown_in_a_notebook(result)
    assert "<pre>" in shown_in_a_notebook(result)


def test_a_long_message_is_cut() -> None:
    class Long(RepliesAtOnce):
        def on_start(self) -> None:
            self.send_all(self.neighbors, "x" * 500)

        def on_message(self, sender: int, message: object) -> None:
            self.decide("y" * 500)

    found = check(Long, NAMES, initiators=["amber"]).violation
    assert found is not None
    assert max(map(len, str(found).splitlines())) < 200


def test_what_is_lost_doubled_or_crashed_is_in_the_trace_too() -> None:
    class Strict(RepliesAtOnce):
        wave = False

        def on_message(self, sender: int, message: object) -> None:
            super().on_message(sender, message)
            assert self.waiting >= 0

    found = check(Strict, NAMES, initiators=["amber"], duplicate=1).violation
    assert found is not None
    assert found.property_name == "handlers" or "twice" in found.witness
    identities = [event["message_id"] for event in found.events if event["event"] == "receive"]
    assert len(identities) > len(set(identities))
