"""The ids of the waves that have ended at a node: a frame of theirs that still comes is late."""

from __future__ import annotations

from topowave.nodes.waves.timer_queue import TimerQueue
from topowave.nodes.waves.wave import now_ms
from topowave.wire import limits

FORGET_INTERVAL = 0.5
"""Seconds between two looks at the waves that have ended here, at least."""


class EndedWaves:
    """Ids, each until no frame of its wave can be on its way any more; WAVES_REMEMBERED of them at most.

    Args:
        timers: what calls when the first of them has expired.
    """

    def __init__(self, timers: TimerQueue) -> None:
        self._timers = timers
        self._expires: dict[str, int] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._expires)

    def __contains__(self, wave: str | None) -> bool:
        """Whether the wave with this id has ended here."""
        return wave in self._expires

    def add(self, wave: str, expires: int) -> None:
        """Remember an id until `expires`, in ms of the monotonic clock; above the limit the oldest goes."""
        if not self._expires:
            self._timers.after((expires - now_ms()) / 1000, self._forget)
        self._expires[wave] = expires
        if len(self._expires) > limits.WAVES_REMEMBERED:
            del self._expires[next(iter(self._expires))]

    def _forget(self) -> None:
        now = now_ms()
        self._expires = {wave: expires for wave, expires in self._expires.items() if expires > now}
        if self._expires:
            left = (min(self._expires.values()) - now) / 1000
            self._timers.after(max(left, FORGET_INTERVAL), self._forget)
