"""What the balancer's routes return, besides the waves and what a lab says of itself.

Each form is written once, here or beside what it tells of; the description at `/docs` follows from it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from topowave.balancer.json_form import JsonForm
from topowave.balancer.round_results import Rebalanced
from topowave.balancer.state.node_status import ShownState
from topowave.balancer.stream.frames import LabNode, RunningSettings, TaskTotals
from topowave.balancer.waves.record import State as WaveState
from topowave.balancer.waves.wave import Wave
from topowave.tasks.script import Kind, Priority, ScriptType
from topowave.tasks.states import State
from topowave.wire.control import Action


class LinksOpening(JsonForm):
    """Connections between the nodes, how many of them are open, and for how long it goes on (s), if known."""

    connections: int
    open: int
    seconds_left: float | None


class Health(JsonForm):
    """That the balancer is up, how many nodes are, and how far their links are; null once these are open."""

    status: Literal["ok"] = "ok"
    nodes: int
    nodes_up: int
    version: int
    links_opening: LinksOpening | None


class RebalancingStatus(JsonForm):
    """What rebalancing is set to, and what all its rounds together did."""

    interval: float
    rounds: int
    moved: int
    nothing_left: int
    failed: int


class Rebalancing(RebalancingStatus):
    """And what the last round did; `problem` says why there was none to do where the last try failed."""

    policy: str
    last: Rebalanced | None
    problem: str | None
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])


class LabTopology(JsonForm):
    """The network that runs, as topology.json has it, and its version: 1, one more with each replacement."""

    version: int
    topology: dict[str, object]


class NodeWithProcess(LabNode):
    """A node with the id of its process; `silent` while it has not been heard for three heartbeats."""

    pid: int | None
    silent: bool


class Replica(JsonForm):
    """A node that runs here, as one of so many.

    `id` has the smallest number that was free when it came. `started_at` (seconds since 1970) and `uptime`,
    in words and in seconds, are those of its process, null where none runs. `agent` is who runs it: null is
    this lab's own orchestrator. `leaving` says why it has not left yet, where it is to. `state` is `inactive`
    where it has not been heard for three heartbeats, `last_heard_s` is how long ago it was (s; null where
    nobody listens for it, since it is not up), and `reason` is why it is not up.
    """

    id: str
    name: str
    node_ip: str
    port: int
    role: str
    state: ShownState
    reason: str | None
    last_heard_s: float | None
    uptime: str | None
    uptime_s: float | None
    started_at: float | None
    agent: str | None
    leaving: str | None
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])


class NodeAdded(JsonForm):
    """A node that has joined the network; `agent` runs it, null is this lab's own orchestrator."""

    status: Literal["ok"] = "ok"
    name: str
    port: int
    cpu: int
    role: str
    agent: str | None
    parent: str | None
    version: int


class LinkChanged(JsonForm):
    """A link beside the tree's that has come or gone, and whether the network is a tree now."""

    status: Literal["ok"] = "ok"
    a: str
    b: str
    version: int
    is_tree: bool


class Registered(JsonForm):
    """Somebody else's program that takes part: it has `joined` now, or was there and is `heard`.

    It is to register again each `heartbeat_interval` (s). `host` is null where it is the lab's own.
    """

    status: Literal["joined", "heard"]
    name: str
    host: str | None
    port: int
    cpu: int
    parent: str | None
    heartbeat_interval: float
    version: int


class NodeLeaves(JsonForm):
    """Whether a node has left the network; where it has not yet, `reason` says why, and it goes on."""

    status: Literal["left", "leaving"]
    name: str
    reason: str | None
    sentences: dict[str, Any] = Field(default_factory=dict[str, Any])


class Status(JsonForm):
    """How the lab is; `tasks` is null where the journal cannot be read.

    `echo_limit` is how long an echo wave may take now (s): `wave_timeout`, and what the delays of links add.
    `links_opening` is null once all links are open, or were tried: before that, waves wait.
    """

    title: str
    version: int
    policy: str
    placement: str
    discipline: str
    forecast: str
    task_time: float
    wave_timeout: float
    echo_limit: float
    uptime: float
    states: dict[str, int]
    load: int
    imbalance: float
    tasks: TaskTotals | None
    waves_running: int
    waves_waiting: int
    links_opening: LinksOpening | None
    rebalancing: RebalancingStatus
    trace_waves_left_out: int | None
    desired_replicas: int | None
    actual_replicas: int
    replicas: list[Replica]
    nodes: list[NodeWithProcess]


class Waves(JsonForm):
    """The last waves, newest last."""

    waves: list[Wave]


class Started(JsonForm):
    """A wave that has begun, and where to ask after it."""

    wave: str
    algorithm: str
    initiators: list[str]
    state: WaveState
    status_url: str
    events_url: str


class Tree(JsonForm):
    """What an echo wave brought: a node and its children; `missing` names those that are not in it."""

    # It is left out where nobody is missing; the other forms always have all their members.
    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    name: str
    port: int
    cpu: int
    load: int
    children: list[Tree]
    missing: list[str] | None = None


class TasksAdded(JsonForm):
    """Tasks that a node has got, by their ids."""

    status: Literal["ok"] = "ok"
    node: str
    count: int
    tasks: list[str]


