from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter

from tests.unit.simulator import students
from topowave.simulator import simulate
from topowave.traces.reader import Recorded, parse_trace
from topowave.traces.space_time_diagram import MOST_ARROWS, MOST_LANES, Diagram

SVG = "{http://www.w3.org/2000/svg}"


def recorded(*arguments: object, **options: object) -> Recorded:
    return parse_trace(simulate(*arguments, **options).events, "t")  # type: ignore[arg-type]


def marks(diagram: Diagram) -> Counter[str]:
    """Count the classes of the picture's elements."""
    return Counter(str(element.get("class")) for element in ET.fromstring(str(diagram)).iter())


def test_a_small_run_is_drawn_whole() -> None:
    diagram = Diagram(recorded("echo", "random:8:2", delay="uniform:1,10"))
    found = marks(diagram)
    assert diagram.excerpt == ""
    assert (found["lane"], found["sent"], found["start"], found["decide"]) == (8, 24, 1, 1)
    texts = [text.text or "" for text in ET.fromstring(str(diagram)).iter(f"{SVG}text")]
    assert "root" in texts
    assert "All nodes and messages." in texts


def test_lanes_are_in_the_order_of_the_network() -> None:
    trace = recorded("echo", "random:8:2", delay="uniform:1,10")
    lines = [str(text.text) for text in ET.fromstring(str(Diagram(trace))).iter(f"{SVG}text")]
    names = [*trace.graph().names]
    assert [line for line in lines if line in names] == names


def test_a_large_run_is_drawn_in_part_and_says_so() -> None:
    diagram = Diagram(recorded("echo", "random:800:2", delay="uniform:1,10"))
    found = marks(diagram)
    assert found["lane"] == MOST_LANES
    assert found["sent"] + found["sent lost"] <= MOST_ARROWS
    assert f"{MOST_LANES} of 800 nodes" in diagram.excerpt
    assert diagram.excerpt in str(diagram)


def test_lost_messages_crashes_timers_and_starts_have_signs_of_their_own() -> None:
    faults = {"faults": [{"at": 5, "crash": "root"}, {"at": 6, "restart": "root"}]}
    found = marks(Diagram(recorded(students.Clock, "path:2:1", loss=1.0, faults=faults)))
    assert (found["sent lost"], found["down"], found["act"]) == (3, 1, 4)


def test_one_wave_can_be_drawn_alone() -> None:
    trace = recorded("echo", "ring:4")
    assert marks(Diagram(trace, "root-1"))["sent"] == 8
    assert marks(Diagram(trace, "other-1"))["sent"] == 0


def test_kinds_of_messages_have_colours_and_a_legend() -> None:
    svg = str(Diagram(recorded("echo", "ring:4")))
    assert ">Token<" in svg
    assert ">Reply<" in svg
    many = str(Diagram(recorded(students.Counter, "path:2:1")))
    assert "and others" in many


def test_what_a_student_wrote_is_quoted() -> None:
    class Marked(students.Silent):
        def on_start(self) -> None:
            self.send(self.neighbors[0], "<b>&")

    ET.fromstring(str(Diagram(recorded(Marked, "path:2:1"))))
    diagram = simulate(Marked, "path:2:1").diagram()
    assert diagram._repr_svg_() == str(diagram)


def test_a_trace_of_nothing_is_drawn() -> None:
    ET.fromstring(str(Diagram(parse_trace(['{"version":1}'], "t"))))


def test_a_picture_of_a_run_with_more_events_than_were_kept_says_so() -> None:
    assert "more events" in Diagram(recorded("echo", "ring:4"), complete=False).excerpt


def lines(*events: dict[str, object], algorithm: str = "echo") -> Recorded:
    header = {"version": 1, "algorithm": algorithm, "seed": 0, "topology": "ring:5"}
    return parse_trace([json.dumps(line) for line in (header, *events)], "t")


def message(event: str, node: str, peer: str, t: float, number: str = "1") -> dict[str, object]:
    return {
        "t": t,
        "node": node,
        "event": event,
        "wave": "w",
        "peer": peer,
        "message": "m",
        "message_id": number,
    }


def test_a_receipt_is_that_of_the_latest_message_with_its_id() -> None:
    sends = [message("send", "a", "b", t) for t in (0, 10)]
    receipts = [message("receive", "b", "a", t) for t in (1, 2, 11)]
    drawn = Diagram(lines(sends[0], *receipts[:2], sends[1], receipts[2]))
    assert marks(drawn)["sent"] == 3
    assert str(drawn).count("sent at 0, received at") == 2
    other = Diagram(lines(sends[0], message("receive", "c", "a", 1), message("receive", "b", "d", 1)))
    assert str(other).count("not received</title>") == 1


def test_thousands_of_events_with_one_id_are_no_more_pairs_than_events() -> None:
    many = [message("send", "a", "b", t) for t in range(1_500)]
    many += [message("receive", "b", "a", 1_500 + t) for t in range(1_500)]
    drawn = Diagram(lines(*many))
    assert marks(drawn)["sent lost"] == MOST_ARROWS
    assert drawn.excerpt.startswith(f"Excerpt: {MOST_ARROWS} of 1,500 messages")


def test_names_are_short_and_printable_in_the_picture() -> None:
    name = "\x1b[31m<&\ud800" + "x" * 1_000_000
    text = str(Diagram(lines(message("send", name, "__proto__", 0), algorithm=name)))
    assert len(text) < 10_000
    ET.fromstring(text.encode())
    assert "\x1b" not in text


def test_moments_may_be_as_near_as_can_be() -> None:
    ET.fromstring(str(Diagram(lines(message("send", "a", "b", 0), message("receive", "b", "a", 5e-324)))))
