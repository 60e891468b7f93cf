"""Running the handlers of a class that may be a student's: each has a deadline, on which it is ended.

Theory of operation. A handler is ordinary Python and blocks its whole process, so only a signal can end it.
While handlers run, the process' real-time alarm rings several times in a deadline; each time the watchdog
looks whether the run has gone on since (`beats`). Where it has not, and a handler is running, it raises
HandlerHangError in the handler, and does so at every alarm until the handler has ended: HandlerHangError is
no Exception, so `except Exception` does not hold it up, and a handler that catches even that is ended at a
line of its own `except` block.

A simulator's kernel, the checker and a replay are watched as a whole, with no call for each event. A live
node runs one handler at a time between other work (`run_handler`): the alarm is set for that handler alone,
and not at all for the library's own classes, to which the four system calls would be a large part of a
message.

Ctrl-C raises an InterruptedRunError meanwhile: a KeyboardInterrupt of a handler's own is known as such.

What must hold: `in_handler` is false whenever our own code runs, so that no alarm ends that. What an error
of a handler is told as, with file and line, is in `algorithm_error`.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from topowave.algorithms import Algorithm
from topowave.runtime.algorithm_error import HandlerHangError, InterruptedRunError, OutOfTimeError

HANDLER_DEADLINE_S = 5.0
"""How long one handler may take in virtual time, in the checker and in a replay (s)."""
LOADING_DEADLINE_S = 60.0
"""How long a class' file may take to be loaded, with all that it imports (s)."""
LOOK_S = 0.5
"""Time between two looks (s), at most."""

HANDLER_FRAMES = 1000
"""Calls within each other in a handler on a live node, with those that lead to it: Python's usual limit."""

_OURS = str(Path(__file__).resolve().parents[1]) + "/"


class Watched(Protocol):
    """What the watchdog looks at."""

    @property
    def beats(self) -> int:
        """Grows with every event."""
        ...

    @property
    def in_handler(self) -> bool:
        """Whether a handler may be running."""
        ...


class Watchdog:
    """Looks at `run` every half a second while the `with` block runs.

    It uses the process' real-time alarm, and gives it back as it was. Outside the main thread, or where there
    is no alarm (Windows), it does nothing: then a handler that hangs, hangs.

    Args:
        run: what to look at.
        look: called at every look at which the run has gone on, if given.
        deadline_s: how long one handler may take.
        what: what runs, for the sentence about one that takes longer.
        until_s: when all must be over, on the monotonic clock: then it raises OutOfTimeError.
    """

    def __init__(
        self,
        run: Watched,
        look: Callable[[], None] | None = None,
        deadline_s: float = HANDLER_DEADLINE_S,
        what: str = "the handler",
        until_s: float | None = None,
    ) -> None:
        self._run = run
        self._look = look
        self._deadline_s = deadline_s
        self._what = what
        self._until_s = until_s
        self._beats: int = run.beats
        self._since_s = 0.0
        self._before: tuple[Any, float, float] | None = None
        self._alarms = 0
        self._tracer: Any = None
        self._on_interrupt: Any = None

    def __enter__(self) -> Watchdog:
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            handler = signal.signal(signal.SIGALRM, self._alarm)
            step_s = min(LOOK_S, self._deadline_s / 4)
            self._since_s = time.monotonic()
            remaining_s, _ = signal.setitimer(signal.ITIMER_REAL, step_s, step_s)
            self._before = handler, remaining_s, self._since_s
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._on_interrupt = signal.signal(signal.SIGINT, _interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            return
        handler, remaining_s, begun_s = self._before
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if self._on_interrupt is not None:
            signal.signal(signal.SIGINT, self._on_interrupt)
        if self._alarms > 1:
            sys.settrace(self._tracer)
        if remaining_s:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, remaining_s - (time.monotonic() - begun_s)))

    def _alarm(self, _: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if self._until_s is not None and now_s >= self._until_s:
            raise OutOfTimeError
        if self._run.beats != self._beats or not self._run.in_handler:
            gone_on = self._run.beats != self._beats
            self._beats, self._since_s = self._run.beats, now_s
            if gone_on and self._look is not None:
                try:
                    self._look()
                except KeyboardInterrupt:
                    raise InterruptedRunError from None
        elif now_s - self._since_s >= self._deadline_s:
            self._alarms += 1
            if self._alarms > 1:
                self._trace(frame)
            raise self._error()

    def _error(self) -> HandlerHangError:
        return HandlerHangError(f"{self._what} did not return within {self._deadline_s:g} s")

    def _trace(self, frame: FrameType | None) -> None:
        """Have HandlerHangError raised at the handler's next line too: that may be one of an `except` block.

        Only of files that are not ours: what catches the error for us must not be interrupted.
        """
        if self._alarms == 2:
            self._tracer = sys.gettrace()
        while frame is not None:
            if not frame.f_code.co_filename.startswith(_OURS):
                frame.f_trace = self._at_line
            frame = frame.f_back
        sys.settrace(self._at_line)

    def _at_line(self, frame: FrameType, event: str, _: object) -> Any:
        if not self._run.in_handler or frame.f_code.co_filename.startswith(_OURS):
            return None
        if event == "line":
            raise self._error()
        return self._at_line


def _interrupt(_: int, __: FrameType | None) -> None:
    raise InterruptedRunError


class OneHandler:
    """A run of one handler, for a watchdog."""

    beats = 0

    def __init__(self) -> None:
        self.in_handler = True


def run_handler(
    algorithm: type[Algorithm], handler: Callable[..., object], *args: object, deadline_s: float
) -> BaseException | None:
    """Run a handler of `algorithm` on a live node and return what it raised, if it did.

    One of a user's own class must return within `deadline_s`. The library's own classes have no deadline,
    which would cost some system calls a message.
    """
    try:
        if is_of_library(algorithm):
            handler(*args)
            return None
        one = OneHandler()
        with _fewer_frames(), Watchdog(one, deadline_s=deadline_s):
            try:
                handler(*args)
            finally:
                one.in_handler = False  # no alarm may end what follows, which is ours
    except InterruptedRunError:
        raise
    except BaseException as error:  # noqa: BLE001 - a student's class may fail in any way
        return error  # a KeyboardInterrupt too: Ctrl-C comes to a server's loop, and raises nothing here
    return None


@contextmanager
def _fewer_frames() -> Generator[None]:
    """Lower the limit on calls within each other, which a live node has raised for deep frames.

    A class whose `__getattr__` or sort key calls itself would else use up the C stack and end the process.
    """
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(min(before, HANDLER_FRAMES))
    except RecursionError:  # the handler is called from deeper than that
        yield
        return
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def is_of_library(cls: type[Algorithm]) -> bool:
    """Whether a class is one of those that come with Topowave."""
    return cls.__module__.startswith("topowave.algorithms.")
