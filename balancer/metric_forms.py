"""Which metrics the balancer exports: what is told of the lab as a whole."""

from __future__ import annotations

from typing import Final

from topowave.balancer.waves.wave_counts import DURATION, MESSAGES, WAVES
from topowave.web.loop_lag import LOOP_LAG
from topowave.web.metric_forms import MetricForm

METRICS: Final = (
    MetricForm("topowave_lab_info", "gauge", "Which lab this is; always 1", ("title", "policy", "placement")),
    MetricForm("topowave_topology_version", "gauge", "Number of the network, one higher with each change"),
    MetricForm("topowave_nodes", "gauge", "Nodes in each state", ("state",)),
    MetricForm("topowave_agents", "gauge", "Agents in each state", ("state",)),
    MetricForm(
        "topowave_alerts", "gauge", "The lab's own alerts that are pending or fire", ("severity", "state")
    ),
    MetricForm("topowave_restarts_total", "counter", "Times that a node's server was started anew"),
    MetricForm("topowave_tasks", "gauge", "Tasks of the journal in each status", ("status",)),
    MetricForm("topowave_tasks_lawful", "gauge", "1 while no task is lost or doubled, else 0"),
    MetricForm("topowave_tasks_submitted_total", "counter", "Tasks ever added"),
    MetricForm("topowave_tasks_completed_total", "counter", "Tasks ever completed"),
    MetricForm(
        "topowave_priority_tasks",
        "gauge",
        "Tasks that the journal lists, by priority",
        ("priority", "status"),
    ),
    MetricForm(
        "topowave_category_tasks",
        "gauge",
        "The same by category: the most frequent ones, the rest as other; empty for those without",
        ("category", "status"),
    ),
    MetricForm("topowave_oldest_waiting_seconds", "gauge", "How long the task waits that has waited longest"),
    MetricForm("topowave_late_tasks", "gauge", "Listed tasks whose deadline was missed"),
    MetricForm("topowave_load_cores", "gauge", "Cores that the tasks want that wait or run"),
    MetricForm("topowave_capacity_cores", "gauge", "Cores of all nodes"),
    MetricForm("topowave_imbalance_ratio", "gauge", "Highest load/cpu over the average one, less 1"),
    MetricForm("topowave_rebalance_rounds_total", "counter", "Rounds of rebalancing"),
    MetricForm("topowave_moved_tasks_total", "counter", "Tasks that rebalancing moved"),
    MetricForm("topowave_moves_nothing_left_total", "counter", "Moves whose giver had nothing left"),
    MetricForm("topowave_moves_failed_total", "counter", "Moves that failed"),
    MetricForm("topowave_waves_running", "gauge", "Waves that run"),
    MetricForm("topowave_waves_waiting", "gauge", "Waves that wait for their turn"),
    WAVES,
    MESSAGES,
    DURATION,
    MetricForm(
        "topowave_websocket_connections", "gauge", "WebSockets that are open at the balancer", ("path",)
    ),
    MetricForm(
        "topowave_journal_transactions_total",
        "counter",
        "Transactions that this process wrote to the journal",
    ),
    LOOP_LAG,
)
"""In the order in which they are exported."""
