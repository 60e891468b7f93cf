"""A workload: which tasks come when, how long each takes, and what is said of it, as columns.

A million tasks are a million entries of a few lists and not a million objects: reading, drawing and running
them costs a fraction of the memory and the time. Task i is entry i of every column. A column that says the
same of all tasks, which is what nearly always holds of most of them, is None.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

from topowave.load.limits import CATEGORY_CHARS, LONGEST_TASK, MOST_TASKS
from topowave.tasks.limits import WEIGHT_MOST
from topowave.tasks.script import PRIORITIES, Priority
from topowave.topology.problems import TOP, ProblemList, did_you_mean, shown

USUAL_PRIORITY: Priority = "medium"


@dataclass(frozen=True, slots=True)
class Workload:
    """Tasks in the order in which they come.

    Attributes:
        times: when each comes (s from the beginning, never falling).
        durations: how long each holds its cores (s, more than 0).
        weights: how many cores each holds; None: 1.
        priorities: how urgent each is; None: medium.
        categories: a word for people and statistics of each, which may be empty; None: no task has one.
        nodes: the node into whose queue each comes, by name; "" where the lab's placement chooses, None:
            it always does. A task may be moved from there like any other.
        deadlines: how long after it came each is to be over (s); infinite where it may take as long as it
            likes, None: all may.
        name: what people call it.
        source: the text that it was made of: a spec or a file.
        seed: of what was drawn; None where nothing was.
        notes: what a reader should know, such as what was left out of a log; a sentence each.
    """

    times: Sequence[float]
    durations: Sequence[float]
    weights: Sequence[int] | None = None
    priorities: Sequence[Priority] | None = None
    categories: Sequence[str] | None = None
    nodes: Sequence[str] | None = None
    deadlines: Sequence[float] | None = None
    name: str = ""
    source: str = ""
    seed: int | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, part: slice) -> Workload:
        """Return some of the tasks, as they come: times stay what they are (see `begun_at`)."""
        columns: dict[str, Any] = {name: column[part] for name, column in self.columns().items()}
        return replace(self, **columns)

    def columns(self) -> dict[str, Sequence[Any]]:
        """Return the columns that are there, by name."""
        names = ("times", "durations", "weights", "priorities", "categories", "nodes", "deadlines")
        columns = {name: getattr(self, name) for name in names}
        return {name: column for name, column in columns.items() if column is not None}

    @property
    def span(self) -> float:
        """Time from the first arrival to the last (s)."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    @property
    def work(self) -> float:
        """What all tasks ask for together (s of one core)."""
        if self.weights is None:
            return math.fsum(self.durations)
        return math.fsum(map(float.__mul__, map(float, self.durations), map(float, self.weights)))

    def utilisation(self, cores: int) -> float:
        """Return the share of so many cores that they ask for as they come; infinite if all come at once."""
        return self.work / (cores * self.span) if self.span else math.inf

    def begun_at(self, time: float = 0.0) -> Workload:
        """Return the same tasks, of which the first comes at `time` (s)."""
        if not self.times or self.times[0] == time:
            return self
        first = self.times[0]
        return replace(self, times=[each - first + time for each in self.times])

    def scaled(self, time: float = 1.0, load: float = 1.0) -> Workload:
        """Return the same tasks on another clock, or closer together.

        Args:
            time: every time, duration and deadline is multiplied by it: 0.01 makes an hour 36 seconds.
            load: so many times as many tasks come in the same time; durations and deadlines stay.

        Raises:
            ValueError: one of them is not above 0 and finite.
        """
        if not (0 < time < math.inf and 0 < load < math.inf):
            raise ValueError(f"a workload can be scaled by a number above 0, not by {time:g} and {load:g}")
        arrivals = time / load
        deadlines = self.deadlines
        return replace(
            self,
            times=self.times if arrivals == 1 else [each * arrivals for each in self.times],
            durations=self.durations if time == 1 else [each * time for each in self.durations],
            deadlines=deadlines if time == 1 or deadlines is None else [each * time for each in deadlines],
        )

    def check(self, nodes: Collection[str] | None = None) -> None:
        """Refuse what is no workload; with `nodes` also tasks that come to a node that is none of them.

        Raises:
            Problems: with the place of each problem, as `durations[3]`.
        """
        problems = ProblemList(self.source or self.name)
        count = len(self.times)
        if count > MOST_TASKS:
            raise problems.refusal(f"has {count:,} tasks; at most {MOST_TASKS:,} are allowed")
        for name, column in self.columns().items():
            if len(column) != count:
                problems.add(TOP.at(name), f"has {len(column):,} entries, and there are {count:,} tasks")
        problems.raise_if_any()
        self._check_values(problems)
        if self.nodes is not None and nodes is not None:
            for node in {each: True for each in self.nodes if each}:
                if node not in nodes:
                    place = TOP.at("nodes").at(list(self.nodes).index(node))
                    problems.add(place, f"there is no node {shown(node)}{did_you_mean(node, nodes)}")
        problems.raise_if_any()

    def _check_values(self, problems: ProblemList) -> None:
        """Add what is wrong with single values; the quick question comes first, which nearly always does."""
        seconds = f"expected seconds above 0 and up to {LONGEST_TASK:g}"

        def complain(name: str, column: Sequence[Any], wrong: Collection[int], expected: str) -> None:
            for index in wrong:
                problems.add(TOP.at(name).at(index), f"{shown(column[index])}: {expected}")

        times = self.times
        if not all(0 <= each <= LONGEST_TASK for each in times):
            wrong = [index for index, each in enumerate(times) if not 0 <= each <= LONGEST_TASK]
            complain("times", times, wrong, f"expected seconds from 0 to {LONGEST_TASK:g}")
        elif any(map(float.__gt__, map(float, times), map(float, islice(times, 1, None)))):
            wrong = [index for index, (one, two) in enumerate(pairwise(times), start=1) if one > two]
            complain("times", times, wrong, "comes before the task before it; expected times that never fall")
        if not all(0 < each <= LONGEST_TASK for each in self.durations):
            wrong = [index for index, each in enumerate(self.durations) if not 0 < each <= LONGEST_TASK]
            complain("durations", self.durations, wrong, seconds)
        weights = self.weights
        if weights is not None and not (
            min(weights, default=1) >= 1 and max(weights, default=1) <= WEIGHT_MOST
        ):
            wrong = [index for index, each in enumerate(weights) if not 1 <= each <= WEIGHT_MOST]
            complain("weights", weights, wrong, f"expected cores from 1 to {WEIGHT_MOST}")
        if self.priorities is not None and not set(self.priorities) <= set(PRIORITIES):
            wrong = [index for index, each in enumerate(self.priorities) if each not in PRIORITIES]
            complain("priorities", self.priorities, wrong, f"expected {', '.join(PRIORITIES)}")
        if self.categories is not None and any(len(each) > CATEGORY_CHARS for each in set(self.categories)):
            wrong = [index for index, each in enumerate(self.categories) if len(each) > CATEGORY_CHARS]
            complain("categories", self.categories, wrong, f"expected at most {CATEGORY_CHARS} characters")
        deadlines = self.deadlines
        if deadlines is not None and not all(each > 0 for each in deadlines):
            wrong = [index for index, each in enumerate(deadlines) if not each > 0]
            complain("deadlines", deadlines, wrong, "expected seconds above 0, or infinity for none")
