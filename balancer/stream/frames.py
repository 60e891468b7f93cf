"""The frames of `/stream`, each form written once; the page's types are generated from them.

A new field of a node is a line in `LabNode`, and in `NodeColumns` where it changes while the node is there;
`view.py` says how both follow from the lab.
"""

from __future__ import annotations

from typing import Literal

from topowave.balancer.alerts.forms import Alert
from topowave.balancer.json_form import JsonForm
from topowave.balancer.scaling.deployed import Deploy
from topowave.balancer.state.feed import FeedEvent
from topowave.balancer.state.history import Points
from topowave.balancer.state.node_status import ShownState
from topowave.balancer.waves.wave import Wave
from topowave.tasks import TaskCounts
from topowave.topology.config import AutoscaleMode


class LabNode(JsonForm):
    """A node: what the topology says of it, and what it is doing; `cut` while its links are cut.

    `load` is how many cores its tasks hold or wait for; `bottleneck` while it is predicted to be overloaded
    in the next round, and is not yet. `agent` is who runs it: null is this lab's own orchestrator.
    """

    name: str
    port: int
    cpu: int
    role: str
    agent: str | None
    parent: str | None
    state: ShownState
    cut: bool
    load: int
    assigned: int
    running: int
    moving: int
    completed: int
    failed: int
    cancelled: int
    restarts: int
    bottleneck: bool


class NodeColumns(JsonForm):
    """What changed of nodes, in columns of equal length; `index` is a node's place in the snapshot."""

    index: list[int]
    state: list[ShownState]
    cut: list[bool]
    load: list[int]
    assigned: list[int]
    running: list[int]
    moving: list[int]
    completed: list[int]
    failed: list[int]
    cancelled: list[int]
    restarts: list[int]
    bottleneck: list[bool]


class TaskTotals(JsonForm):
    """How many tasks are in each state, and whether they are as many as were ever submitted."""

    submitted: int
    pending: int
    assigned: int
    moving: int
    running: int
    completed: int
    failed: int
    cancelled: int
    lawful: bool


class RunningSettings(JsonForm):
    """The settings that may be changed while the lab runs: times in seconds, `link_delay` in milliseconds.

    `policy` is one of `GET /policies`, `placement` of `GET /placements`, `discipline` of `GET /disciplines`,
    `forecast` of `GET /forecasts`, or none. What follows is about autoscaling: `target_load` and
    `scale_tolerance` are percent.
    """

    max_cpu: float
    task_time: float
    rebalance_interval: float
    link_delay: float
    wave_timeout: float
    policy: str
    placement: str
    discipline: str
    forecast: str
    autoscale: AutoscaleMode
    min_replicas: int
    max_replicas: int
    target_load: float
    scale_tolerance: float
    scale_cooldown: float
    scale_up_window: float
    scale_down_window: float


class LabSettings(RunningSettings):
    """What the lab is called, and the settings that people read."""

    title: str


class Snapshot(JsonForm):
    """The whole lab; `tasks` is null while the journal cannot be read, `time` in seconds since 1970.

    `alerts` are those that are pending or fire, the worst first.
    """

    type: Literal["snapshot"] = "snapshot"
    seq: int
    version: int
    time: float
    lab: LabSettings
    tasks: TaskTotals | None
    deploy: Deploy
    links: list[tuple[str, str]]
    nodes: list[LabNode]
    waves: list[Wave]
    events: list[FeedEvent]
    history: Points
    alerts: list[Alert]


class Delta(JsonForm):
    """What changed since the frame before; `dropped` counts events for which there was no room.

    `deploy` and `alerts` are null where they are as they were.
    """

    type: Literal["delta"] = "delta"
    seq: int
    version: int
    time: float
    tasks: TaskTotals | None
    deploy: Deploy | None
    nodes: NodeColumns
    waves: list[Wave]
    events: list[FeedEvent]
    dropped: int
    history: Points
    alerts: list[Alert] | None


def task_totals(counts: TaskCounts | None) -> TaskTotals | None:
    """Return the counts of the journal in their JSON form; None where they could not be read."""
    return None if counts is None else TaskTotals.model_validate(counts.as_json())
