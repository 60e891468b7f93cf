from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.messages import PlainError, encode
from topowave.checker import check
from topowave.runtime.message_types import MessageTypes, declared_types
from topowave.simulator import Run, simulate
from topowave.traces.reader import parse_trace
from topowave.traces.replay import replay


@dataclass(frozen=True)
class Inner:
    """Part of a message."""

    number: int


@dataclass(frozen=True)
class Ping:
    """A message."""

    hops: int
    inside: Inner | None = None


class Declared(Algorithm):
    """Says what it sends, and sends it."""

    messages: ClassVar[tuple[type | None, ...]] = (Ping, int, None)

    def on_start(self) -> None:
        self.send_all(self.neighbors, Ping(1, Inner(2)))

    def on_message(self, sender: int, message: Any) -> None:
        if isinstance(message, Ping):
            self.decide(message.hops)


class Liar(Declared):
    """Sends what it has not declared."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")


class Annotated(Declared):
    """Says by its handler's annotation what it takes."""

    messages = ()

    def on_message(self, sender: int, message: Ping | dict[str, int] | None) -> None:
        super().on_message(sender, message)


class Free(Declared):
    """Says nothing, as a first try does."""

    messages = ()


class Untyped(Annotated):
    def on_message(self, sender: int, message: Literal["token"]) -> None:  # type: ignore[override]
        """Take what is no class."""


def test_types_are_declared_or_annotated_or_any_plain_data() -> None:
    assert declared_types(Declared) == (Ping, int, type(None))
    assert declared_types(Annotated) == (Ping, dict, type(None))
    assert declared_types(Free) == declared_types(Untyped) == declared_types(Algorithm) == ()


@pytest.mark.parametrize("message", [Ping(1), 7, True, None])
def test_what_is_declared_may_be_sent(message: object) -> None:
    types = MessageTypes(Declared)
    assert types.refusal(message) is None
    assert types.decode(encode(message)) == message


@pytest.mark.parametrize("message", ["hello", 1.5, [1], Inner(1)])
def test_what_is_not_declared_is_refused_by_name(message: object) -> None:
    refused = MessageTypes(Declared).refusal(message)
    assert refused is not None
    assert f"of type {type(message).__name__}; Declared declares Ping or int or None" in refused
    with pytest.raises(PlainError, match="declares Ping or int or None"):
        MessageTypes(Declared).decode(encode(message))


def test_a_whole_number_is_a_number() -> None:
    class Numbers(Algorithm):
        messages = (float,)

    assert MessageTypes(Numbers).refusal(1) is None


@pytest.mark.parametrize("algorithm", [Declared, Free])
def test_the_types_of_a_messages_fields_are_looked_at(algorithm: type[Algorithm]) -> None:
    types = MessageTypes(algorithm)
    whole = Ping(1, Inner(2))
    assert types.decode(encode(whole)) == whole
    with pytest.raises(PlainError, match=r"Ping: Expected `int`, got `str`"):
        types.decode({"$": "Ping", "hops": "1"})
    with pytest.raises(PlainError, match="unknown kind of value 'Popen'"):
        types.decode({"$": "Popen"})


@pytest.mark.parametrize("message", [Ping(1), "hello", [1, (2, {3})], {"a": None}])
def test_who_declares_nothing_may_send_any_plain_data(message: object) -> None:
    types = MessageTypes(Free)
    assert types.refusal(message) is None
    assert types.decode(encode(message)) == message


@pytest.mark.parametrize("fast", [False, True])
def test_both_kernels_refuse_a_message_that_is_not_declared(fast: bool) -> None:
    run: Run = simulate(Liar, "path:3", fast=fast)
    assert run.mistake is not None
    assert "of type str; Liar declares Ping or int or None as its `messages`" in str(run.mistake)
    assert simulate(Declared, "path:3", fast=fast).mistake is None


def test_the_simulator_names_the_line_that_sends_it() -> None:
    mistake = simulate(Liar, "path:3").mistake
    assert mistake is not None
    assert mistake.code == 'self.send_all(self.neighbors, "hello")'


def test_the_checker_refuses_it() -> None:
    violation = check(Liar, "path:3").violation
    assert violation is not None
    assert "Liar declares Ping or int or None" in str(violation.mistake)


def test_a_replay_refuses_it() -> None:
    lines = list(simulate(Declared, "path:2").events)
    forged = [line.replace('"hops":1', '"hops":"x"') for line in lines]
    assert forged != lines
    assert replay(parse_trace(lines, "t"), Declared).ok
    found = replay(parse_trace(forged, "t"), Declared)
    assert any("Ping: Expected `int`, got `str`" in text for text in found.differences)
