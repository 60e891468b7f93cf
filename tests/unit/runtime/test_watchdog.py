from __future__ import annotations

import signal
import threading
import time

import pytest

from topowave.runtime.algorithm_error import HandlerHangError
from topowave.runtime.watchdog import Watchdog


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
