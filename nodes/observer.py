"""Tells the balancer what the node did: events of waves, in batches after the fact, and its load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from wire import limits
from wire.frames import encode_frame
from wire.link import Link
from wire.observations import Event, Events, Load


@dataclass
class _Batch:
    """What happened in a wave since the last report of it."""

    wave: str
    algorithm: str
    purpose: str | None
    events: list[Event] = field(default_factory=list[Event])
    bits: int = 0
    lost: int = 0

    def report(self, node: str) -> Events:
        return Events(node, self.wave, self.algorithm, self.events, self.purpose, lost=self.lost)


class Observer:
    """One node's reports to the balancer. They wait for nobody, and nobody waits for them.

    Args:
        url: the balancer's `/observe`.
        node: this node's name.
        load: returns the load as it is now.
    """

    def __init__(self, url: str, node: str, load: Callable[[], Load]) -> None:
        self._node = node
        self._load = load
        self._link = Link(url, on_open=self._send_load, keep=limits.OBSERVER_FRAMES)
        self._batches: dict[str, _Batch] = {}
        self._flush: asyncio.TimerHandle | None = None
        self._load_timer: asyncio.TimerHandle | None = None
        self._load_sent = 0.0

    def open(self) -> None:
        """Connect to the balancer."""
        self._link.open()

    async def close(self) -> None:
        """Send what is left and close."""
        self._send_events()
        for timer in (self._flush, self._load_timer):
            if timer is not None:
                timer.cancel()
        await self._link.close()

    def record(self, wave: str, algorithm: str, purpose: str | None, event: Event) -> None:
        """Keep an event for the next report of its wave."""
        batch = self._batch(wave, algorithm, purpose)
        batch.events.append(event)
        batch.bits += event.bits
        if len(batch.events) >= limits.REPORT_EVENTS or batch.bits > limits.REPORT_BITS:
            del self._batches[wave]
            self._link.send(encode_frame(batch.report(self._node)))

    def lose(self, wave: str, algorithm: str, purpose: str | None) -> None:
        """Count an event that is not kept."""
        self._batch(wave, algorithm, purpose).lost += 1

    def _batch(self, wave: str, algorithm: str, purpose: str | None) -> _Batch:
        batch = self._batches.get(wave)
        if batch is None:
            batch = self._batches[wave] = _Batch(wave, algorithm, purpose)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(limits.EVENTS_DELAY, self._send_events)
        return batch

    def load_changed(self) -> None:
        """Report the load: at once, or when the last report is LOAD_DELAY seconds old."""
        if self._load_timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._load_sent + limits.LOAD_DELAY - loop.time()
        self._load_timer = loop.call_later(max(0.0, wait), self._send_load)

    def _send_load(self) -> None:
        if self._load_timer is not None:
            self._load_timer.cancel()
            self._load_timer = None
        self._load_sent = asyncio.get_running_loop().time()
        self._link.send(encode_frame(self._load()))

    def _send_events(self) -> None:
        self._flush = None
        batches, self._batches = self._batches, {}
        for batch in batches.values():
            self._link.send(encode_frame(batch.report(self._node)))
