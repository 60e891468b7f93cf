"""What browsers are shown: the whole lab as a snapshot, or what changed since the last look as a delta."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from topowave.balancer import limits
from topowave.balancer.alerts.alerts import LabAlerts
from topowave.balancer.scaling.deployed import Deploy
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.history import History
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.state.node_status import NodeStatus
from topowave.balancer.stream.frames import Delta, LabNode, LabSettings, NodeColumns, Snapshot, task_totals
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.wave import wave_of
from topowave.topology import Node
from topowave.topology.config import running_settings


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where somebody has seen changes, feed, chart and alerts, and how far growing was by then."""

    change: int
    event: int
    point: int
    deploy: Deploy
    alerts: int


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
        deployed: Callable[[], Deploy],
        alerts: LabAlerts,
    ) -> None:
        self._changes = changes
        self._lab = lab
        self._waves = waves
        self._feed = feed
        self._history = history
        self._journal = journal
        self._deployed = deployed
        self._alerts = alerts

    def now(self) -> Cursor:
        """Return the cursor of somebody who has seen everything."""
        return Cursor(
            self._changes.last, self._feed.last, self._history.last, self._deployed(), self._alerts.changes
        )

    def snapshot(self, seq: int, cursor: Cursor) -> Snapshot:
        """Return everything, with the events and points up to `cursor`."""
        lab = self._lab
        return Snapshot(
            seq=seq,
            version=lab.version,
            time=time.time(),
            lab=LabSettings.model_validate({"title": lab.title} | running_settings(lab.config)),
            tasks=task_totals(self._journal.last),
            deploy=cursor.deploy,
            links=list(lab.topology.links),
            nodes=self.nodes(),
            waves=[
                wave_of(record)
                for record in self._waves.last(limits.SNAPSHOT_WAVES, limits.SNAPSHOT_REBALANCES)
            ],
            events=self._feed.between(0, cursor.event),
            history=self._history.between(0, cursor.point),
            alerts=self._alerts.active(),
        )

    def delta(self, seq: int, since: Cursor, until: Cursor) -> Delta | None:
        """Return what changed between two cursors, `until` being now; None where it takes a snapshot."""
        changes = self._changes.since(since.change)
        if changes is None:
            return None
        events = self._feed.between(since.event, until.event)
        records = map(self._waves.get, changes.waves)
        return Delta(
            seq=seq,
            version=self._lab.version,
            time=time.time(),
            tasks=task_totals(self._journal.last),
            deploy=until.deploy if until.deploy != since.deploy else None,
            nodes=self._columns(name for name in changes.nodes if name in self._lab.status),
            waves=[wave_of(record) for record in records if record is not None],
            events=events[-limits.STREAM_EVENTS :],
            dropped=until.event - since.event - min(len(events), limits.STREAM_EVENTS),
            history=self._history.between(since.point, until.point),
            alerts=self._alerts.active() if until.alerts != since.alerts else None,
        )

    def nodes(self) -> list[LabNode]:
        """Return all nodes with what they are doing, depth first."""
        return [lab_node(node, self._lab.status[node.name]) for node in self._lab.topology.nodes]

    def _columns(self, names: Iterable[str]) -> NodeColumns:
        order = sorted((self._lab.topology.index(name), name) for name in names)
        found = [self._lab.status[name] for _, name in order]
        return NodeColumns(
            index=[index for index, _ in order],
            state=[status.state for status in found],
            cut=[status.cut for status in found],
            load=[status.load for status in found],
            assigned=[status.assigned for status in found],
            running=[status.running for status in found],
            moving=[status.moving for status in found],
            completed=[status.completed for status in found],
            failed=[status.failed for status in found],
            cancelled=[status.cancelled for status in found],
            restarts=[status.restarts for status in found],
            bottleneck=[status.bottleneck for status in found],
        )


def lab_node(node: Node, status: NodeStatus) -> LabNode:
    """Return a node in its JSON form."""
    return LabNode(
        name=node.name,
        port=node.port,
        cpu=node.cpu,
        role=node.role,
        agent=node.agent,
        parent=node.parent,
        state=status.state,
        cut=status.cut,
        load=status.load,
        assigned=status.assigned,
        running=status.running,
        moving=status.moving,
        completed=status.completed,
        failed=status.failed,
        cancelled=status.cancelled,
        restarts=status.restarts,
        bottleneck=status.bottleneck,
    )
