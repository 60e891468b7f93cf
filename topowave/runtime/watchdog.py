"""Looks at a run from time to time: shows progress, and ends a handler that does not return."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from topowave.runtime.algorithm_error import HandlerHangError

HANDLER_DEADLINE_S = 5.0
"""How long one handler may take (s)."""
LOOK_S = 0.5
"""Time between two looks (s)."""


class Watched(Protocol):
    """What the watchdog looks at."""

    @property
    def beats(self) -> int:
        """Grows with every event."""
        ...

    in_handler: bool
    """Whether a handler may be running."""


class Watchdog:
    """Looks at `run` every half a second while the `with` block runs.

    It uses the process' real-time alarm, and gives it back as it was. Outside the main thread, or where there
    is no alarm (Windows), it does nothing: then a handler that hangs, hangs.

    Args:
        run: what to look at.
        look: called at every look, if given.
        deadline_s: how long one handler may take.
    """

    def __init__(
        self, run: Watched, look: Callable[[], None] | None = None, deadline_s: float = HANDLER_DEADLINE_S
    ) -> None:
        self._run = run
        self._look = look
        self._deadline_s = deadline_s
        self._beats = -1
        self._since_s = 0.0
        self._before: tuple[object, float, float] | None = None

    def __enter__(self) -> Watchdog:
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            handler = signal.signal(signal.SIGALRM, self._alarm)
            step_s = min(LOOK_S, self._deadline_s / 4)
            remaining_s, _ = signal.setitimer(signal.ITIMER_REAL, step_s, step_s)
            self._before = handler, remaining_s, time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            return
        handler, remaining_s, begun_s = self._before
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)  # type: ignore[arg-type]  # what signal.signal gave
        if remaining_s:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, remaining_s - (time.monotonic() - begun_s)))

    def _alarm(self, _: int, __: FrameType | None) -> None:
        now_s = time.monotonic()
        if self._run.beats != self._beats:
            self._beats, self._since_s = self._run.beats, now_s
            if self._look is not None:
                self._look()
        elif self._run.in_handler and now_s - self._since_s >= self._deadline_s:
            self._since_s = now_s
            raise HandlerHangError(f"the handler did not return within {self._deadline_s:g} s")
