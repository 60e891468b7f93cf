"""The figures of one node in Prometheus' text format, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from topowave.nodes.node import Node


class _Figures(Collector):
    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        counts = self._node.queue.counts()
        gauges = {"assigned": counts.assigned, "running": counts.running, "moving": counts.moving}
        tasks = GaugeMetricFamily("topowave_node_tasks", "Tasks here now, by status", labels=["status"])
        for state, value in gauges.items():
            tasks.add_metric([state], value)
        yield tasks
        yield GaugeMetricFamily("topowave_node_cpu", "Cores", value=self._node.spec.cpu)
        yield CounterMetricFamily("topowave_node_tasks_completed", "Tasks completed", value=counts.completed)
        yield CounterMetricFamily("topowave_node_tasks_failed", "Tasks given up", value=counts.failed)
        yield CounterMetricFamily("topowave_node_tasks_cancelled", "Tasks cancelled", value=counts.cancelled)
        yield CounterMetricFamily("topowave_node_tasks_submitted", "Tasks added", value=counts.submitted)
        yield GaugeMetricFamily("topowave_node_waves", "Waves in progress", value=len(self._node.waves))
        yield CounterMetricFamily(
            "topowave_node_late_frames", "Frames of ended waves", value=self._node.waves.late
        )


def metrics_text(node: Node) -> bytes:
    """Return the node's figures."""
    registry = CollectorRegistry()
    registry.register(_Figures(node))
    return generate_latest(registry)
