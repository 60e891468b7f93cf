"""The lab's figures: what is told of now, and a sample each second for the history.

Everything here is read from the parts that have it; nothing is counted for the second time. The journal is
read in a thread, once a second for the history and whenever somebody asks, but never so often that it would
take more than FIGURES_SHARE of the time. So a reading may be some moments old: each says of which moment it
is, and all that is told of tasks is of that one.
"""

from __future__ import annotations

import asyncio
import os
import time
from array import array
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import isnan
from typing import TypeVar

from topowave.balancer.figures.executors import executor_figures, is_active, wanted_nodes
from topowave.balancer.figures.forms import (
    Figures,
    JournalFigures,
    JournalState,
    ProcessMemory,
    RequestFigures,
    SystemFigures,
)
from topowave.balancer.figures.memory import LabProcess, memory_of
from topowave.balancer.figures.point import CELL_WIDTH, COUNTERS, GAUGES, UNKNOWN, NodePoint, Point
from topowave.balancer.figures.record import Record
from topowave.balancer.figures.requests import ever, request_figures
from topowave.balancer.limits import (
    FIGURES_INTERVAL,
    FIGURES_MEMORY_INTERVAL,
    FIGURES_MINUTE_S,
    FIGURES_RATE_S,
    FIGURES_REST,
    FIGURES_SHARE,
    FIGURES_WAIT,
)
from topowave.balancer.rebalancer import Rebalancer
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.stream.listeners import Listeners
from topowave.balancer.stream.stream import StreamHub
from topowave.balancer.threads import in_a_thread
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.wave_counts import WaveCounts
from topowave.tasks.groups import ALL, STATE_AT, GroupedTasks, GroupFilter
from topowave.tasks.states import FINISHED, STATES
from topowave.translation import text
from topowave.web.problem_details import RETRY_SOON, Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sources:
    """The parts of the balancer that have what figures tell."""

    lab: Lab
    journal: JournalMonitor
    rebalancer: Rebalancer
    waves: WaveRegistry
    wave_counts: WaveCounts
    hub: StreamHub
    listeners: Listeners


