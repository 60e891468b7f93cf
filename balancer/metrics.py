"""The balancer's figures in Prometheus' text format, read from its parts when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from balancer.record import WaveRecord

if TYPE_CHECKING:
    from balancer.parts import Parts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts the waves that ended; everything else is read when asked for."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ["algorithm", "state"]
        self._waves = Counter("topowave_waves", "Waves that ended", labels, registry=self._registry)
        self._messages = Counter(
            "topowave_wave_messages", "Messages of waves that ended", ["algorithm"], registry=self._registry
        )

    def read_from(self, parts: Parts) -> None:
        """Say whose figures are shown."""
        self._registry.register(_Figures(parts))

    def ended(self, record: WaveRecord) -> None:
        """Count a wave that ended."""
        self._waves.labels(record.algorithm.name, record.state).inc()
        self._messages.labels(record.algorithm.name).inc(record.messages or 0)

    def text(self) -> bytes:
        """Return all figures."""
        return generate_latest(self._registry)


class _Figures(Collector):
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        parts = self._parts
        nodes = GaugeMetricFamily("topowave_nodes", "Nodes in each state", labels=["state"])
        for state, number in parts.lab.states().items():
            nodes.add_metric([state], number)
        yield nodes
        gauges = {
            "topowave_load": ("Tasks that wait or run", parts.lab.load),
            "topowave_imbalance": ("Highest load/cpu over the average, less 1", parts.lab.imbalance),
            "topowave_waves_running": ("Waves that run", parts.book.running),
            "topowave_topology_version": ("Number of the topology", parts.lab.version),
            "topowave_stream_clients": ("Browsers on /stream", len(parts.hub)),
            "topowave_listeners": ("Clients on /ws", len(parts.listeners)),
        }
        for name, (text, value) in gauges.items():
            yield GaugeMetricFamily(name, text, value=value)
        counts = parts.rebalancer.counts
        counters = {
            "topowave_rebalance_rounds": ("Rounds of rebalancing", counts.rounds),
            "topowave_moved_tasks": ("Tasks that were moved", counts.moved),
            "topowave_moves_nothing_left": ("Moves whose giver had nothing left", counts.nothing_left),
            "topowave_moves_failed": ("Moves that failed", counts.failed),
        }
        for name, (text, value) in counters.items():
            yield CounterMetricFamily(name, text, value=value)
