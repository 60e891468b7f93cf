"""Handlers of a user's own class have a deadline, and their mistakes are told with the line."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.waves import handlers
from topowave.nodes.waves.handlers import NonNeighborError, described, run_handler


class Mistaken(Algorithm):
    """What a student may write on a bad day."""

    def on_start(self) -> None:
        while True:
            pass

    def on_message(self, sender: int, message: object) -> None:
        raise ValueError(f"{message} from {sender}")

    def on_timer(self, name: str) -> None:
        dict[str, int]().pop(name)

    def on_down(self, neighbor: int) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def _short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(handlers, "HANDLER_TIMEOUT", 0.1)


def mistake(handler: Callable[..., None], *args: object) -> str:
    with pytest.raises(Exception) as found:  # noqa: PT011 - which one is in the text
        run_handler(handler, *args)
    assert isinstance(found.value, Exception)
    return described(Mistaken, found.value)


def test_a_handler_runs_with_what_it_is_given() -> None:
    echo = Echo(0, [1, 2])
    run_handler(echo.on_start)
    assert len(echo.effects) == 2
    run_handler(echo.on_message, 1, None)
    assert echo.waiting == {2}


def test_a_handler_that_does_not_return_is_stopped_at_its_deadline() -> None:
    before = time.monotonic()
    text = mistake(Mistaken(0, []).on_start)
    assert time.monotonic() - before < 2
    assert "did not return within 0.1 s" in text
    assert __file__ in text


def test_the_deadline_ends_with_the_handler_whatever_became_of_it() -> None:
    before = signal.getsignal(signal.SIGALRM)
    for handler, args in ((Mistaken(0, []).on_message, (1, "x")), (Mistaken(0, []).on_start, ())):
        mistake(handler, *args)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) is before


def test_a_mistake_is_told_with_its_kind_and_line() -> None:
    node = Mistaken(0, [])
    told = mistake(node.on_message, 7, "hello")
    assert told.startswith("ValueError: hello from 7 (")
    assert told.endswith(': raise ValueError(f"{message} from {sender}"))')
    assert f"{__file__}, line " in told
    assert mistake(node.on_timer, "late").startswith("KeyError: 'late' (")
    assert mistake(node.on_down, 1).startswith("NotImplementedError (")


def test_what_is_not_the_fault_of_a_line_is_told_without_one() -> None:
    assert described(Mistaken, NonNeighborError("node 5 is no neighbour of node 0")) == (
        "node 5 is no neighbour of node 0"
    )


def test_the_librarys_own_handlers_have_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a system call a message")

    monkeypatch.setattr(signal, "setitimer", forbidden)
    run_handler(Echo(0, [1]).on_start)
    with pytest.raises(AssertionError, match="a system call"):
        run_handler(Mistaken(0, []).on_down, 1)
