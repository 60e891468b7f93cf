"""Many moments behind one timer: the event loop need not keep two timers for every wave."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable


class TimerQueue:
    """Things to do at given times, each once and in the order of their times.

    There is a timer only while something is to be done. What became pointless in the meantime is for the
    function itself to find out.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def __len__(self) -> int:
        return len(self._due)

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have `do` called `seconds` from now."""
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        heapq.heappush(self._due, (at, next(self._numbers), do))
        if self._timer is None or at < self._timer_at:
            self._set(loop, at)

    def clear(self) -> None:
        """Forget everything."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, loop: asyncio.AbstractEventLoop, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = loop.call_at(at, self._run)

    def _run(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        # A loop's clock may be a little behind the timer that it has just run out.
        now = max(loop.time(), self._timer_at)
        try:
            while self._due and self._due[0][0] <= now:
                heapq.heappop(self._due)[2]()
        finally:
            if self._due:  # what was just done may have set the timer, but not to the first of what is left
                self._set(loop, self._due[0][0])
