"""What the clients of a process have begun to send and not ended: how much that may be, and for how long.

A frame may have four megabytes, and a hundred clients that each send all of one but its end would have four
hundred. So what is kept of unfinished frames has one limit for the whole process; whoever goes beyond it is
refused, and whoever does not end a frame in time is dropped, so that nobody keeps others out for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from topowave.wire import limits

LOOK_AGAIN_S = 0.05
"""Pause after a deadline, in which what the kernel has is read: the process may have been stopped (s)."""

_kept = 0


def kept() -> int:
    """Return how many bytes of unfinished frames this process keeps."""
    return _kept


class UnfinishedFrame:
    """What one connection has sent of a frame that has not ended.

    Args:
        too_slow: called where it does not end within REQUEST_TIMEOUT.
    """

    def __init__(self, too_slow: Callable[[], None]) -> None:
        self._too_slow = too_slow
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def is_now(self, size: int) -> bool:
        """Note how many bytes there are now, 0 where the frame has ended; return whether there is room."""
        global _kept  # noqa: PLW0603 - it is the process's
        _kept += size - self._size
        self._size = size
        if not size:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            return True
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(limits.REQUEST_TIMEOUT, self._look_again)
        return _kept <= limits.UNFINISHED_BYTES

    def _look_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self._too_slow)
