"""The figures of one node for Prometheus, read when they are asked for.

The engines that run scripts, the event loop and `process_...` belong to the node's process. Nodes that share
a process tell of the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client.core import Metric

from topowave.engine import Engine
from topowave.nodes.node import Node
from topowave.tasks import ScriptType
from topowave.web.loop_lag import LOOP_LAG
from topowave.web.metric_forms import MetricForm, Samples, families

ENGINE_GAUGES = {
    "input_queue_tasks": "Scripts that wait for a worker process",
    "output_queue_results": "Results that are kept",
    "active_tasks": "Scripts that run",
    "workers": "Worker processes",
    "ready_workers": "Worker processes that can be given scripts",
}
"""What is told of each engine as it is now."""
METRICS: Final = (
    MetricForm("topowave_node_info", "gauge", "Which node this is; always 1", ("node", "role")),
    MetricForm("topowave_node_tasks", "gauge", "Tasks here now, by status", ("status",)),
    MetricForm("topowave_node_capacity_cores", "gauge", "Cores"),
    MetricForm("topowave_node_load_cores", "gauge", "Cores that the tasks want that wait or run here"),
    MetricForm("topowave_node_tasks_completed_total", "counter", "Tasks completed"),
    MetricForm("topowave_node_tasks_failed_total", "counter", "Tasks given up"),
    MetricForm("topowave_node_tasks_cancelled_total", "counter", "Tasks cancelled"),
    MetricForm("topowave_node_tasks_submitted_total", "counter", "Tasks added"),
    MetricForm("topowave_node_waves", "gauge", "Waves in progress"),
    MetricForm("topowave_node_late_frames_total", "counter", "Frames of ended waves"),
    MetricForm(
        "topowave_node_journal_transactions_total",
        "counter",
        "Transactions that the node wrote to the journal",
    ),
    *(
        MetricForm(f"topowave_engine_{name}", "gauge", text, ("type",))
        for name, text in ENGINE_GAUGES.items()
    ),
    MetricForm("topowave_engine_restarts_total", "counter", "Worker processes that were replaced", ("type",)),
    MetricForm(
        "topowave_engine_tasks_total",
        "counter",
        "Scripts that are over, by how they ended",
        ("type", "status"),
    ),
    LOOP_LAG,
)
"""What a node exports, in this order; of engines nothing before the first script."""


class NodeMetrics:
    """The metrics of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        node = self._node
        node.loop_lag.watch()
        counts = node.queue.counts()
        samples: dict[str, Samples] = {
            "topowave_node_info": {(node.spec.name, node.spec.role): 1},
            "topowave_node_tasks": {
                ("assigned",): counts.assigned,
                ("running",): counts.running,
                ("moving",): counts.moving,
            },
            "topowave_node_capacity_cores": node.spec.cpu,
            "topowave_node_load_cores": node.queue.load,
            "topowave_node_tasks_completed_total": counts.completed,
            "topowave_node_tasks_failed_total": counts.failed + counts.put_back,  # a counter never goes down
            "topowave_node_tasks_cancelled_total": counts.cancelled,
            "topowave_node_tasks_submitted_total": counts.submitted,
            "topowave_node_waves": len(node.waves),
            "topowave_node_late_frames_total": node.waves.late,
            "topowave_node_journal_transactions_total": node.tasks.journal.commits,
            **_of_engines(node.engines()),
            LOOP_LAG.name: node.loop_lag.histogram,
        }
        yield from families(METRICS, samples)


def _of_engines(engines: Mapping[ScriptType, Engine]) -> Mapping[str, Samples]:
    """Return the figures of the engines that have been needed so far."""
    found: dict[str, dict[tuple[str, ...], float]] = {}

    def add(name: str, labels: tuple[str, ...], value: float | str | None) -> None:
        assert isinstance(value, int | float)
        found.setdefault(f"topowave_engine_{name}", {})[labels] = value

    for kind, engine in engines.items():
        tell = engine.get_component_status
        pool, executor = tell("process_pool").metrics, tell("executor").metrics
        add("input_queue_tasks", (kind,), tell("input_queue").metrics["size"])
        add("output_queue_results", (kind,), tell("output_queue").metrics["size"])
        add("active_tasks", (kind,), executor["active_tasks"])
        add("workers", (kind,), pool["workers"])
        add("ready_workers", (kind,), pool["ready"])
        add("restarts_total", (kind,), pool["restarts"])
        for status in ("completed", "failed", "cancelled"):
            add("tasks_total", (kind, status), executor[status])
    return found
