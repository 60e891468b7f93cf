"""The feed: what happened in the lab, a sentence an event, the last few kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import FEED_EVENTS
from topowave.translation import told

FeedKind = Literal["wave", "task", "move", "node", "forecast", "topology", "lab"]


class FeedEvent(JsonForm):
    """One event, as browsers get it. `seq` runs from 1, `time` is in seconds since 1970.

    `code` and `parameters` say what the text is made of, so that it can be said in another language; null
    and {} of one that is said as it is. Of a move, `node` gives and `receiver` takes so many `tasks`.
    """

    seq: int
    time: float
    kind: FeedKind
    text: str
    code: str | None
    parameters: dict[str, Any]
    node: str | None
    wave: str | None
    receiver: str | None
    tasks: int | None


class Feed:
    """The last FEED_EVENTS events.

    Args:
        touch: called after every event.
    """

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self._events: deque[FeedEvent] = deque(maxlen=FEED_EVENTS)
        self.last = 0

    def notify(
        self,
        kind: FeedKind,
        text: str,
        *,
        node: str | None = None,
        wave: str | None = None,
        receiver: str | None = None,
        tasks: int | None = None,
    ) -> None:
        """Add an event: a sentence for people, and what it is about."""
        self.last += 1
        said = told(text) or {"code": None, "parameters": {}}
        event = FeedEvent(
            seq=self.last,
            time=time.time(),
            kind=kind,
            text=str(text),
            code=said["code"],
            parameters=said["parameters"],
            node=node,
            wave=wave,
            receiver=receiver,
            tasks=tasks,
        )
        self._events.append(event)
        self._touch()

    def between(self, after: int, until: int) -> list[FeedEvent]:
        """Return the kept events with after < seq <= until, oldest first."""
        return [event for event in self._events if after < event.seq <= until]
