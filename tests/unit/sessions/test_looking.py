"""What a session tells of its events: variables, causes, stops, conditions, sentences."""

from __future__ import annotations

import pytest

from tests.unit.simulator import students
from topowave.algorithms import Algorithm
from topowave.sessions import Breakpoint, Session, limits
from topowave.sessions.breakpoints import Condition
from topowave.simulator import SimulationConfig
from topowave.topology import Problems
from topowave.translation.translate import translate


class Hasty(Algorithm):
    """An echo that decides at once, before it has heard from anybody."""

    deciders = "one"

    def setup(self) -> None:
        self.parent: int | None = None
        self.heard = 0

    def on_start(self) -> None:
        self.send_all(self.neighbors, "wave")

    def on_message(self, sender: int, message: str) -> None:
        self.heard += 1
        if self.parent is None and self.id:
            self.parent = sender
            self.send(sender, "echo")
        elif self.heard == 1:
            self.decide(self.heard)


def test_the_variables_before_and_after_an_event_and_what_is_new_in_them() -> None:
    session = Session(Hasty, "path:3:1")
    session.run()
    moment = session.moment(2)
    (node,) = moment.nodes
    assert moment.before == {}
    assert moment.after == {node: {"parent": 0, "heard": 1}}
    assert moment.changed == {node: ["parent", "heard"]}
    last = session.moment()
    assert (last.position, last.changed, last.before["root"]) == (
        session.position,
        {"root": ["heard"]},
        {"parent": None, "heard": 0},
    )
    with pytest.raises(Problems, match="event 9; this branch has the events from 1 to 3 so far"):
        session.moment(9)


def test_the_rows_of_events_are_those_of_the_trace() -> None:
    session = Session("finn", "random:7:1", SimulationConfig(delay="uniform:1,10"))
    stepped = [session.step() for _ in range(9)]
    assert session.rows() == stepped
    assert session.rows(3, 5) == stepped[3:5]
    run = session.run()
    rows = [row for rows in session.rows() for row in rows]
    assert [row["seq"] for row in rows] == [*range(1, len(run.events))]


def test_causes_are_chains_of_nodes_and_messages() -> None:
    session = Session("echo", "path:4:1")
    session.run()
    assert (session.events, session.past(1), session.future(1)) == (7, [], [2, 3, 4, 5, 6, 7])
    assert session.past(7) == [1, 2, 3, 4, 5, 6]
    star = Session("echo", "star:4")
    star.run()
    assert star.past(3) == [1]
    assert [each for each in star.future(3) if star.moment(each).nodes == star.moment(2).nodes] == []
    with pytest.raises(Problems, match="event 0; this branch has the events from 1 to"):
        star.past(0)


def test_past_and_future_are_each_other_s_mirror() -> None:
    session = Session("finn", "random:6:2", SimulationConfig(delay="uniform:1,10", duplicate=0.3, loss=0.1))
    session.run()
    events = range(1, session.events + 1)
    pasts = {event: set(session.past(event)) for event in events}
    for event in events:
        assert {each for each in events if event in pasts[each]} == set(session.future(event))


def test_it_stops_behind_the_next_event_that_somebody_waits_for() -> None:
    session = Session("echo", "ring:6")
    assert session.step_node("root")
    assert session.position == 1
    waits = Breakpoint(kind="send", condition="parent != None")
    assert session.run_to(Breakpoint(node="root", kind="decide"), waits) is waits
    assert session.position == 2
    assert session.run_to_decide()
    assert "decide" in [row["event"] for row in session.moment().rows]
    assert not session.run_to_decide()
    assert session.ending == "quiet"


@pytest.mark.parametrize(
    ("written", "state", "holds"),
    [
        ("parent == 3", {"parent": 3}, True),
        ("parent != None", {"parent": None}, False),
        ("parent == null", {"parent": None}, True),
        ("order >= (1, 2)", {"order": (1, 3)}, True),
        ("colour == red", {"colour": "red"}, True),
        ('colour == "red"', {"colour": "blue"}, False),
        ("seen<2", {"seen": 1}, True),
        ("seen < 2", {"seen": None}, False),
        ("seen < 2", {}, False),
    ],
)
def test_a_condition_is_read_and_compared(written: str, state: dict[str, object], holds: bool) -> None:
    assert Condition.parse(written).holds(state) is holds


def test_a_breakpoint_that_is_none_is_told() -> None:
    for written in ("", "parent", "parent = 3", "1 == 1", "__import__('os') == 1", "x == " + "1" * 200):
        with pytest.raises(Problems, match="expected NAME OP VALUE"):
            Breakpoint(condition=written)
    assert len("x == " + "1" * 200) > limits.LONGEST_CONDITION
    with pytest.raises(Problems, match="kind: expected one of start, receive"):
        Breakpoint(kind="explosion")
    with pytest.raises(Problems, match="needs a node, a kind or a condition"):
        Breakpoint()
    session = Session("echo", "ring:4")
    with pytest.raises(Problems, match="there is no node 'nobody'"):
        session.run_to(Breakpoint(node="nobody"))
    with pytest.raises(Problems, match="expected at most 100"):
        session.run_to(*[Breakpoint(kind="send")] * (limits.MOST_BREAKPOINTS + 1))


def test_the_conditions_stand_as_they_do_now_and_their_break_is_found() -> None:
    session = Session(Hasty, "ring:5")
    assert session.conditions().holds["dependence"] is None
    found = session.first_break()
    assert found is not None
    assert (found.broken, found.position) == (("dependence",), 4)
    assert "has no event before node root's decide" in found.witnesses[0]
    session.step_to(found.position - 1)
    assert session.conditions().broken == []
    session.step()
    assert session.conditions().broken == ["dependence"]
    good = Session("echo", "ring:5")
    assert good.first_break() is None
    good.step_to(3)
    standing = good.conditions()
    assert (standing.messages, standing.bounds["messages"], standing.position) == (4, 10, 3)
    assert standing.bits > 0


def test_an_event_is_told_in_a_sentence_in_each_language() -> None:
    session = Session(Hasty, "path:2:1")
    session.step()
    other = session.pending()[0].node
    session.run()
    sentence = session.narration(2)
    assert sentence == f"{other} receives 'wave' from root; it sends 'echo' to its parent root"
    assert session.narration() == "root receives 'echo' from " + f"{other}; root decides 1"
    assert str(session.narration(1)) == f"root starts the wave; it sends 'wave' to {other}"
    assert translate(sentence, "ru") == (
        f"узел {other} получает 'wave' от root, затем отправляет 'echo' своему родителю root"
    )
    assert "Elternknoten" in translate(sentence, "de")


def test_what_goes_wrong_is_told_too() -> None:
    session = Session("echo", "star:3")
    session.step()
    message = session.pending()[0]
    session.drop(message)
    assert str(session.narration()).endswith(f"a message from root to {message.node} is taken away")
    other = str(session.pending()[0].node)
    session.crash(other)
    session.step()
    assert session.narration() == f"a message from root is lost, since {other} is down"


def test_a_class_that_fails_is_told_with_its_line_and_can_be_gone_back_from() -> None:
    session = Session(students.Failing, "path:3:1")
    session.run()
    assert session.mistake is not None
    assert "students.py, line" in session.mistake
    session.back()
    assert session.mistake is None
