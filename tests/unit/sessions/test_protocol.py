"""What a page may ask, as frames."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from topowave.sessions import answering, protocol
from topowave.sessions.limits import CLASS_CHARS, FILE_NAME_CHARS, MOST_BREAKPOINTS
from topowave.sessions.protocol import AskError, read_ask, refusal


def frame(**fields: object) -> str:
    return json.dumps({"id": 1, **fields})


def test_an_ask_is_read_with_what_it_leaves_out() -> None:
    ask = read_ask(frame(do="open", network="ring:5", algorithm="echo"))
    assert isinstance(ask, protocol.Open)
    assert (ask.version, ask.seed, ask.delay, ask.fifo, ask.language) == (1, 0, "constant:1", False, "en")


@pytest.mark.parametrize("kind", protocol.ASKS)
def test_every_ask_has_a_meaning_or_is_the_servers_own(kind: type[protocol.Ask]) -> None:
    own = {protocol.Open, protocol.Resume, protocol.Close, protocol.Stop, protocol.Network}
    assert (kind in answering.MEANINGS) != (kind in own)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"do": "dance"}, "Invalid value 'dance'"),
        ({"do": "step", "choise": 3}, "unknown field `choise`"),
        ({"do": "delay", "event": 3}, "missing required field `units`"),
        ({"do": "go", "position": -1}, ">= 0"),
        ({"do": "step", "language": "fr"}, "Invalid enum value 'fr'"),
        ({}, "missing required field `do`"),
    ],
)
def test_what_is_no_ask_is_refused_with_its_id_and_the_field(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(AskError, match="this is no ask") as caught:
        read_ask(frame(**asked))
    assert caught.value.id == 1
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"id": -1, "do": "step"}', '{"do": "step"}', b"\xff"])
def test_what_has_no_id_is_refused_without_one(text: str | bytes) -> None:
    with pytest.raises(AskError) as caught:
        read_ask(text)
    assert caught.value.id is None


def test_frames_that_nest_without_end_are_refused() -> None:
    with pytest.raises(AskError):
        read_ask('{"id": 1, "do": "open", "network": "ring:3", "inputs": ' + "[" * 100_000)


def test_texts_names_and_breakpoints_have_a_limit() -> None:
    def opening(name: str, text: str) -> str:
        return frame(do="open", network="ring:3", file={"name": name, "text": text})

    read_ask(opening("a" * FILE_NAME_CHARS, "x" * CLASS_CHARS))
    for name, text in (("a" * (FILE_NAME_CHARS + 1), ""), ("", ""), ("a", "x" * (CLASS_CHARS + 1))):
        with pytest.raises(AskError):
            read_ask(opening(name, text))
    read_ask(frame(do="run", breakpoints=[{"kind": "decide"}] * MOST_BREAKPOINTS))
    with pytest.raises(AskError):
        read_ask(frame(do="run", breakpoints=[{"kind": "decide"}] * (MOST_BREAKPOINTS + 1)))


def test_a_refusal_is_a_frame_with_sentences() -> None:
    assert msgspec.json.decode(refusal(7, ["no"])) == {"id": 7, "problems": ["no"]}
