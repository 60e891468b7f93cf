"""The balancer's figures in Prometheus' text format, read from its parts when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from topowave.balancer.balancer import Balancer
from topowave.tasks.states import STATES

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _MetricsCollector(Collector):
    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        yield from self._gauges()
        yield from self._counters()

    def _gauges(self) -> Iterator[Metric]:
        balancer = self._balancer
        nodes = GaugeMetricFamily("topowave_nodes", "Nodes in each state", labels=["state"])
        for state, number in balancer.lab.states().items():
            nodes.add_metric([state], number)
        yield nodes
        counts = balancer.journal.last
        if counts is not None:
            tasks = GaugeMetricFamily("topowave_tasks", "Tasks of the journal by status", labels=["status"])
            for state in STATES:
                tasks.add_metric([state], getattr(counts, state))
            yield tasks
            yield GaugeMetricFamily(
                "topowave_tasks_lawful", "1 if no task is lost or doubled", value=counts.conserved
            )
        gauges = {
            "topowave_load": ("Tasks that wait or run", balancer.lab.load),
            "topowave_imbalance": ("Highest load/cpu over the average, less 1", balancer.lab.imbalance),
            "topowave_waves_running": ("Waves that run", balancer.waves.running),
            "topowave_waves_waiting": ("Waves that wait for their turn", balancer.launcher.admission.waiting),
            "topowave_messages_per_second": ("Messages that the lab handles", balancer.waves.messages_per_s),
            "topowave_topology_version": ("Number of the topology", balancer.lab.version),
            "topowave_stream_clients": ("Browsers on /stream", len(balancer.hub)),
            "topowave_listeners": ("Clients on /ws", len(balancer.listeners)),
        }
        for name, (text, value) in gauges.items():
            yield GaugeMetricFamily(name, text, value=value)

    def _counters(self) -> Iterator[Metric]:
        balancer = self._balancer
        waves = CounterMetricFamily("topowave_waves", "Waves that ended", labels=["algorithm", "state"])
        for (algorithm, state), number in balancer.wave_counts.waves.items():
            waves.add_metric([algorithm, state], number)
        yield waves
        messages = CounterMetricFamily(
            "topowave_wave_messages", "Messages of waves that ended", labels=["algorithm"]
        )
        for algorithm, number in balancer.wave_counts.messages.items():
            messages.add_metric([algorithm], number)
        yield messages
        if balancer.journal.last is not None:
            yield CounterMetricFamily(
                "topowave_tasks_submitted", "Tasks ever added", value=balancer.journal.last.submitted
            )
        counts = balancer.rebalancer.counts
        counters = {
            "topowave_rebalance_rounds": ("Rounds of rebalancing", counts.rounds),
            "topowave_moved_tasks": ("Tasks that were moved", counts.moved),
            "topowave_moves_nothing_left": ("Moves whose giver had nothing left", counts.nothing_left),
            "topowave_moves_failed": ("Moves that failed", counts.failed),
        }
        for name, (text, value) in counters.items():
            yield CounterMetricFamily(name, text, value=value)


def metrics_text(balancer: Balancer) -> bytes:
    """Return the balancer's figures."""
    registry = CollectorRegistry()
    registry.register(_MetricsCollector(balancer))
    return generate_latest(registry)
