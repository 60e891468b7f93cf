"""What browsers are shown: the whole lab as a snapshot, or what changed since the last look as a delta."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from topowave.balancer import limits
from topowave.balancer.json_form import JsonForm
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.history import History
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.wave import wave_of
from topowave.tasks import TaskCounts

COLUMNS = ("state", "queued", "running", "moving", "done", "failed", "cancelled", "restarts")
"""What changes of a node."""


class LabNode(JsonForm):
    """A node: what the topology says of it, and what it is doing."""

    name: str
    port: int
    cpu: int
    role: str
    parent: str | None
    state: str
    queued: int
    running: int
    moving: int
    done: int
    failed: int
    cancelled: int
    restarts: int


class TaskTotals(JsonForm):
    """How many tasks are in each state, and whether they are as many as were ever submitted."""

    submitted: int
    queued: int
    moving: int
    running: int
    done: int
    failed: int
    cancelled: int
    lawful: bool


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where somebody has seen the changes, the feed and the chart."""

    change: int
    event: int
    point: int


class LabView:
    """Reads the balancer's parts for those who follow the lab, each with a cursor of its own.

    A snapshot shows no event that a delta from the same cursor repeats.
    """

    def __init__(
        self,
        changes: ChangeLog,
        lab: Lab,
        waves: WaveRegistry,
        feed: Feed,
        history: History,
        journal: JournalMonitor,
    ) -> None:
        self._changes = changes
        self._lab = lab
        self._waves = waves
        self._feed = feed
        self._history = history
        self._journal = journal

    def now(self) -> Cursor:
        """Return the cursor of somebody who has seen everything."""
        return Cursor(self._changes.last, self._feed.last, self._history.last)

    def snapshot(self, seq: int, cursor: Cursor) -> dict[str, object]:
        """Return everything, with the events and points up to `cursor`."""
        lab, config = self._lab, self._lab.config
        return {
            "type": "snapshot",
            "seq": seq,
            "version": lab.version,
            "time": time.time(),
            "lab": {
                "title": lab.title,
                "max_cpu": config.max_cpu,
                "task_time": config.task_time,
                "rebalance_interval": config.rebalance_interval,
                "link_delay": config.link_delay,
                "wave_timeout": config.wave_timeout,
            },
            "tasks": self._tasks(),
            "links": [list(link) for link in lab.topology.links],
            "nodes": [node.model_dump() for node in self.nodes()],
            "waves": [
                wave_of(record).model_dump()
                for record in self._waves.last(limits.SNAPSHOT_WAVES, limits.SNAPSHOT_REBALANCES)
            ],
            "events": self._feed.between(0, cursor.event),
            "history": self._history.between(0, cursor.point),
        }

    def delta(self, seq: int, since: Cursor, until: Cursor) -> dict[str, object] | None:
        """Return what changed between two cursors, `until` being now; None where it takes a snapshot."""
        changes = self._changes.since(since.change)
        if changes is None:
            return None
        events = self._feed.between(since.event, until.event)
        dropped = until.event - since.event - min(len(events), limits.STREAM_EVENTS)
        points = self._history.between(since.point, until.point)
        nodes = self._columns(name for name in changes.nodes if name in self._lab.status)
        records = map(self._waves.get, changes.waves)
        waves = [wave_of(record).model_dump() for record in records if record is not None]
        return {
            "type": "delta",
            "seq": seq,
            "version": self._lab.version,
            "time": time.time(),
            "tasks": self._tasks(),
            "nodes": nodes,
            "waves": waves,
            "events": events[-limits.STREAM_EVENTS :],
            "dropped": dropped,
            "history": points,
        }

    def nodes(self) -> list[LabNode]:
        """Return all nodes with what they are doing, depth first."""
        found: list[LabNode] = []
        for node in self._lab.topology.nodes:
            status = self._lab.status[node.name]
            found.append(
                LabNode(
                    name=node.name,
                    port=node.port,
                    cpu=node.cpu,
                    role=node.role,
                    parent=node.parent,
                    state=status.state,
                    queued=status.queued,
                    running=status.running,
                    moving=status.moving,
                    done=status.done,
                    failed=status.failed,
                    cancelled=status.cancelled,
                    restarts=status.restarts,
                )
            )
        return found

    def _tasks(self) -> dict[str, object] | None:
        totals = task_totals(self._journal.last)
        return None if totals is None else totals.model_dump()

    def _columns(self, names: Iterable[str]) -> dict[str, list[object]]:
        order = sorted((self._lab.topology.index(name), name) for name in names)
        columns: dict[str, list[object]] = {"index": [index for index, _ in order]}
        for column in COLUMNS:
            columns[column] = [getattr(self._lab.status[name], column) for _, name in order]
        return columns


def task_totals(counts: TaskCounts | None) -> TaskTotals | None:
    """Return the counts of the journal in their JSON form; None where they could not be read."""
    return None if counts is None else TaskTotals.model_validate(counts.as_json())
