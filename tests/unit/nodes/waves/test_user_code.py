from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.nodes.reporting import EventBuffer
from topowave.nodes.waves.codec import Codec
from topowave.nodes.waves.handlers import Handlers
from topowave.nodes.waves.instances import effects_for, make_instance
from topowave.nodes.waves.user_code import UserCode
from topowave.nodes.waves.wave import RefusedError, Wave, now_ms
from topowave.runtime.algorithm_error import HandlerHangError, WrongEffectError
from topowave.runtime.message_types import MessageTypes
from topowave.wire import frames, limits


@dataclass(frozen=True)
class Endless:
    number: int

    def __post_init__(self) -> None:
        while self.number:
            pass


class Stubborn(list[int]):
    """Has no end once it is in a state."""

    def __iter__(self) -> Iterator[int]:
        while True:
            yield 1


class Own(Algorithm):
    messages = (Endless,)

    def on_start(self) -> None:
        self.kept = Stubborn([1])

    def __getattribute__(self, name: str) -> Any:
        if name in {"on_timer", "__dict__"}:
            raise RuntimeError(name)
        return super().__getattribute__(name)


REGISTRY = LIBRARY.with_class(Own, "own.py:Own")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDLER_TIMEOUT", 0.1)


def code() -> UserCode:
    return UserCode("a", Handlers(), Codec([8000, 8001], REGISTRY))


def wave() -> Wave:
    effects = effects_for(Own, (1,), MessageTypes(Own), "a-1")
    run = partial(Handlers().run, "a-1", "a", Own)
    made = make_instance(Own, 0, (1,), (1,), (1,), None, {}, effects, run)
    assert isinstance(made, Own)
    log = EventBuffer("a", "a-1", Own.name, None)
    return Wave("a-1", Own, made, effects, (1,), None, now_ms() + 1000, log, Codec([]).encode)


def said(number: int, algorithm: str = Own.name) -> frames.Wave:
    content = {"$": "Endless", "number": number}
    return frames.Wave(algorithm=algorithm, message=content, sender="ws://127.0.0.1:8001/ws", wave="a-1")


def test_a_message_whose_own_code_does_not_return_is_ended_as_a_handler_is() -> None:
    message, error = code().decoded(said(0), Own)
    assert (message, error) == (Endless(0), None)
    message, error = code().decoded(said(1), Own)
    assert message is None
    assert isinstance(error, HandlerHangError)


def test_what_is_no_message_of_the_librarys_is_refused() -> None:
    with pytest.raises(RefusedError):
        code().decoded(said(0, "flooding"), LIBRARY.find("chang-roberts"))


def test_a_state_that_cannot_be_shown_in_time_is_a_mistake_of_its_class() -> None:
    own = wave()
    assert code().state(own) == ({}, None)
    assert code().call(own, "on_start") is None
    shown, error = code().state(own)
    assert shown is None
    assert isinstance(error, HandlerHangError)


@pytest.mark.anyio
async def test_a_timer_that_has_run_out_is_kept_no_more_and_too_many_are_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "TIMERS", 2)
    own, over = wave(), asyncio.Event()

    def run_out(_: Wave, name: str) -> None:
        if name == "last":
            over.set()

    own.set_timer("first", -1.0, run_out)
    own.set_timer("last", 0.0, run_out)
    with pytest.raises(WrongEffectError, match="more than 2 timers of a node are set at a time"):
        own.set_timer("late", 1.0, run_out)
    await over.wait()
    assert own.timers == set()


def test_what_a_class_does_where_its_handler_is_looked_up_is_told() -> None:
    assert str(code().call(wave(), "on_timer", "t")) == "on_timer"
