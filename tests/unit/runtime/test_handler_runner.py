"""Handlers have a deadline, and what goes wrong in them is said with the line."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.runtime.algorithm_error import HandlerHangError, WrongEffectError, algorithm_error
from topowave.runtime.handler_runner import HANDLER_FRAMES, Watchdog, run_handler


class Run:
    def __init__(self, *, in_handler: bool) -> None:
        self.beats = 0
        self.in_handler = in_handler


def spin(seconds: float, run: Run | None = None) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if run is not None:
            run.beats += 1


def test_a_handler_that_does_not_return_is_ended() -> None:
    with (
        pytest.raises(HandlerHangError, match=r"within 0.05 s"),
        Watchdog(Run(in_handler=True), deadline_s=0.05),
    ):
        spin(10)


def test_a_run_that_goes_on_is_looked_at_and_let_be() -> None:
    looks: list[int] = []
    run = Run(in_handler=True)
    with Watchdog(run, lambda: looks.append(run.beats), deadline_s=0.04):
        spin(0.3, run)
    assert looks


def test_what_is_no_handler_may_take_its_time() -> None:
    with Watchdog(Run(in_handler=False), deadline_s=0.02):
        spin(0.1)


def test_the_alarm_is_given_back_with_the_time_that_was_left() -> None:
    before = signal.getsignal(signal.SIGALRM)
    left_s, _ = signal.setitimer(signal.ITIMER_REAL, 50)
    try:
        with Watchdog(Run(in_handler=False)):
            assert signal.getitimer(signal.ITIMER_REAL)[0] < 1
        assert 40 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
        assert signal.getsignal(signal.SIGALRM) is before
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s)


def test_outside_the_main_thread_there_is_no_alarm() -> None:
    done: list[bool] = []

    def run() -> None:
        with Watchdog(Run(in_handler=True), deadline_s=0.01):
            done.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [True]


class Wrong(Algorithm):
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


class Catching(Algorithm):
    """Loops in which every error is caught."""

    def on_start(self) -> None:
        while True:
            try:  # noqa: SIM105
                time.sleep(0.001)
            except Exception:  # noqa: BLE001 - what a student's loop may do
                pass

    def on_timer(self, name: str) -> None:
        while True:
            try:  # noqa: SIM105
                time.sleep(1)
            except:  # noqa: E722 - the worst that a student's loop may do
                pass


def reason(handler: Callable[..., None], *args: object) -> str:
    error = run_handler(Wrong, handler, *args, deadline_s=0.1)
    assert error is not None
    return algorithm_error(Wrong, "amber", "starting", error).reason


def test_a_handler_runs_with_what_it_is_given() -> None:
    echo = Echo(0, [1, 2])
    assert run_handler(Echo, echo.on_start, deadline_s=1) is None
    assert len(echo.effects) == 2
    assert run_handler(Echo, echo.on_message, 1, None, deadline_s=1) is None
    assert echo.waiting == {2}


def test_a_live_handler_that_does_not_return_is_ended_at_its_deadline() -> None:
    text = reason(Wrong(0, []).on_start)
    assert "did not return within 0.1 s" in text
    assert __file__ in text


@pytest.mark.parametrize(
    "handler", [Catching(0, []).on_start, lambda: Catching(0, []).on_timer("x")], ids=["Exception", "all"]
)
def test_a_handler_that_loops_and_catches_every_error_is_ended(handler: Callable[[], None]) -> None:
    tracer = sys.gettrace()
    assert isinstance(run_handler(Catching, handler, deadline_s=0.05), HandlerHangError)
    assert sys.gettrace() is tracer


def test_the_deadline_ends_with_the_handler_whatever_became_of_it() -> None:
    before = signal.getsignal(signal.SIGALRM)
    left_s, _ = signal.setitimer(signal.ITIMER_REAL, 50)
    try:
        for handler, args in ((Wrong(0, []).on_message, (1, "x")), (Wrong(0, []).on_start, ())):
            reason(handler, *args)
            remaining_s, interval_s = signal.getitimer(signal.ITIMER_REAL)
            assert remaining_s > 10
            assert interval_s == 0
            assert signal.getsignal(signal.SIGALRM) is before
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s)


def test_what_goes_wrong_is_told_with_its_kind_and_line() -> None:
    node = Wrong(0, [])
    text = reason(node.on_message, 7, "hello")
    assert text.startswith("ValueError: hello from 7 (")
    assert text.endswith(': raise ValueError(f"{message} from {sender}"))')
    assert f"{__file__}, line " in text
    assert reason(node.on_timer, "late").startswith("KeyError: 'late' (")
    assert reason(node.on_down, 1).startswith("NotImplementedError (")


def test_what_is_not_the_fault_of_a_line_is_told_without_one() -> None:
    error = WrongEffectError("node 5 is no neighbour of node 0")
    assert algorithm_error(Wrong, "amber", "sending", error).reason == "node 5 is no neighbour of node 0"


def test_an_exit_in_a_handler_ends_no_process() -> None:
    assert isinstance(run_handler(Wrong, lambda: sys.exit(3), deadline_s=1), SystemExit)


def test_a_handler_that_calls_itself_without_end_cannot_use_up_the_c_stack() -> None:
    found: list[int] = []
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # as on a live node, where a C function that recurses so often is a crash
    try:
        assert run_handler(Wrong, lambda: found.append(sys.getrecursionlimit()), deadline_s=1) is None
        assert sys.getrecursionlimit() == 20_000
        assert "SystemExit" in repr(run_handler(Wrong, sys.exit, deadline_s=1))
        assert sys.getrecursionlimit() == 20_000
        assert run_handler(Echo, lambda: found.append(sys.getrecursionlimit()), deadline_s=1) is None
    finally:
        sys.setrecursionlimit(before)
    assert found == [HANDLER_FRAMES, 20_000]


def test_the_librarys_own_handlers_have_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a system call a message")

    monkeypatch.setattr(signal, "setitimer", forbidden)
    assert run_handler(Echo, Echo(0, [1]).on_start, deadline_s=1) is None
    error = run_handler(Wrong, Wrong(0, []).on_down, 1, deadline_s=1)
    assert str(error) == "a system call a message"
