"""The feed: what happened in the lab, a sentence an event, the last few kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

import msgspec

from topowave.balancer.limits import FEED_EVENTS

FeedKind = Literal["wave", "task", "move", "node", "topology", "lab"]


class FeedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event, as browsers get it. `seq` runs from 1, `time` is in seconds since 1970."""

    seq: int
    time: float
    kind: FeedKind
    text: str
    node: str | None = None
    wave: str | None = None


class Feed:
    """The last FEED_EVENTS events.

    Args:
        touch: called after every event.
    """

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self._events: deque[FeedEvent] = deque(maxlen=FEED_EVENTS)
        self.last = 0

    def notify(self, kind: FeedKind, text: str, *, node: str | None = None, wave: str | None = None) -> None:
        """Add an event: a sentence for people, and the node or wave it is about."""
        self.last += 1
        self._events.append(FeedEvent(self.last, time.time(), kind, text, node, wave))
        self._touch()

    def between(self, after: int, until: int) -> list[FeedEvent]:
        """Return the kept events with after < seq <= until, oldest first."""
        return [event for event in self._events if after < event.seq <= until]
