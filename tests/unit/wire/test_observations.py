"""Reports survive the journey, and what is none is refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from topowave.wire import limits
from topowave.wire.frames import encode_frame
from topowave.wire.observations import Event, Events, Load, Report, decode_report


@pytest.mark.parametrize(
    "report",
    [
        Report(),
        Report(loads=[Load(node="a", assigned=1, running=2, moving=3, completed=4, submitted=10)]),
        Report(
            events=[
                Events("a", "a-1", "echo", [Event(5, "start"), Event(6, "send", "b", "a:1", "e", 40, [1])]),
                Events("b", "a-1", "echo", [], "rebalance", lost=3),
            ]
        ),
    ],
)
def test_a_report_survives_the_journey(report: Report) -> None:
    assert decode_report(encode_frame(report)) == report


def test_events_are_written_as_arrays_and_defaults_left_out() -> None:
    text = json.loads(encode_frame(Report(events=[Events("a", "a-1", "echo", [Event(5, "down", "b")])])))
    events = [[5, "down", "b", None, None, 0, None]]
    told = {"node": "a", "wave": "a-1", "algorithm": "echo", "events": events}
    assert text == {"about": "nodes", "events": [told]}


EVENTS = '{"about": "nodes", "events": [{"node": "", "wave": "", "algorithm": "", "events": [%s]}]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"about": "weather"}',
        EVENTS % '[-1, "start"]',
        EVENTS % '[1e30, "start"]',
        '{"about": "nodes", "loads": [{"node": "a", "assigned": -1, "running": 0, "moving": 0, '
        '"completed": 0, "submitted": 0}]}',
        '{"about": "nodes", "loads": [{"node": "a"}]}',
        '{"about": "nodes", "events": [{"node": "a", "wave": "", "algorithm": "", "events": [[1, "oh"]]}]}',
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_report(text)


@pytest.mark.parametrize("field", ["node", "wave", "algorithm", "purpose"])
def test_names_and_ids_in_reports_have_a_longest_one(field: str) -> None:
    def report(length: int) -> bytes:
        texts = {"node": "a", "wave": "a-1", "algorithm": "echo", "purpose": "rebalance", field: "x" * length}
        return encode_frame({"about": "nodes", "events": [texts | {"events": []}]})

    decode_report(report(limits.TEXT_CHARS))
    with pytest.raises(msgspec.ValidationError, match="length <= 200"):
        decode_report(report(limits.TEXT_CHARS + 1))


@pytest.mark.parametrize(("at", "most"), [(2, limits.URL_CHARS), (3, limits.URL_CHARS + 200), (4, 200)])
def test_what_an_event_names_has_a_longest_one(at: int, most: int) -> None:
    def report(length: int) -> bytes:
        event: list[object] = [1, "send", None, None, None]
        event[at] = "x" * length
        about = {"node": "a", "wave": "a-1", "algorithm": "echo", "events": [event]}
        return encode_frame({"about": "nodes", "events": [about]})

    decode_report(report(most))
    with pytest.raises(msgspec.ValidationError, match="length <="):
        decode_report(report(most + 1))
