"""Frames: every type is checked, what is not understood is said, and unknown fields do no harm."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.wire import frames
from topowave.wire.frames import FrameError, decode_frame, encode_frame

LEAF: dict[str, Any] = {"name": "a", "port": 8000, "cpu": 2, "load": 0, "children": []}
NAMES = st.text(string.ascii_letters + "éß東", min_size=1, max_size=20)


@st.composite
def payloads(draw: st.DrawFn, depth: int = 3) -> frames.Payload:
    """Reports of small subtrees."""
    below = st.lists(payloads(depth - 1), max_size=2) if depth else st.just([])
    return frames.Payload(
        name=draw(NAMES),
        port=draw(st.integers(1, 65535)),
        cpu=draw(st.integers(1, 64)),
        load=draw(st.integers(0, 10**6)),
        children=draw(below),
    )


PORTS = st.lists(st.integers(1, 65535), max_size=5)
COMMON = {
    "sender": st.just("ws://127.0.0.1:8000/ws"),
    "wave": st.none() | NAMES,
    "id": st.none() | st.integers(0, 2**53),
    "expires": st.none() | st.integers(0, 2**53),
}
PURPOSE = st.none() | st.just("rebalance")
ANY_FRAME = (
    st.builds(frames.Echo, **COMMON, purpose=PURPOSE)
    | st.builds(frames.EchoBack, **COMMON, purpose=PURPOSE, payload=payloads())
    | st.builds(frames.Finn, **COMMON, inc=PORTS, ninc=PORTS)
    | st.builds(frames.Wave, **COMMON, algorithm=NAMES, message=st.integers() | NAMES, start=st.booleans())
    | st.builds(frames.Error, code=NAMES, message=st.text(max_size=50))
)


@given(ANY_FRAME)
def test_every_frame_survives_the_journey(frame: frames.AnyFrame) -> None:
    text = encode_frame(frame)
    assert decode_frame(text) == frame
    assert decode_frame(text.decode()) == frame


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (frames.Echo(sender="ws://h:1/ws"), {"route": "echo", "sender": "ws://h:1/ws"}),
        (
            frames.Echo(sender="s", purpose="rebalance", wave="a-1", id=3, expires=9),
            {"route": "echo", "sender": "s", "purpose": "rebalance", "wave": "a-1", "id": 3, "expires": 9},
        ),
        (
            frames.EchoBack(sender="s", payload=frames.Payload(**LEAF)),  # type: ignore[typeddict-item]
            {"route": "echo_back", "sender": "s", "payload": LEAF},
        ),
        (
            frames.Finn(sender="s", inc=[8000], ninc=[]),
            {"route": "finn", "sender": "s", "inc": [8000], "ninc": []},
        ),
        (
            frames.Wave(sender="s", algorithm="finn-full", start=True),
            {"route": "wave", "sender": "s", "algorithm": "finn-full", "start": True},
        ),
        (frames.Error("bad_frame", "why"), {"route": "error", "code": "bad_frame", "message": "why"}),
    ],
)
def test_frames_look_as_the_design_has_them(frame: frames.AnyFrame, text: dict[str, object]) -> None:
    assert json.loads(encode_frame(frame)) == text


def test_a_frame_of_a_program_that_knows_more_or_less_is_understood() -> None:
    assert decode_frame('{"sender": "s", "colour": "red", "route": "echo"}') == frames.Echo(sender="s")
    without_sender = json.dumps({"route": "echo_back", "payload": LEAF | {"colour": "red"}})
    found = decode_frame(without_sender)
    assert isinstance(found, frames.EchoBack)
    assert (found.sender, found.payload["name"]) == (frames.NOBODY, "a")


@pytest.mark.parametrize("nothing", ["", None])
def test_an_optional_field_without_content_is_absent(nothing: object) -> None:
    empty = dict.fromkeys(("wave", "id", "expires"), nothing)
    sender = {"sender": "s"}
    expected: list[tuple[dict[str, object], frames.AnyFrame]] = [
        ({"route": "echo", "purpose": nothing} | sender, frames.Echo(sender="s")),
        (
            {"route": "echo_back", "payload": LEAF, "purpose": nothing, "sender": nothing},
            frames.EchoBack(payload=frames.Payload(**LEAF)),  # type: ignore[typeddict-item]
        ),
        ({"route": "finn", "inc": [], "ninc": [], "sender": nothing}, frames.Finn(inc=[], ninc=[])),
        (
            {"route": "wave", "algorithm": "a", "message": "", "start": nothing} | sender,
            frames.Wave(sender="s", algorithm="a", message=""),  # what a message says is the algorithm's
        ),
    ]
    for frame, meant in expected:
        assert decode_frame(json.dumps(frame | empty)) == meant
        assert decode_frame(json.dumps(frame | empty, indent=1)) == meant


@pytest.mark.parametrize("sender", [8000, ["s"], {}, True, "s" * 3000])
def test_a_packet_of_finn_needs_no_sender_that_could_be_answered(sender: object) -> None:
    text = json.dumps({"route": "finn", "inc": [8000], "ninc": [], "sender": sender})
    assert decode_frame(text) == frames.Finn(inc=[8000], ninc=[])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "truncated"),
        ("hello", "malformed"),
        (b"\xff\xfe{}", "malformed"),
        ('{"route": "echo", "sender": "\\ud800"}', "truncated|surrogate|malformed"),
        ("[]", "Expected `object`"),
        ("null", "Expected `object`"),
        ("{}", "missing required field `route`"),
        ('{"route": "quake"}', "Invalid value 'quake' - at `\\$.route`"),
        ('{"route": 5}', "Expected `str`"),
        ('{"route": "echo"}', "missing required field `sender`"),
        ('{"route": "echo", "sender": ""}', "missing required field `sender`"),
        ('{"route": "echo", "sender": null}', "missing required field `sender`"),
        ('{"route": "echo", "sender": 8000}', "Expected `str`, got `int` - at `\\$.sender`"),
        ('{"route": "echo", "sender": "%s"}' % ("s" * 2049), "length <= 2048"),
        ('{"route": "echo", "sender": "s", "wave": 1}', "at `\\$.wave`"),
        ('{"route": "echo", "sender": "s", "wave": "%s"}' % ("w" * 201), "length <= 200"),
        ('{"route": "echo", "sender": "s", "id": -1}', ">= 0"),
        ('{"route": "echo", "sender": "s", "expires": 1.5}', "at `\\$.expires`"),
        ('{"route": "echo", "sender": "s", "purpose": []}', "at `\\$.purpose`"),
        ('{"route": "finn", "sender": "s", "inc": [8000]}', "missing required field `ninc`"),
        ('{"route": "finn", "sender": "s", "inc": [0], "ninc": []}', "at `\\$.inc"),
        ('{"route": "finn", "sender": "s", "inc": [true], "ninc": []}', "got `bool`"),
        ('{"route": "finn", "sender": "s", "inc": 3, "ninc": []}', "Expected `array`"),
        ('{"route": "wave", "sender": "s"}', "missing required field `algorithm`"),
        ('{"route": "wave", "sender": "s", "algorithm": "a", "start": 1}', "Expected `bool`"),
        ('{"route": "echo_back", "payload": []}', "at `\\$.payload`"),
        ('{"route": "echo_back", "payload": {}}', "at `\\$.payload`"),
        (json.dumps({"route": "echo_back", "payload": LEAF | {"load": -1}}), "payload"),
        (json.dumps({"route": "echo_back", "payload": LEAF | {"cpu": 0}}), "payload"),
        (json.dumps({"route": "echo_back", "payload": LEAF | {"children": [{}]}}), "payload.children"),
    ],
)
def test_what_is_no_frame_is_refused_with_the_place(text: str | bytes, reason: str) -> None:
    with pytest.raises(FrameError, match=reason):
        decode_frame(text)


def test_a_mark_before_the_text_is_passed_over_once() -> None:
    text = '{"route": "finn", "inc": [], "ninc": []}'
    for mark in ("", "\ufeff"):
        assert decode_frame(mark + text) == frames.Finn(inc=[], ninc=[])
        assert decode_frame((mark + text).encode()) == frames.Finn(inc=[], ninc=[])
    with pytest.raises(FrameError):
        decode_frame("\ufeff" * 100_000 + text)


def test_it_is_seen_whose_a_frame_is_whose_keys_have_other_letters() -> None:
    text = json.dumps({"Route": "echo_back", "Payload": {"name": "a", "port": 1}, "SENDER": "ws://b/ws"})
    for mark in ("", "\ufeff"):
        seen = frames.glance(mark + text)
        assert (seen.route, seen.sender, seen.name, seen.port) == ("echo_back", "ws://b/ws", "a", 1)


BACK = {"route": "echo_back", "payload": {"name": "b", "load": float("nan")}, "sender": "http://b:1/ws"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(BACK),
        json.dumps([BACK]),
        json.dumps(BACK)[:-1],
        str(BACK),
        json.dumps({"x": "y" * 10**6} | BACK),
    ],
)
def test_it_is_seen_whose_a_text_is_that_is_no_json(text: str) -> None:
    for sent in (text, text.encode()):
        with pytest.raises(FrameError):
            decode_frame(sent)
        seen = frames.glance(sent)
        assert (seen.route, seen.sender) == ("echo_back", "http://b:1/ws")


def test_nothing_is_seen_in_what_says_nothing() -> None:
    for text in (
        "",
        "route sender",
        '"route": ',
        "\ud800",
        b"\xff\xfe",
        "[" * 10**6,
        '"sender": ' + "9" * 10**6,
    ):
        seen = frames.glance(text)
        assert (seen.route, seen.sender, seen.name) == ("", "", None)


@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_a_hundred_thousand_levels_are_too_deep_and_no_crash(opened: str) -> None:
    deep = opened * 100_000
    with pytest.raises(FrameError, match="nested too deeply"):
        decode_frame('{"route": "wave", "sender": "s", "algorithm": "a", "message": ' + deep)
