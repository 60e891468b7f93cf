"""A scenario: what is compared with what, on which networks, how often; one YAML or JSON file.

Every field that may be a list is a factor, and each combination of the factors' values is run with each seed.
Runs that differ in one factor only share their seed, and with it their random numbers, so that the difference
between them is the factor's doing (common random numbers: Law, Simulation Modeling and Analysis, 2015, 11.2).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from topowave.experiments.limits import LONGEST_TEXT, MOST_LEVELS, MOST_RUNS, MOST_SEEDS
from topowave.load.link_delays import NO_DELAY
from topowave.load.measures import MEASURES
from topowave.topology.config import NO_FORECAST

NO_FAULTS = "none"
"""The value of `faults` that stands for a run in which nothing goes wrong."""
Level = str | int | float | bool
"""One value of a factor."""
_Value = TypeVar("_Value")


def _one_or_many(value: object) -> object:
    return value if type(value) in {list, tuple} else [value]


Many = Annotated[
    tuple[_Value, ...], BeforeValidator(_one_or_many), Field(min_length=1, max_length=MOST_LEVELS)
]
"""One value, or a list of them."""
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class ScenarioBase(BaseModel):
    """What scenarios of both kinds say."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    factor_names: ClassVar[tuple[str, ...]] = ()
    """The fields that are factors, in the order in which tables have them."""
    all_measures: ClassVar[tuple[str, ...]] = ()
    usual_measures: ClassVar[tuple[str, ...]] = ()
    """Those of the report, where the scenario does not say."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = Field(
        description="What the folder of the results is called: letters, digits, . _ and -"
    )
    title: Text | None = Field(default=None, description="The heading of the report")
    about: Text | None = Field(default=None, description="What is asked, in a few sentences, for the report")
    topology: Many[Text] = Field(
        description="Networks: files, seen from the scenario's folder, or SHAPE:N[:SEED]; with the word "
        "`seed` in the place of SEED each run has a network of its own seed"
    )
    seeds: (
        Annotated[int, Field(ge=1, le=MOST_SEEDS)]
        | Annotated[
            tuple[Annotated[int, Field(ge=0, lt=2**63)], ...], Field(min_length=1, max_length=MOST_SEEDS)
        ]
    ) = Field(default=10, description="How many seeds, counted from 1; or a list of them")
    measures: Many[Text] | None = Field(
        default=None, description="What the report shows; all is in the tables of the results in any case"
    )
    compare: Text | None = Field(
        default=None,
        description="The factor whose values are compared with its first one; by default the first factor "
        "with several values, but for the topology",
    )

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds."""
        return tuple(range(1, self.seeds + 1)) if isinstance(self.seeds, int) else self.seeds

    def levels(self, factor: str) -> tuple[Level, ...]:
        """Return the values of a factor."""
        found: tuple[Level, ...] = getattr(self, factor)
        return found

    @property
    def varied(self) -> tuple[str, ...]:
        """The factors that have several values."""
        return tuple(name for name in self.factor_names if len(self.levels(name)) > 1)

    @property
    def compared(self) -> str | None:
        """The factor whose values are compared; None where no factor has several."""
        others = [name for name in self.varied if name != "topology"]
        return self.compare or (others[0] if others else None)

    @property
    def shown_measures(self) -> tuple[str, ...]:
        """The measures that the report shows; bounds are drawn beside what they bound."""
        return self.measures or self.usual_measures

    def __len__(self) -> int:
        sizes = (len(self.levels(name)) for name in self.factor_names)
        return math.prod(sizes) * len(self.seed_list)

    @model_validator(mode="after")
    def _is_in_itself_right(self) -> ScenarioBase:
        for name in self.factor_names:
            levels = self.levels(name)
            if len(set(map(repr, levels))) < len(levels):
                raise ValueError(f"{name}: has a value twice")
        if not isinstance(self.seeds, int) and len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: has a value twice")
        if self.compare is not None and self.compare not in self.varied:
            known = ", ".join(self.varied) or "none has"
            raise ValueError(f"compare: expected a factor with several values ({known})")
        for measure in self.measures or ():
            if measure not in self.all_measures:
                raise ValueError(
                    f"measures: there is no {measure!r}; there are {', '.join(self.all_measures)}"
                )
        if len(self) > MOST_RUNS:
            raise ValueError(f"seeds: these are {len(self):,} runs; at most {MOST_RUNS:,} are allowed")
        return self


