"""The JSON forms of figures: what `GET /figures` and its two histories return."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from topowave.balancer.json_form import JsonForm

Measure: TypeAlias = Literal["load", "load_per_core", "running", "ended"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
"""What is kept of each node."""
JournalState: TypeAlias = Literal["none", "readable", "unreadable"]


class RoleFigures(JsonForm):
    """How many nodes have a role, and how many of them take tasks."""

    all: int
    active: int


class ExecutorFigures(JsonForm):
    """The nodes that are wanted, as `GET /executors` has them: how many, and how many take tasks.

    `active` are those that are up and take new tasks; all others are `inactive`. A node with several roles
    counts in `by_role` for each of them; `by_state` is their `state` in `GET /status`.
    """

    all: int
    active: int
    inactive: int
    by_role: dict[str, RoleFigures]
    by_state: dict[str, int]


class StatusCounts(JsonForm):
    """How many tasks are in each state."""

    pending: int = 0
    assigned: int = 0
    moving: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0


class GoneCounts(JsonForm):
    """How many finished tasks the journal has let go: they are counted, and no longer listed."""

    completed: int = 0
    failed: int = 0
    cancelled: int = 0


class RequestFigures(JsonForm):
    """The tasks that are wanted, as the journal had them at one moment.

    `moment` is the journal's state that was read, and `time` when (seconds since 1970): a `GET /tasks` with
    the same `moment` lists exactly these tasks, and `by_status` with `gone` is what `GET /status` has.
    `by_category` and `by_node` name the most frequent ones, and count the others as `other`; tasks on no node
    are at the node "". In `by_role` are the roles of which tasks need one; "" stands for those without.
    The rates are per second, over the last `rate_s` seconds; null where that is not known for what was asked.
    A task waits while it is pending or assigned. `deadlines_missed` failed for that reason, `deadlines_soon`
    are not over and have `soon_s` seconds left, or fewer.
    """

    moment: int
    time: float
    by_status: StatusCounts
    by_priority: dict[str, StatusCounts]
    by_category: dict[str, StatusCounts]
    by_node: dict[str, StatusCounts]
    by_role: dict[str, StatusCounts]
    other_categories: int
    other_nodes: int
    gone: GoneCounts
    submitted: int
    lawful: bool
    rate_in: float | None
    rate_out: float | None
    rate_s: float
    oldest_waiting_s: float | None
    deadlines_missed: int
    deadlines_soon: int
    soon_s: float


class JournalFigures(JsonForm):
    """How the journal is: `none` where there is none; how long the last reading took, and how old it is."""

    state: JournalState
    read_ms: float | None
    age_s: float | None


class ProcessMemory(JsonForm):
    """How much memory a process of this machine holds (bytes, resident); `nodes` is how many run in it.

    Past the largest ones, `other` stands for the rest; its `pid` is null.
    """

    name: str
    pid: int | None
    nodes: int
    bytes: int


class SystemFigures(JsonForm):
    """The lab as a whole; filters leave it as it is.

    `load` is tasks that wait or run (cores), `capacity` the cores of the nodes that are up. `utilisation` is
    the share of them at work now; `efficiency` the core seconds of tasks that were completed in the last
    `efficiency_s` seconds over those that were offered meanwhile, 1 at the most; null where none was offered.
    `moves` and `waves` count since the balancer began. `messages_per_s` is how fast the lab handles waves.
    """

    load: int
    capacity: int
    utilisation: float | None
    efficiency: float | None
    efficiency_s: float
    imbalance: float
    moves: int
    waves: int
    waves_per_minute: float
    messages_per_s: float
    browsers: int
    listeners: int
    journal: JournalFigures
    memory: list[ProcessMemory]


class Figures(JsonForm):
    """The lab in figures, as it is at `time`; its history begins at `since` (seconds since 1970).

    `cursor` is the number of the last second that the history has. `requests` is null without a journal that
    can be read.
    """

    time: float
    since: float
    cursor: int
    executors: ExecutorFigures
    requests: RequestFigures | None
    system: SystemFigures


class SeriesHistory(JsonForm):
    """The history in columns: `time` is the beginning of each step (seconds since 1970), `step_s` its length.

    A value is null where nothing is known: no journal could be read, or the balancer did not run.
    `in` of a step counts the tasks that were submitted from `counted_until` of the step before on, and before
    its own; before the first one that is `counted_since`. So `GET /tasks` lists exactly these.
    """

    since: float
    until: float
    step_s: float
    cursor: int
    time: list[float]
    counted_since: float | None
    counted_until: list[float | None]
    series: dict[str, list[float | None]]


class NodesHistory(JsonForm):
    """The history of each node: `values` has a row for each of `nodes`, with a value for each of `time`.

    A value is null where the node was not in the network.
    """

    measure: Measure
    unit: str
    since: float
    until: float
    step_s: float
    cursor: int
    time: list[float]
    nodes: list[str]
    values: list[list[float | None]]