class LabFigures:
    """The figures of one lab; made inside a running event loop."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self.record = Record(time.time())
        self._read_at = 0.0
        """When the journal may be read again, on the clock `time.monotonic`."""
        self._last: GroupedTasks | None = None
        self._readable = False
        self._reading: asyncio.Lock = asyncio.Lock()
        self._memory: list[ProcessMemory] = []
        self._memory_at = 0.0
        self._offered = 0.0
        self._sampled_at = time.monotonic()
        self._names: tuple[str, ...] = ()

    async def run(self) -> None:
        """Take a sample each second, for ever."""
        due = time.monotonic()
        while True:
            await self._look_at_memory()
            # What a dashboard that asks once a second has read is good enough.
            self._sample(self._fresh() or await self._read(ALL))
            due = max(due + FIGURES_INTERVAL, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    def _fresh(self) -> GroupedTasks | None:
        """Return the last reading if it is younger than a sample."""
        last = self._last
        return last if last is not None and 0 <= time.time() - last.time < FIGURES_INTERVAL else None

    async def now(self, wanted: GroupFilter = ALL) -> Figures:
        """Return the figures as they are now. Raises Problem (503) where too many ask for theirs."""
        read = await self._read(wanted, FIGURES_WAIT)
        lab = self._from.lab
        return Figures(
            time=round(time.time(), 3),
            since=round(self.record.since, 3),
            cursor=self.record.last,
            executors=executor_figures(lab, wanted_nodes(lab, wanted)),
            requests=None if read is None else self._requests(read, wanted),
            system=self._system(),
        )

    @property
    def deadlines(self) -> tuple[int, int] | None:
        """How many tasks have failed since they were late, and how many have little time left.

        As the journal was read last, about a second ago; None where it cannot be read.
        """
        return None if self._last is None else (self._last.totals.late, self._last.soon)

    async def _read(self, wanted: GroupFilter, wait_s: float | None = None) -> GroupedTasks | None:
        """Read the journal; None where there is none to read. What all ask for is read once for all.

        Raises:
            Problem: 503 where its turn does not come within `wait_s`.
        """
        journal = self._from.journal
        if not journal.is_there:
            return None
        asked = time.monotonic()
        async with self._turn(wait_s):
            if wanted is ALL and self._last is not None and self._read_at > max(asked, time.monotonic()):
                return self._last
            wait = self._read_at - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                read = await journal.grouped(wanted)
            except Problem:
                self._readable = False
                self._last = None
                return None
            self._readable = True
            rest = read.took * (1 / FIGURES_SHARE - 1)
            self._read_at = time.monotonic() + min(FIGURES_REST, rest)
            if wanted is ALL:
                self._last = read
            return read

    @asynccontextmanager
    async def _turn(self, wait_s: float | None) -> AsyncGenerator[None]:
        """Wait until nobody else reads the journal for figures. Raises Problem as `_read` does."""
        try:
            async with asyncio.timeout(wait_s):
                await self._reading.acquire()
        except TimeoutError:
            why = text(
                "figures are asked for so often that it takes longer than {seconds:g} s; ask again later",
                seconds=FIGURES_WAIT,
            )
            raise Problem(503, text("Too many requests"), why, headers=RETRY_SOON) from None
        try:
            yield
        finally:
            self._reading.release()

    def _requests(self, read: GroupedTasks, wanted: GroupFilter) -> RequestFigures:
        came, ended = self._rates() if wanted is ALL else (None, None)
        return request_figures(read, came, ended)

    def _rates(self) -> tuple[float | None, float | None]:
        now, before = self.record.now(), self.record.ago(FIGURES_RATE_S)
        if now is None or before is None or now.time <= before.time:
            return None, None
        places = [COUNTERS.index(name) for name in ("submitted", *FINISHED)]
        came, *ended = (now.counters[at] - before.counters[at] for at in places)
        if isnan(came):
            return None, None
        seconds = now.time - before.time
        return round(max(0.0, came / seconds), 3), round(max(0.0, sum(ended) / seconds), 3)

    def _system(self) -> SystemFigures:
        parts = self._from
        lab = parts.lab
        capacity = sum(node.cpu for node in lab.topology.nodes if lab.status[node.name].state == "up")
        busy = self._busy()
        efficiency, waves = self._last_minute()
        state: JournalState = "none"
        if parts.journal.is_there:
            state = "readable" if self._readable else "unreadable"
        last = self._last
        return SystemFigures(
            load=lab.load,
            capacity=capacity,
            utilisation=round(min(1.0, busy / capacity), 4) if capacity else None,
            efficiency=efficiency,
            efficiency_s=FIGURES_MINUTE_S,
            imbalance=round(lab.imbalance, 4),
            moves=parts.rebalancer.counts.moved,
            waves=sum(parts.wave_counts.waves.values()),
            waves_per_minute=waves,
            messages_per_s=round(parts.waves.messages_per_s, 1),
            browsers=len(parts.hub),
            listeners=len(parts.listeners),
            journal=JournalFigures(
                state=state,
                read_ms=None if last is None else round(last.took * 1000, 3),
                age_s=None if last is None else round(max(0.0, time.time() - last.time), 3),
            ),
            memory=self._memory,
        )

    def _busy(self) -> int:
        """Return how many cores are at work; a node's running tasks hold one each as far as it has told."""
        return sum(status.running for status in self._from.lab.status.values())

    def _last_minute(self) -> tuple[float | None, float]:
        now, before = self.record.now(), self.record.ago(FIGURES_MINUTE_S)
        if now is None or before is None or now.time <= before.time:
            return None, 0.0
        work, offered, waves = (
            now.counters[at] - before.counters[at] for at in map(COUNTERS.index, ("work", "offered", "waves"))
        )
        efficiency = round(min(1.0, max(0.0, work / offered)), 4) if offered > 0 and not isnan(work) else None
        return efficiency, round(waves / (now.time - before.time) * 60, 2)

    async def _look_at_memory(self) -> None:
        if time.monotonic() < self._memory_at:
            return
        self._memory_at = time.monotonic() + FIGURES_MEMORY_INTERVAL
        found = [LabProcess("balancer", os.getpid(), 0), LabProcess("orchestrator", os.getppid(), 0)]
        seen: set[int] = set()
        lab = self._from.lab
        for node in lab.topology.nodes:
            status = lab.status[node.name]
            if node.agent is None and status.pid is not None and status.pid not in seen:
                seen.add(status.pid)
                found.append(LabProcess(node.name, status.pid, max(1, len(status.process))))
        self._memory = await in_a_thread(memory_of, found)

    def _sample(self, read: GroupedTasks | None) -> None:
        parts = self._from
        lab = parts.lab
        nodes, status = lab.topology.nodes, lab.status
        system = self._system()
        now = time.monotonic()
        self._offered += system.capacity * (now - self._sampled_at)
        self._sampled_at = now
        rows = [UNKNOWN] * len(STATES) if read is None else [float(each) for each in read.totals.by_status()]
        oldest = UNKNOWN
        if read is not None:
            oldest = 0.0 if read.oldest_waiting is None else max(0.0, read.time - read.oldest_waiting)
        gauges: dict[str, float] = {
            "load": float(system.load),
            "imbalance": system.imbalance,
            "nodes": float(len(nodes)),
            "active": float(sum(is_active(lab, node) for node in nodes)),
            "capacity": float(system.capacity),
            "busy": float(self._busy()),
            "browsers": float(system.browsers),
            "listeners": float(system.listeners),
            "memory": float(sum(each.bytes for each in self._memory)),
            **{name: rows[STATE_AT[name]] for name in ("pending", "assigned", "moving", "running")},
            "oldest_waiting_s": oldest,
        }
        counters: dict[str, float] = {
            "submitted": UNKNOWN if read is None else float(read.counts.submitted),
            **{name: UNKNOWN if read is None else float(getattr(read.counts, name)) for name in FINISHED},
            "missed": UNKNOWN if read is None else float(read.totals.late),
            "moves": float(system.moves),
            "waves": float(system.waves),
            "work": UNKNOWN if read is None else read.work,
            "last_submitted": UNKNOWN if read is None else read.last_submitted or 0.0,
            "offered": self._offered,
        }
        values = array("d", [gauges[name] for name in GAUGES])
        at = time.time()
        self.record.add(
            Point(
                int(at),
                at,
                self.record.last + 1,
                1,
                0 if read is None else 1,
                values,
                values,
                values,
                array("d", [counters[name] for name in COUNTERS]),
                None if read is None else self._cells(read),
                NodePoint.of(
                    self._node_names(),
                    [status[node.name].load for node in nodes],
                    [status[node.name].running for node in nodes],
                    [
                        status[node.name].completed + status[node.name].given_up + status[node.name].cancelled
                        for node in nodes
                    ],
                ),
            )
        )

    def _node_names(self) -> tuple[str, ...]:
        names = tuple(node.name for node in self._from.lab.topology.nodes)
        if names != self._names:
            self._names = names
        return self._names

    def _cells(self, read: GroupedTasks) -> array[float]:
        record = self.record
        places = [(record.cell(*cell), cell) for cell in {*read.totals.cells, *read.gone_cells}]
        found = array("d", bytes(8 * CELL_WIDTH * len(record.cells)))
        for place, cell in places:
            row = read.totals.cells.get(cell)
            begin = place * CELL_WIDTH
            if row is not None:
                for at in range(4):
                    found[begin + at] += row[at]
            for at, count in enumerate(ever(read, cell), 4):
                found[begin + at] += count
        return found
