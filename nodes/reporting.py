"""Reports to the balancer what the nodes of a process did: their events of waves, their loads, their links.

One link a process carries the reports of all its nodes. They wait for nobody, and nobody waits for them: a
report is written when nothing has happened for a moment, so it takes no time from the wave that it is about.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from topowave.nodes.links.openings import Openings
from topowave.topology import LabConfig
from topowave.wire import limits
from topowave.wire.frames import encode_frame
from topowave.wire.link import Link
from topowave.wire.machine import boot_id
from topowave.wire.observations import Event, EventKind, Events, Heartbeat, Held, LinksOpening, Load, Report

HEARTBEAT_INTERVAL = LabConfig().heartbeat_interval
"""Seconds between two heartbeats, where no settings say otherwise."""

Noted = tuple[int, EventKind, str | None, int | None, str | None, int, object]
"""An event until it is reported: time (ns), kind, peer, number of the message, its route, bytes, content."""


class EventBuffer:
    """What a node did in a wave since the last report of it.

    Attributes:
        node, wave, algorithm, purpose: whose and which.
        via: the foreign neighbour from which the wave came without an id; else None.
        events: what is not reported yet.
        size: the bytes of their messages.
        sent: how many events were reported before.
        lost: how many were not kept, since there were too many.
        state: returns the state of the node's instance, where a report is to carry it.
    """

    __slots__ = (
        "algorithm",
        "events",
        "lost",
        "node",
        "purpose",
        "sent",
        "size",
        "state",
        "via",
        "wave",
    )

    def __init__(
        self, node: str, wave: str, algorithm: str, purpose: str | None, via: str | None = None
    ) -> None:
        self.node = node
        self.wave = wave
        self.algorithm = algorithm
        self.purpose = purpose
        self.via = via
        self.events: list[Noted] = []
        self.size = 0
        self.sent = 0
        self.lost = 0
        self.state: Callable[[], object] | None = None

    def take(self) -> Events:
        """Return what is new, which then is old."""
        events, lost = [self._event(*noted) for noted in self.events], self.lost
        self.sent += len(events)
        if self.state is not None and self.events:
            events.append(Event(self.events[-1][0] // 1000, "state", message=self.state()))
        self.events, self.size, self.lost = [], 0, 0
        return Events(self.node, self.wave, self.algorithm, events, self.purpose, lost, self.via)

    def _event(
        self,
        ns: int,
        event: EventKind,
        peer: str | None,
        number: int | None,
        route: str | None,
        size: int,
        message: object,
    ) -> Event:
        message_id = None if number is None else f"{self.node if event == 'send' else peer}:{number}"
        return Event(ns // 1000, event, peer, message_id, route, 8 * size, message)


class Reporter:
    """The reports of one process.

    Args:
        url: the balancer's `/observe`.
        on_text: called with what the balancer says there.
        heartbeat_interval: seconds between two heartbeats.

    Attributes:
        openings: counts the links that are being opened.
    """

    def __init__(
        self,
        url: str,
        on_text: Callable[[bytes], None] | None = None,
        heartbeat_interval: float = HEARTBEAT_INTERVAL,
    ) -> None:
        self._heartbeat_interval = heartbeat_interval
        self._heartbeat_timer: asyncio.TimerHandle | None = None
        self._link = Link(
            url, on_open=self._opened, on_text=on_text, keep=limits.UNSENT_REPORTS, in_turn=False
        )
        self._buffers: list[EventBuffer] = []
        self._first_ns = 0
        self._last_ns = 0
        self._events_timer: asyncio.TimerHandle | None = None
        self._sources: dict[str, Callable[[], Load]] = {}
        self._changed: dict[str, None] = {}
        self._loads_timer: asyncio.TimerHandle | None = None
        self._loads_sent = 0.0
        self._holds: dict[tuple[str, str], Callable[[], Held]] = {}
        self._held_changed: dict[tuple[str, str], None] = {}
        self.openings = Openings(self._send_opening)

    def open(self) -> None:
        """Connect to the balancer, and say again and again that this process lives."""
        self._link.open()
        self._beat()

    def confirm(self, settings: int) -> None:
        """Say that all nodes of this process have taken the settings of that number."""
        self._send(Report(settings=settings))

    async def close(self) -> None:
        """Send what is left and close."""
        self._send_events()
        for timer in (self._events_timer, self._loads_timer, self._heartbeat_timer):
            if timer is not None:
                timer.cancel()
        await self._link.close()

    # Events.

    def record(
        self,
        buffer: EventBuffer,
        event: EventKind,
        peer: str | None = None,
        number: int | None = None,
        route: str | None = None,
        size: int = 0,
        message: object = None,
    ) -> None:
        """Keep an event for the next report of its wave; past WAVE_EVENTS it is only counted."""
        events = buffer.events
        if not events and not buffer.lost:
            self._add(buffer)
        if buffer.sent >= limits.WAVE_EVENTS:
            buffer.lost += 1
            return
        now = self._last_ns = time.monotonic_ns()
        events.append((now, event, peer, number, route, size, message))
        buffer.size += size
        if len(events) >= limits.REPORT_EVENTS or buffer.size > limits.REPORT_BYTES:
            self._buffers.remove(buffer)
            self._send(Report(events=[buffer.take()]))

    def _add(self, buffer: EventBuffer) -> None:
        if self._events_timer is None:
            self._first_ns = time.monotonic_ns()
            self._events_timer = asyncio.get_running_loop().call_later(limits.EVENTS_DELAY, self._events_due)
        self._buffers.append(buffer)

    def _events_due(self) -> None:
        now = time.monotonic_ns()
        quiet, waited = (now - self._last_ns) / 1e9, (now - self._first_ns) / 1e9
        wait = min(limits.EVENTS_DELAY - quiet, limits.EVENTS_MOST - waited)
        if wait > 0:
            self._events_timer = asyncio.get_running_loop().call_later(wait, self._events_due)
        else:
            self._send_events()

    def _send_events(self) -> None:
        if self._events_timer is not None:
            self._events_timer.cancel()
            self._events_timer = None
        buffers, self._buffers = self._buffers, []
        self._send_buffers(buffers)
        if self._held_changed:
            self._send_held()

    def _send_buffers(self, buffers: list[EventBuffer]) -> None:
        report, events, size = Report(), 0, 0
        for buffer in buffers:
            events += len(buffer.events)
            size += buffer.size
            report.events.append(buffer.take())
            if events >= limits.REPORT_EVENTS or size > limits.REPORT_BYTES:
                self._send(report)
                report, events, size = Report(), 0, 0
        if report.events:
            self._send(report)

    # Held waves.

    def hold(self, part: tuple[str, str], now: Callable[[], Held]) -> None:
        """Report what waits at a node in a held wave, which `now` returns; `part` is both their names."""
        self._holds[part] = now
        self.held_changed(part)

    def held_changed(self, part: tuple[str, str]) -> None:
        """Report it anew, after the events that have led to it."""
        self._held_changed[part] = None
        if self._events_timer is None:
            self._first_ns = self._last_ns = time.monotonic_ns()
            self._events_timer = asyncio.get_running_loop().call_later(limits.EVENTS_DELAY, self._events_due)

    def hold_over(self, part: tuple[str, str]) -> None:
        """Report for the last time what waits there."""
        last = self._holds.pop(part, None)
        self._held_changed.pop(part, None)
        if last is not None and self._link.is_open:
            self._send(Report(held=[last()]))

    def _send_held(self) -> None:
        changed, self._held_changed = self._held_changed, {}
        if self._link.is_open:  # else all is told when it opens
            for part in changed.keys() & self._holds.keys():
                self._send(Report(held=[self._holds[part]()]))

    # Loads.

    def add_source(self, node: str, load: Callable[[], Load]) -> None:
        """Report the load of `node`, which `load` returns as it is then."""
        self._sources[node] = load
        self.load_changed(node)

    def remove_source(self, node: str) -> None:
        """Report the load of `node` no more."""
        self._sources.pop(node, None)
        self._changed.pop(node, None)

    def load_changed(self, node: str) -> None:
        """Report the load of `node`: at once, or when the last report of loads is LOAD_DELAY seconds old."""
        self._changed[node] = None
        if self._loads_timer is None:
            loop = asyncio.get_running_loop()
            wait = self._loads_sent + limits.LOAD_DELAY - loop.time()
            self._loads_timer = loop.call_later(max(0.0, wait), self._send_loads)

    def _opened(self) -> None:
        """Tell a balancer that knows nothing yet; the clock comes first, since events have its times."""
        self._send_heartbeat()
        if self.openings.now.left:
            self._send_opening(self.openings.now)
        self._changed = dict.fromkeys(self._sources)
        self._send_loads()
        self._held_changed = dict.fromkeys(self._holds)
        self._send_held()

    def _send_opening(self, opening: LinksOpening) -> None:
        if self._link.is_open:  # else it is told when that opens
            self._send(Report(opening=opening))

    def _send_loads(self) -> None:
        if self._loads_timer is not None:
            self._loads_timer.cancel()
            self._loads_timer = None
        self._loads_sent = asyncio.get_running_loop().time()
        if not self._link.is_open:
            return  # all loads are sent when it opens
        changed, self._changed = self._changed, {}
        self._send(Report(loads=[self._sources[node]() for node in changed]))

    # Heartbeats.

    def _beat(self) -> None:
        self._heartbeat_timer = asyncio.get_running_loop().call_later(self._heartbeat_interval, self._beat)
        self._send_heartbeat()

    def _send_heartbeat(self) -> None:
        """Say what the clock is; what waits until the link is open would say what it was."""
        heartbeat = Heartbeat(time.monotonic_ns() // 1000, boot_id())
        self._link.send_first(encode_frame(Report(heartbeat=heartbeat)))

    def _send(self, report: Report) -> None:
        self._link.send(encode_frame(report))