class WaveScenario(ScenarioBase):
    """Algorithms on networks, each run held against its theorem."""

    factor_names: ClassVar[tuple[str, ...]] = (
        "topology", "algorithm", "delay", "loss", "duplicate", "fifo", "ids", "faults",
    )  # fmt: skip
    all_measures: ClassVar[tuple[str, ...]] = ("messages", "time", "bits", "message_bound", "time_bound")
    usual_measures: ClassVar[tuple[str, ...]] = ("messages", "time", "bits")

    kind: Literal["waves"] = Field(description="What is run: algorithms on networks")
    algorithm: Many[Text] = Field(description="Names (`topowave algorithms`) or FILE.py:CLASS")
    delay: Many[Text] = Field(
        default=("constant:1",),
        description="constant:T, uniform:LEAST,MOST, exponential:MEAN or links[:T], in units of time",
    )
    loss: Many[Probability] = Field(default=(0.0,), description="Probability that a message is lost")
    duplicate: Many[Probability] = Field(
        default=(0.0,), description="Probability that a message arrives twice"
    )
    fifo: Many[bool] = Field(default=(False,), description="Whether links keep their messages in order")
    ids: Many[Text] = Field(
        default=("in-order",), description="Which node has which number: in-order, reversed, random[:SEED]"
    )
    faults: Many[Text] = Field(
        default=(NO_FAULTS,),
        description="What goes wrong: files as for `topowave simulate --fault`, or none",
    )
    max_events: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="End a run after so many events"
    )


class LoadScenario(ScenarioBase):
    """Workloads on networks in virtual time, by policies, placements and disciplines."""

    factor_names: ClassVar[tuple[str, ...]] = (
        "topology", "workload", "policy", "forecast", "placement", "discipline", "max_cpu",
        "rebalance_interval", "report_delay", "link_delay", "delay", "move_time", "hop_time", "faults",
    )  # fmt: skip
    all_measures: ClassVar[tuple[str, ...]] = tuple(each.name for each in MEASURES)
    usual_measures: ClassVar[tuple[str, ...]] = (
        "makespan", "mean_response", "p99_response", "mean_wait", "utilisation", "mean_discrepancy", "jain",
        "moved", "load_hops", "control_messages",
    )  # fmt: skip

    kind: Literal["load"] = Field(description="What is run: workloads on networks in virtual time")
    workload: Many[Text] = Field(
        description="What comes, as `topowave load workloads` lists it: poisson:..., swf:FILE; a share of a "
        "network's cores is written utilisation=0.8"
    )
    policy: Many[Text] = Field(
        default=("max-load-heap",), description="Who gives to whom: names, FILE.py:CLASS, or none"
    )
    forecast: Many[Text] = Field(
        default=(NO_FORECAST,),
        description="What tells policies, as predictive, the loads of the next round: names, or none",
    )
    placement: Many[Text] = Field(
        default=("least-loaded",), description="Which node gets a task that names none: names"
    )
    discipline: Many[Text] = Field(default=("priority",), description="Which task that waits is next: names")
    max_cpu: Many[Annotated[float, Field(gt=0, le=100)]] = Field(
        default=(75.0,), description="Percent of its cores from which a node counts as overloaded"
    )
    rebalance_interval: Many[Seconds] = Field(
        default=(5.0,), description="Time from the end of a round to the beginning of the next (s); 0: none"
    )
    report_delay: Many[Seconds] = Field(
        default=(0.0,), description="How late the balancer hears of tasks that are over or have moved (s)"
    )
    link_delay: Many[Seconds] = Field(
        default=(0.0,), description="Of a message over a link that has none of its own (s)"
    )
    delay: Many[Text] = Field(
        default=(NO_DELAY,),
        description="Of each message over a link and of tasks that move over it, with times in seconds: "
        "constant:T, uniform:LEAST,MOST, exponential:MEAN, links[:T]; or none",
    )
    move_time: Many[Seconds] = Field(default=(0.0,), description="How long a move of tasks takes (s)")
    hop_time: Many[Seconds] = Field(
        default=(0.0,), description="How much longer it takes for each link between the two nodes (s)"
    )
    faults: Many[Text] = Field(
        default=(NO_FAULTS,),
        description="Nodes that end and are back: NAME@DOWN or NAME@DOWN-UP (s), several with spaces between "
        "them; or none",
    )


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of a scenario.

    Attributes:
        number: its place among all, from 0.
        levels: the value of each factor.
        seed: of all its random choices.
    """

    number: int
    levels: dict[str, Level]
    seed: int


def planned_runs(scenario: ScenarioBase, wanted: Sequence[int] | None = None) -> Iterator[PlannedRun]:
    """Yield the runs of a scenario in their order: the last factor changes first, then the seeds.

    Args:
        scenario: what is run.
        wanted: the numbers of the runs, rising; all by default.
    """
    lists = [scenario.levels(name) for name in scenario.factor_names]
    seeds = scenario.seed_list
    if wanted is None:
        for number, (case, seed) in enumerate(itertools.product(itertools.product(*lists), seeds)):
            yield PlannedRun(number, dict(zip(scenario.factor_names, case, strict=True)), seed)
        return
    for number in wanted:
        left, at = divmod(number, len(seeds))
        seed, found = seeds[at], list[Level]()
        for values in reversed(lists):
            left, at = divmod(left, len(values))
            found.append(values[at])
        yield PlannedRun(number, dict(zip(scenario.factor_names, reversed(found), strict=True)), seed)
