"""Observations survive the journey, and what is none is refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from wire.frames import encode_frame
from wire.observations import Event, Events, Load, decode_observation


@pytest.mark.parametrize(
    "observation",
    [
        Load(node="a", queued=1, running=2, moving=3, done=4, submitted=10),
        Events("a", "a-1", "echo", [Event(5, "start"), Event(6, "send", "b", "a:1", "echo", 40, {"$": "x"})]),
        Events("a", "a-1", "echo", [], "rebalance", lost=3),
    ],
)
def test_an_observation_survives_the_journey(observation: Load | Events) -> None:
    assert decode_observation(encode_frame(observation)) == observation


def test_events_are_written_as_arrays_and_defaults_left_out() -> None:
    text = json.loads(encode_frame(Events("a", "a-1", "echo", [Event(5, "down", "b")])))
    assert text == {
        "about": "events",
        "node": "a",
        "wave": "a-1",
        "algorithm": "echo",
        "events": [[5, "down", "b", None, None, 0, None]],
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"about": "weather"}',
        '{"about": "load", "node": "a"}',
        '{"about": "events", "node": "a", "wave": "w", "algorithm": "x", "events": [[1, "explode"]]}',
    ],
)
def test_what_is_no_observation_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_observation(text)
