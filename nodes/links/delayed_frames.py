"""The frames of one link that its delay holds back: each leaves when its time has come, in their order.

The delay may change at any time. A frame keeps the time that it was given; one that is sent later, with a
shorter delay, waits for those before it, since a link never changes the order of its messages.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from topowave.wire.limits import UNSENT_FRAMES

_GRAIN_S = 0.001
"""uvloop counts time in milliseconds, so a timer may run out so much too early (s)."""


class DelayedFrames:
    """A queue of frames, each with the time at which it leaves.

    Args:
        delay_s: seconds for which each frame is held back; may be changed.
        leave: called with each frame whose time has come.

    Attributes:
        waiting: the frames, each with its time. While there are any, a new one goes behind them.
    """

    def __init__(self, delay_s: float, leave: Callable[[bytes], None]) -> None:
        self.delay_s = delay_s
        self._leave = leave
        self.waiting: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: bytes) -> None:
        """Hold a frame back. Past UNSENT_FRAMES the first one leaves early: that is better than none."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + self.delay_s
        if self.waiting:
            due_s = max(due_s, self.waiting[-1][0])
        self.waiting.append((due_s, text))
        if len(self.waiting) > UNSENT_FRAMES:
            self._leave(self.waiting.popleft()[1])
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._due)

    def clear(self) -> None:
        """Forget all that wait."""
        self.waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        until_s = loop.time() + _GRAIN_S
        while self.waiting and self.waiting[0][0] <= until_s:
            self._leave(self.waiting.popleft()[1])
        if self.waiting and self._timer is None:
            self._timer = loop.call_at(self.waiting[0][0], self._due)
