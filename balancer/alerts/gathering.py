"""Reads the balancer's parts for the rules of alerts; of nodes only those that have changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import get_args

from topowave.balancer.agents.registry import AgentRegistry, AgentState
from topowave.balancer.alerts.bad_waves import BadWaves
from topowave.balancer.alerts.down_nodes import causes
from topowave.balancer.alerts.facts import BadState, BadWave, DownNode, DownState, Facts
from topowave.balancer.alerts.late_tasks import LateTasks
from topowave.balancer.alerts.queue_growth import QueueGrowth
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.state.node_status import NodeStatus
from topowave.balancer.waves.record import WaveRecord

_DOWN: Mapping[str, DownState] = {state: state for state in get_args(DownState)}
_BAD: Mapping[str, BadState] = {state: state for state in get_args(BadState)}


class FactsGatherer:
    """Gathers the facts of one lab, again and again.

    Args:
        lab, changes: the nodes, and which of them changed.
        journal: the counts of tasks, and whether they can be read.
        agents: who runs nodes elsewhere.
        deadlines: returns how many tasks were late ever, and how many may be soon; None where nobody knows.
    """

    def __init__(
        self,
        lab: Lab,
        changes: ChangeLog,
        journal: JournalMonitor,
        agents: AgentRegistry,
        deadlines: Callable[[], tuple[int, int] | None] = lambda: None,
    ) -> None:
        self._lab = lab
        self._changes = changes
        self._journal = journal
        self._agents = agents
        self._deadlines = deadlines
        self._late = LateTasks()
        self._cursor = -1
        self._version = lab.version
        self._loads: dict[str, float] = {}
        self._down: dict[str, float] = {}
        """Since when they are (s)."""
        self._bottlenecks: set[str] = set()
        self._waves = BadWaves()
        self._queue = QueueGrowth(lab.config.alerts.queue_growing_for)

    def wave_ended(self, record: WaveRecord, now_s: float) -> None:
        """Take in how a wave ended."""
        kind = (
            record.algorithm.name if record.purpose is None else f"{record.algorithm.name} {record.purpose}"
        )
        state = _BAD.get(record.state)
        if state is not None:
            missing = tuple(record.missing)
            gone, neighbors = set(missing), record.topology.neighbors
            front = tuple(name for name in missing if not gone.issuperset(neighbors(name)))
            self._waves.add(BadWave(kind, record.id, record.algorithm.title, state, missing, front), now_s)
        elif record.state == "complete":
            self._waves.complete(kind)

    def gather(self, now_s: float) -> Facts:
        """Return the facts as they are at a moment, not before the one of the last call (s)."""
        lab, settings = self._lab, self._lab.config.alerts
        if lab.version != self._version:
            self._version = lab.version
            self._waves.clear()  # those that ran ended with their network
        self._take_changes(now_s)
        silent = self._silent_agents()
        explained = {
            name for name, since_s in self._down.items() if now_s - since_s >= settings.node_down_for
        }
        explained.update(*silent.values())
        counts, deadlines = self._journal.last, self._deadlines()
        waiting = 0 if counts is None else counts.pending + counts.assigned
        cores = sum(node.cpu for node in lab.topology.nodes)
        return Facts(
            now_s=now_s,
            settings=settings,
            max_cpu=lab.config.max_cpu,
            loads=self._loads,
            down=self._down_nodes(),
            silent_agents=silent,
            bottlenecks=sorted(self._bottlenecks, key=lab.topology.index),
            bad_waves=self._waves.look(now_s, settings.wave_told_for, explained),
            queue=self._queue.look(now_s, waiting, cores),
            unreadable=self._journal.trouble,
            unwritable=self._journal.write_trouble,
            missed=self._late.look(
                now_s, None if deadlines is None else deadlines[0], settings.deadline_told_for
            ),
            soon=None if deadlines is None else deadlines[1],
            imbalance=lab.imbalance if self._loads else 0.0,
        )

    def _take_changes(self, now_s: float) -> None:
        """Look at the nodes that changed since the last look, or at all where that is not known any more."""
        lab = self._lab
        changes = self._changes.since(self._cursor)
        self._cursor = self._changes.last
        names: Iterable[str]
        if changes is None:
            names = lab.status
            for gone in self._down.keys() - lab.status.keys():
                del self._down[gone]
            self._loads.clear()
            self._bottlenecks.clear()
        else:
            names = changes.nodes
        least = lab.config.max_cpu * lab.config.alerts.calm / 100
        for name in names:
            status = lab.status.get(name)
            if status is not None:
                self._take_node(name, status, least, now_s)

    def _take_node(self, name: str, status: NodeStatus, least: float, now_s: float) -> None:
        node = self._lab.topology.node(name)
        percent = 100 * status.load / node.cpu
        if percent >= least:
            self._loads[name] = percent
        else:
            self._loads.pop(name, None)
        if status.state in _DOWN:
            self._down.setdefault(name, now_s)
        else:
            self._down.pop(name, None)
        (self._bottlenecks.add if status.bottleneck else self._bottlenecks.discard)(name)

    def _down_nodes(self) -> dict[str, DownNode]:
        if not self._down:
            return {}
        topology, status = self._lab.topology, self._lab.status
        names = sorted(self._down, key=topology.index)
        cause = causes(names, lambda name: topology.node(name).parent, lambda name: status[name].process)
        found: dict[str, DownNode] = {}
        for name in names:
            state = _DOWN.get(status[name].state)
            if state is not None:
                found[name] = DownNode(state, status[name].reason, cause[name])
        return found

    def _silent_agents(self) -> dict[str, list[str]]:
        """Return the nodes of each agent that is silent; they are others' as soon as these run them."""
        silent = {agent.name: list[str]() for agent in self._agents if agent.state is AgentState.SILENT}
        if silent:
            for node in self._lab.topology.nodes:
                if node.agent in silent:
                    silent[node.agent].append(node.name)
        return {name: nodes for name, nodes in silent.items() if nodes}
