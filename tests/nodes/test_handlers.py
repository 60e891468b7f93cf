"""A student's mistake is told with its line, and stops nobody."""

from __future__ import annotations

import signal
from typing import cast

import pytest

from algorithms import Algorithm, Echo
from nodes import handlers
from nodes.handlers import HandlerHangError, StrangerError, described, run_handler


class Divides(Algorithm):
    def on_start(self) -> None:
        self.send(0, 1 // self.id)


class Spins(Algorithm):
    def on_start(self) -> None:
        while True:
            self.turns = 0


def test_a_handler_of_the_library_just_runs() -> None:
    echo = Echo(0, (1,))
    run_handler(echo.on_start)
    assert len(echo.effects) == 1


def test_an_error_is_described_with_the_line_of_the_class_itself() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_handler(Divides(0, ()).on_start)
    text = described(Divides, cast("Exception", caught.value))
    assert text.startswith("ZeroDivisionError: integer division or modulo by zero (")
    assert "test_handlers.py" in text
    assert "self.send(0, 1 // self.id)" in text


def test_a_handler_that_never_returns_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "HANDLER_TIMEOUT", 0.05)
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(HandlerHangError, match=r"did not return within 0\.05 s") as caught:
        run_handler(Spins(0, ()).on_start)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert "test_handlers.py" in described(Spins, caught.value)


def test_a_message_to_a_stranger_is_described_without_a_line() -> None:
    assert (
        described(Echo, StrangerError("node 7 is no neighbour of node 1"))
        == "node 7 is no neighbour of node 1"
    )
