"""The links of a process that are being opened for the first time: how many there are, and how many are left.

A lab of thousands of nodes with tens of thousands of links is at its handshakes for many seconds after its
nodes are up. A wave that began meanwhile would run out of time, so the balancer is told, and lets it wait.
Only the first opening counts: what breaks later is repaired beside the waves, which go on without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from topowave.wire.limits import OPENINGS_INTERVAL
from topowave.wire.observations import LinksOpening


class FirstOpening:
    """The first attempt to open a link, until it has come to an end, whatever that is."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self.is_over = False

    def end(self) -> None:
        """Note that the link is open, that it could not be opened, or that nobody wants it any more."""
        if not self.is_over:
            self.is_over = True
            self._over()


class Openings:
    """Counts for one process.

    Args:
        tell: called when the first link is to be opened, now and then meanwhile, and at once after the last.
    """

    def __init__(self, tell: Callable[[LinksOpening], None]) -> None:
        self._tell = tell
        self._links = 0
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None
        self._when_over: Callable[[], None] | None = None

    @property
    def now(self) -> LinksOpening:
        """How many links there are, and how many are left."""
        return LinksOpening(links=self._links, left=self._left)

    def begin(self) -> FirstOpening:
        """Count a link that is to be opened."""
        self._tell_in(OPENINGS_INTERVAL if self._left else 0.0)
        self._links += 1
        self._left += 1
        return FirstOpening(self._ended)

    def tell_now(self) -> None:
        """Tell of links that are to be opened at once, before anything that is said later."""
        if self._left:
            self._due()

    def when_over(self, do: Callable[[], None]) -> None:
        """Call `do` once, when no link is left; where there is none, now."""
        if self._left:
            self._when_over = do
        else:
            do()

    def _ended(self) -> None:
        self._left -= 1
        if self._left:
            self._tell_in(OPENINGS_INTERVAL)
            return
        self._due()
        if self._when_over is not None:
            do, self._when_over = self._when_over, None
            do()

    def _tell_in(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._due)

    def _due(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._tell(self.now)
