"""The kinds of workloads: what each is, where it comes from, and which parameters it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from topowave.load.limits import LARGEST_RATE, MOST_TASKS
from topowave.load.workloads import arrivals
from topowave.load.workloads.durations import LONGEST, SHORTEST, Exponential, Pareto
from topowave.load.workloads.parameters import (
    NODE,
    PRIORITY,
    WEIGHT,
    Parameter,
    deadline,
    duration,
    integer,
    number,
    text,
    word,
)
from topowave.topology.portable_random import PortableRandom

Times = Callable[[PortableRandom, int, float, Mapping[str, Any]], list[float]]
"""Makes times of arrivals out of a stream, how many, the mean rate (1/s), and the parameters."""
LONGEST_SEED = 2**63 - 1

TASKS = Parameter("tasks", "N", "how many tasks", integer(1, MOST_TASKS), 1000)
RATE = Parameter("rate", "R", "tasks a second, in the mean", number(0, LARGEST_RATE, above=True))
UTILISATION = Parameter(
    "utilisation",
    "U",
    "instead of a rate: the share of the network's cores that is asked for while tasks come",
    number(0, 1000, above=True),
)
SHARED = (
    Parameter(
        "weight", "N[/N...]", "cores that a task holds; of several each task gets one by chance", WEIGHT
    ),
    Parameter(
        "priority", "P[/P...]", "how urgent: critical, high, medium, low; of several one by chance", PRIORITY
    ),
    Parameter("category", "TEXT", "the category of all tasks", text),
    Parameter(
        "node",
        "NAME[/NAME...]",
        "the node to which a task comes, of several one by chance, or @all, @leaves, @root, @deepest; "
        "without it the placement chooses",
        NODE,
    ),
    Parameter(
        "deadline", "S|Nx", "when a task is to be over: s after it came, or N times its duration", deadline
    ),
    Parameter("seed", "N", "of what is drawn; else the seed of the run", integer(0, LONGEST_SEED)),
)
DURATION = Parameter("duration", "S|DISTRIBUTION", "how long a task takes (s)", duration, Exponential(1.0))
ON_LOGS = (
    Parameter("skip", "N", "how many tasks at the beginning are left out", integer(0, MOST_TASKS)),
    Parameter("tasks", "N", "at most so many tasks", integer(1, MOST_TASKS)),
    Parameter("time", "X", "times, durations and deadlines are multiplied by it", number(0, 1e9, above=True)),
    Parameter("load", "X", "so many times as many tasks come in the same time", number(0, 1e9, above=True)),
    Parameter(
        "utilisation",
        "U",
        "instead of a load: arrivals are stretched until this share of the network's cores is asked for",
        number(0, 1000, above=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of workload.

    Attributes:
        name: as it is written.
        summary: what it is, for people.
        source: who described it.
        parameters: which it has, in the order in which they are shown.
        times: what makes the times of arrivals of one that is drawn; None of a log.
    """

    name: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...]
    times: Times | None = None

    @property
    def form(self) -> Literal["drawn", "log"]:
        """Whether it is drawn from a seed or read from a file."""
        return "log" if self.times is None else "drawn"


def _drawn(name: str, summary: str, source: str, times: Times, *own: Parameter) -> Kind:
    named = {each.name for each in own}
    rest = tuple(each for each in (TASKS, RATE, UTILISATION, DURATION, *SHARED) if each.name not in named)
    return Kind(name, summary, source, (*rest[:3], *own, *rest[3:]), times)


def _poisson(random: PortableRandom, count: int, rate: float, _: Mapping[str, Any]) -> list[float]:
    return arrivals.poisson(random, count, rate)


def _constant(_: PortableRandom, count: int, rate: float, __: Mapping[str, Any]) -> list[float]:
    return arrivals.constant(count, rate)


def _mmpp(random: PortableRandom, count: int, rate: float, of: Mapping[str, Any]) -> list[float]:
    return arrivals.mmpp(random, count, rate, of["burst"], of["on"], of["off"])


def _diurnal(random: PortableRandom, count: int, rate: float, of: Mapping[str, Any]) -> list[float]:
    return arrivals.diurnal(random, count, rate, of["amplitude"], of["period"])


def _batch(_: PortableRandom, count: int, __: float, ___: Mapping[str, Any]) -> list[float]:
    return [0.0] * count


_ALL = (
    _drawn("poisson", "tasks come independently of each other", "Poisson process", _poisson),
    _drawn(
        "mmpp",
        "tasks come in bursts: a Poisson process whose rate jumps between two values",
        "W. Fischer, K. Meier-Hellstern, The MMPP cookbook, 1993",
        _mmpp,
        Parameter("burst", "X", "how many times as high the rate is in a burst", number(1, 1e6), 10.0),
        Parameter("on", "S", "mean length of a burst (s)", number(SHORTEST, LONGEST), 1.0),
        Parameter("off", "S", "mean time between two bursts (s)", number(SHORTEST, LONGEST), 9.0),
    ),
    _drawn(
        "diurnal",
        "the rate goes up and down like a sine, as between day and night",
        "thinning: P. A. W. Lewis, G. S. Shedler, 1979",
        _diurnal,
        Parameter("amplitude", "A", "how far up and down, as a share of the mean", number(0, 1), 0.8),
        Parameter("period", "S", "length of a day (s)", number(SHORTEST, LONGEST), 60.0),
    ),
    _drawn(
        "pareto",
        "as poisson, and durations have a heavy tail",
        "bounded Pareto: M. Harchol-Balter, Task assignment with unknown duration, 2002",
        _poisson,
        Parameter("duration", DURATION.form, DURATION.meaning, duration, Pareto(1.5, 0.35, 350.0)),
    ),
    _drawn(
        "hotspot",
        "as poisson, and a share of the tasks comes to one node; the others to any",
        "the classical hot spot of load balancing",
        _poisson,
        Parameter(
            "at",
            "NAME",
            "the hot spot: a node, or @deepest, the first of the leaves farthest down",
            text,
            "@deepest",
        ),
        Parameter("share", "P", "the share of the tasks that comes there", number(0, 1), 0.8),
    ),
    _drawn("constant", "tasks come at equal distances", "deterministic arrivals", _constant),
    Kind(
        "batch",
        "all tasks come at time 0: a closed batch",
        "makespan scheduling",
        (TASKS, DURATION, *SHARED),
        _batch,
    ),
    Kind(
        "swf",
        "a log of a real machine in the Standard Workload Format, gzipped or not; @nasa-ipsc is shipped",
        "D. G. Feitelson, Parallel Workloads Archive",
        (
            *ON_LOGS,
            Parameter(
                "processors",
                "WORD",
                "the processors of a job: weight, the cores of its task; split, as many tasks; or ignore",
                word("weight", "split", "ignore"),
                "weight",
            ),
            Parameter(
                "status",
                "WORD",
                "which jobs: all that ran, or only those that were completed",
                word("all", "completed"),
                "all",
            ),
            Parameter(
                "category",
                "WORD",
                "which number of a job is its category: user, group, queue, executable, partition, or none",
                word("user", "group", "queue", "executable", "partition", "none"),
                "user",
            ),
            *(each for each in SHARED if each.name not in {"weight", "category"}),
        ),
    ),
    Kind(
        "csv",
        "a table: time,duration and, if wanted, category,priority,node,weight,deadline; gzipped or not",
        "",
        (*ON_LOGS, *(each for each in SHARED if each.name != "category")),
    ),
)
KINDS: dict[str, Kind] = {each.name: each for each in _ALL}
"""By name, in the order in which they are shown."""
