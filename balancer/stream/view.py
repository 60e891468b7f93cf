"""What browsers are shown: the whole lab as a snapshot, or what changed since the last look as a delta."""

from __future__ import annotations

import time
from collections.abc import Iterable

from topowave.balancer import limits
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.history import History
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.registry import WaveRegistry

FACTS = ("name", "port", "cpu", "role", "parent")
"""What does not change of a node."""
COLUMNS = ("state", "queued", "running", "moving", "done", "failed", "cancelled", "restarts")
"""What changes of a node."""


class LabView:
    """Reads the balancer's parts for `/stream`. A snapshot shows no event that the next delta repeats."""

    def __init__(
        self, lab: Lab, waves: WaveRegistry, feed: Feed, history: History, journal: JournalMonitor
    ) -> None:
        self._lab = lab
        self._waves = waves
        self._feed = feed
        self._history = history
        self._journal = journal
        self._seen_event = 0
        self._seen_point = 0

    def skip(self) -> None:
        """Count all changes as seen."""
        self._waves.changed.clear()
        self._lab.changed.clear()
        self._lab.replaced = False
        self._seen_event, self._seen_point = self._feed.last, self._history.last

    @property
    def replaced(self) -> bool:
        """Whether the topology changed, so that a delta cannot tell what is new."""
        return self._lab.replaced

    def snapshot(self, seq: int) -> dict[str, object]:
        """Return everything, as of the last look."""
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
            "nodes": self.nodes(),
            "waves": [
                record.as_json()
                for record in self._waves.last(limits.SNAPSHOT_WAVES, limits.SNAPSHOT_REBALANCES)
            ],
            "events": self._feed.between(0, self._seen_event),
            "history": self._history.between(0, self._seen_point),
        }

    def delta(self, seq: int) -> dict[str, object]:
        """Return what changed since the last look, and count it as seen."""
        events = self._feed.between(self._seen_event, self._feed.last)
        dropped = self._feed.last - self._seen_event - min(len(events), limits.STREAM_EVENTS)
        points = self._history.between(self._seen_point, self._history.last)
        nodes = self._columns(name for name in self._lab.changed if name in self._lab.status)
        waves = [record.as_json() for record in self._waves.changed.values()]
        self.skip()
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

    def nodes(self) -> list[dict[str, object]]:
        """Return all nodes with what they are doing, depth first."""
        found: list[dict[str, object]] = []
        for node in self._lab.topology.nodes:
            facts: dict[str, object] = {key: getattr(node, key) for key in FACTS}
            status = self._lab.status[node.name]
            found.append(facts | {column: getattr(status, column) for column in COLUMNS})
        return found

    def _tasks(self) -> dict[str, object] | None:
        law = self._journal.last
        return None if law is None else law.as_json()

    def _columns(self, names: Iterable[str]) -> dict[str, list[object]]:
        order = sorted((self._lab.topology.index(name), name) for name in names)
        columns: dict[str, list[object]] = {"index": [index for index, _ in order]}
        for column in COLUMNS:
            columns[column] = [getattr(self._lab.status[name], column) for _, name in order]
        return columns