class Task(JsonForm):
    """A task as the journal has it; `node` is null while it is pending.

    `weight` is how many cores it holds, `roles` of which its node has one; `request` the one it came with.
    `duration` (s) is its own, as it was ordered, of a script an estimate.
    `deadline`, `not_before` (it waits for its next attempt) and what ends in `_at`, each of the last time,
    are seconds since 1970. `reason` is a word that says why it failed.
    """

    id: str
    status: State
    node: str | None
    kind: Kind
    title: str
    category: str
    priority: Priority
    weight: int
    roles: list[str]
    request: str | None
    duration: float | None
    attempts: int
    max_attempts: int
    deadline: float | None
    not_before: float | None
    submitted_at: float
    assigned_at: float | None
    started_at: float | None
    finished_at: float | None
    reason: str | None


class TaskEvent(JsonForm):
    """What happened to a task: when (s since 1970), at which node (null where it was on none), what."""

    time: float
    node: str | None
    what: str


class TaskHistory(Task):
    """A task and all that happened to it, oldest first; of a script task also what it does, and its outcome.

    `backoff` (s) is the pause before a second attempt, as it was ordered.
    `script` is the file, `params` what its `run` is called with, `timeout` how long it may take (s; null for
    as long as the lab allows). Once it is completed `result` is what `run` returned; one that failed has a
    word that says why (`reason`) and a sentence (`error`), and so has one whose result was too old to be kept
    (`not_kept`). `took` (s) and `output`, what it printed, are of the last attempt.
    """

    history: list[TaskEvent]
    backoff: float
    script: str | None
    type: ScriptType | None
    timeout: float | None
    params: JsonValue
    result: JsonValue
    reason: str | None
    error: str | None
    took: float | None
    output: str | None


class CountedTasks(JsonForm):
    """How many tasks a listing has in all its pages; at least so many where that is not `exact`."""

    tasks: int
    exact: bool


class Tasks(JsonForm):
    """A page of tasks; `next` is the `cursor` of the next one, null at the end.

    A page may have fewer tasks than were asked for, or none, and a `next`. `moment` is the number of the
    journal's state that was read, as this balancer counts them; figures of the same one have the same tasks.
    `matching` is there where it was asked for.
    """

    tasks: list[Task]
    next: str | None
    moment: int
    matching: CountedTasks | None = None


class PlacedTask(JsonForm):
    """A task, and the node that has got it; null for one that is pending."""

    id: str
    node: str | None


class TasksPlaced(JsonForm):
    """Tasks that were added, in the order in which they were asked for.

    `request` is what those are called together that named no request.
    """

    status: Literal["ok"] = "ok"
    count: int
    request: str
    tasks: list[PlacedTask]


class TaskCancelled(JsonForm):
    """A task that will not run; `was` says what it was, and `node` where (null for a pending one)."""

    status: Literal["ok"] = "ok"
    task: str
    node: str | None
    was: str | None


class TaskChanged(JsonForm):
    """A task that waits, at a node or for one (null), how urgent it is from now on, and how it `was`."""

    status: Literal["ok"] = "ok"
    task: str
    node: str | None
    priority: Priority
    was: Priority


class TaskPutBack(JsonForm):
    """A task that had failed and is pending again."""

    status: Literal["ok"] = "ok"
    task: str


class Executor(JsonForm):
    """A node as an executor: what tasks it takes, and what it has to do now.

    `roles` are beside its `role`, which counts as one; `limit` is null for none. `status` is `down` while its
    process does not run, else `inactive` where it gets nothing new. `tasks` names those that run.
    """

    name: str
    role: str
    roles: list[str]
    cpu: int
    weight: float
    limit: int | None
    active: bool
    status: Literal["active", "inactive", "down"]
    load: int
    assigned: int
    running: int
    tasks: list[str]


class Executors(JsonForm):
    """The nodes of this lab as executors, depth first."""

    executors: list[Executor]


class ExecutorChanged(JsonForm):
    """A node as the executor that it is from now on, and the nodes that do not know it yet."""

    status: Literal["ok"] = "ok"
    executor: Executor
    not_yet: list[str]


class Signalled(JsonForm):
    """A node whose process got a signal, and the others that share it."""

    status: Literal["ok"] = "ok"
    node: str
    action: Action
    others: list[str]


class CutOff(JsonForm):
    """A node whose links are cut for some seconds."""

    status: Literal["ok"] = "ok"
    node: str
    seconds: float


class Configured(JsonForm):
    """The settings as they are now, and the nodes that have not taken them yet."""

    status: Literal["ok"] = "ok"
    settings: RunningSettings
    not_yet: list[str]


class Replaced(JsonForm):
    """The topology that runs now, and how many tasks of nodes that left are pending, and go to others.

    `tasks_handed_over` is null while that is open: another topology is asked for already, or the journal
    cannot be written.
    """

    status: Literal["ok"] = "ok"
    version: int
    nodes: int
    tasks_handed_over: int | None


class Ending(JsonForm):
    """What ends once this is answered: the balancer's own process (`ending`), or the lab (`stopping`)."""

    status: Literal["ending", "stopping"]
