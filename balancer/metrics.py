"""The balancer's figures for Prometheus, read from its parts when somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import get_args

from prometheus_client.core import Metric

from topowave.balancer.agents.registry import AgentState
from topowave.balancer.alerts.engine import State
from topowave.balancer.alerts.rules import SEVERITIES
from topowave.balancer.balancer import Balancer
from topowave.balancer.figures.forms import RequestFigures, StatusCounts
from topowave.balancer.metric_forms import METRICS
from topowave.balancer.waves.record import State as WaveState
from topowave.tasks.states import STATES
from topowave.web.loop_lag import LoopLag
from topowave.web.metric_forms import Samples, families
from topowave.web.problem_details import Problem
from topowave.wire.control import NodeState

ALERT_STATES: tuple[State, ...] = ("pending", "firing")
OUTCOMES = tuple(state for state in get_args(WaveState) if state != "running")
NODE_STATES: tuple[str, ...] = (*get_args(NodeState), "inactive")


class BalancerMetrics:
    """The metrics of one balancer."""

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self.loop_lag = LoopLag()
        self._requests: RequestFigures | None = None

    async def look(self) -> None:
        """Read what has to be read before `collect` can tell of it: the journal, as all figures do."""
        try:
            self._requests = (await self._balancer.figures.now()).requests
        except Problem:  # too many ask: all that needs no journal is told still
            self._requests = None

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now; those of groups of tasks as `look` has found them."""
        self.loop_lag.watch()
        samples = {
            **_lab(self._balancer),
            **_tasks(self._balancer),
            **_groups(self._requests),
            **_balancing(self._balancer),
            **_waves(self._balancer),
            **_process(self._balancer),
            "topowave_event_loop_lag_seconds": self.loop_lag.histogram,
        }
        yield from families(METRICS, samples)


def _lab(balancer: Balancer) -> Mapping[str, Samples]:
    lab = balancer.lab
    states = lab.states()
    agents = Counter(str(agent.state) for agent in balancer.agents)
    alerts = Counter((alert.severity, alert.state) for alert in balancer.alerts.active())
    told = (lab.title, balancer.rebalancer.rounds.name, balancer.placement.name)
    return {
        "topowave_lab_info": {told: 1},
        "topowave_topology_version": lab.version,
        "topowave_nodes": {(state,): states.get(state, 0) for state in NODE_STATES},
        "topowave_agents": {(str(state),): agents[str(state)] for state in AgentState},
        "topowave_alerts": {
            (severity, state): alerts[severity, state] for severity in SEVERITIES for state in ALERT_STATES
        },
        "topowave_restarts_total": lab.restarts,
    }


def _tasks(balancer: Balancer) -> Mapping[str, Samples]:
    """Return what the journal says; nothing while it cannot be read."""
    counts = balancer.journal.last
    if counts is None:
        return {}
    return {
        "topowave_tasks": {(state,): getattr(counts, state) for state in STATES},
        "topowave_tasks_lawful": counts.conserved,
        "topowave_tasks_submitted_total": counts.submitted,
        "topowave_tasks_completed_total": counts.completed,
    }


def _groups(requests: RequestFigures | None) -> Mapping[str, Samples]:
    """Return how many tasks there are in each group that the figures tell apart."""
    if requests is None:
        return {}
    return {
        "topowave_priority_tasks": _by_status(requests.by_priority),
        "topowave_category_tasks": _by_status(requests.by_category),
        "topowave_oldest_waiting_seconds": requests.oldest_waiting_s or 0.0,
        "topowave_late_tasks": requests.deadlines_missed,
    }


def _by_status(groups: Mapping[str, StatusCounts]) -> Mapping[tuple[str, ...], float]:
    return {(group, status): getattr(counts, status) for group, counts in groups.items() for status in STATES}


def _balancing(balancer: Balancer) -> Mapping[str, Samples]:
    lab, counts = balancer.lab, balancer.rebalancer.counts
    return {
        "topowave_load_cores": lab.load,
        "topowave_capacity_cores": sum(node.cpu for node in lab.topology.nodes),
        "topowave_imbalance_ratio": lab.imbalance,
        "topowave_rebalance_rounds_total": counts.rounds,
        "topowave_moved_tasks_total": counts.moved,
        "topowave_moves_nothing_left_total": counts.nothing_left,
        "topowave_moves_failed_total": counts.failed,
    }


def _waves(balancer: Balancer) -> Mapping[str, Samples]:
    counts = balancer.wave_counts
    # All from the beginning: what increases from 0 to 1 is seen, what appears with a 1 is not.
    waves: dict[tuple[str, ...], float] = {
        (algorithm, outcome): counts.waves[algorithm, outcome]
        for algorithm in balancer.catalog.algorithms
        for outcome in OUTCOMES
    }
    return {
        "topowave_waves_running": balancer.waves.running,
        "topowave_waves_waiting": balancer.launcher.admission.waiting,
        "topowave_waves_total": waves,
        "topowave_wave_messages": counts.messages,
        "topowave_wave_duration_seconds": counts.durations,
    }


def _process(balancer: Balancer) -> Mapping[str, Samples]:
    return {
        "topowave_websocket_connections": {
            ("/stream",): len(balancer.hub),
            ("/ws",): len(balancer.listeners),
            ("/observe",): len(balancer.node_connections),
            ("/session",): balancer.sessions.pages,
            ("/agents",): sum(agent.linked for agent in balancer.agents),
        },
        "topowave_journal_transactions_total": balancer.journal.commits,
    }
