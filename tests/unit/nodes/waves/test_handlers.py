"""Handlers run in a process that is forked for it, since some of them end theirs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.base import EffectList
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.waves.handlers import Handlers
from topowave.runtime.handler_note import HandlerNote
from topowave.wire import limits


class Own(Algorithm):
    def on_start(self) -> None:
        os._exit(7)

    def on_message(self, sender: int, message: object) -> None:
        sum(range(10**13))  # in C, for hours

    def on_timer(self, name: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def on_down(self, neighbor: int) -> None:
        if os.fork():
            os.wait()


def ended(note: HandlerNote, work: Callable[[Handlers, Own], object]) -> int:
    """Let a process run handlers; return how it ended: its exit code, or minus the number of a signal."""
    pid = os.fork()
    if not pid:
        try:
            handlers = Handlers(note)
            signal.signal(signal.SIGTERM, handlers.note_sigterm)
            work(handlers, Own(0, (1,), effects=EffectList()))
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def handler_of(note: HandlerNote) -> str | None:
    run = note.read()
    return None if run is None else run.handler


def test_a_handler_that_ends_its_process_is_noted() -> None:
    note = HandlerNote()
    assert ended(note, lambda handlers, own: handlers.run("a-1", "a", Own, own.on_start, of="on_start")) == 7
    assert handler_of(note) == "Own.on_start"


def test_a_handler_in_a_call_of_c_that_nothing_can_end_ends_with_its_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANDLER_MOST", 0.2)
    note = HandlerNote()
    done = ended(
        note, lambda handlers, own: handlers.run("a-1", "a", Own, own.on_message, 1, "x", of="on_message")
    )
    assert done == -signal.SIGPROF
    assert handler_of(note) == "Own.on_message"


def test_a_handler_that_sends_its_process_a_sigterm_stays_noted() -> None:
    note = HandlerNote()
    ended(note, lambda handlers, own: handlers.run("a-1", "a", Own, own.on_timer, "t", of="on_timer"))
    assert handler_of(note) == "Own.on_timer"


def test_a_sigterm_from_outside_is_no_handlers_doing() -> None:
    note = HandlerNote()
    ended(note, lambda _, own: own.on_timer("t"))
    assert handler_of(note) is None


def test_a_copy_that_a_handler_forks_ends_with_the_handler_and_changes_nothing() -> None:
    note, told = HandlerNote(), os.pipe()

    def work(handlers: Handlers, own: Own) -> None:
        handlers.run("a-1", "a", Own, own.on_down, 1, of="on_down")
        os.write(told[1], b"x")

    ended(note, work)
    os.close(told[1])
    assert os.read(told[0], 10) == b"x"
    os.close(told[0])
    assert handler_of(note) is None


def test_a_handler_that_takes_too_much_memory_fails_at_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDLER_MEMORY_MB", 50)
    found: list[BaseException | None] = []

    def work(handlers: Handlers, own: Own) -> None:
        found.append(handlers.run("a-1", "a", Own, bytearray, 100_000_000, of="on_start"))
        os._exit(isinstance(found[0], MemoryError) and len(bytearray(100_000_000)) == 100_000_000)

    assert ended(HandlerNote(), work) == 1


def test_the_librarys_own_handlers_are_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a system call a message")

    monkeypatch.setattr(signal, "setitimer", forbidden)
    note = HandlerNote()
    echo = Echo(0, (1,), effects=EffectList())
    assert Handlers(note).run("a-1", "a", Echo, echo.on_start, of="on_start") is None
    assert handler_of(note) is None
