"""The figures of one node in Prometheus' text format, read when they are asked for.

The engines that run scripts belong to the node's process. Nodes that share a process tell of the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from topowave.engine import Engine
from topowave.nodes.node import Node
from topowave.tasks import ScriptType

ENGINE_GAUGES = {
    "input_queue_tasks": "Scripts that wait for a worker process",
    "output_queue_results": "Results that are kept",
    "active_tasks": "Scripts that run",
    "workers": "Worker processes",
    "ready_workers": "Worker processes that can be given scripts",
}
"""What is told of each engine as it is now."""


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
        given_up = counts.failed + counts.put_back  # a counter never goes down
        yield CounterMetricFamily("topowave_node_tasks_failed", "Tasks given up", value=given_up)
        yield CounterMetricFamily("topowave_node_tasks_cancelled", "Tasks cancelled", value=counts.cancelled)
        yield CounterMetricFamily("topowave_node_tasks_submitted", "Tasks added", value=counts.submitted)
        yield GaugeMetricFamily("topowave_node_waves", "Waves in progress", value=len(self._node.waves))
        yield CounterMetricFamily(
            "topowave_node_late_frames", "Frames of ended waves", value=self._node.waves.late
        )
        yield from _engine_figures(self._node.engines())


def _engine_figures(engines: Mapping[ScriptType, Engine]) -> Iterator[Metric]:
    """Yield the figures of the engines that have been needed so far; none before the first script."""
    if not engines:
        return
    gauges = {
        name: GaugeMetricFamily(f"topowave_engine_{name}", text, labels=["type"])
        for name, text in ENGINE_GAUGES.items()
    }
    restarts = CounterMetricFamily(
        "topowave_engine_restarts", "Worker processes that were replaced", labels=["type"]
    )
    ended = CounterMetricFamily(
        "topowave_engine_tasks", "Scripts that are over, by how they ended", labels=["type", "status"]
    )
    for kind, engine in engines.items():
        tell = engine.get_component_status
        pool, executor = tell("process_pool").metrics, tell("executor").metrics
        values = {
            "input_queue_tasks": tell("input_queue").metrics["size"],
            "output_queue_results": tell("output_queue").metrics["size"],
            "active_tasks": executor["active_tasks"],
            "workers": pool["workers"],
            "ready_workers": pool["ready"],
        }
        for name, value in values.items():
            gauges[name].add_metric([kind], _number(value))
        restarts.add_metric([kind], _number(pool["restarts"]))
        for status in ("completed", "failed", "cancelled"):
            ended.add_metric([kind, status], _number(executor[status]))
    yield from (*gauges.values(), restarts, ended)


def _number(value: float | str | None) -> float:
    assert isinstance(value, int | float)
    return value


def metrics_text(node: Node) -> bytes:
    """Return the node's figures."""
    registry = CollectorRegistry()
    registry.register(_Figures(node))
    return generate_latest(registry)
