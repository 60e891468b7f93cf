"""What a forecast is: a model of one node that learns its load round by round, and says the next.

A node's load changes by tasks that come, tasks that end, and tasks that balancing moves. The last is known
and is nobody's to predict, so a model learns the rest, the *change by itself* (cores): the load that was
read, less the one before and what was moved meanwhile. Its prediction is the load of the next round if
nothing is moved: the load of now and one more change. A forecast of the loads as they were read would
predict the balancer's own moves, and balance them a second time.

A model has no clock, no files and no randomness: the same loads give the same predictions in a live lab and
in virtual time. It remembers a bounded number of intervals.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import ClassVar

from topowave.forecasts.intervals import LateErrors
from topowave.forecasts.limits import COLD_INTERVALS, ERRORS_KEPT, LEAST_WIDTH


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a node's next load, if nothing is moved.

    Attributes:
        mean: the load (cores), 0 or more.
        low, high: the interval that contains it with the probability COVERAGE; `mean` lies in it.
        change: what the load changes by (cores), also where there is not so much left to get done: then
            `mean` is 0.
        cold: whether the model has learned too little yet: `change` is 0, the interval is wide.
    """

    mean: float
    low: float
    high: float
    change: float
    cold: bool


@dataclass(frozen=True, slots=True)
class Surprise:
    """How a load that was read compares with what was predicted of it.

    Attributes:
        error: the load less the predicted one (cores).
        covered: whether it lay in the interval.
    """

    error: float
    covered: bool


class Forecast(ABC):
    """A model of one node's load. A subclass says how the next change follows from those before.

    Class attributes, from which people are told of it:
        name: in config.json.
        title: on pages.
        summary: what it predicts, in one sentence.
        source: who described it: author and year.
        knows: what it remembers.
        wins: when to choose it, and when not.
        extra: the extra of this package that it needs; "" for none.
        packages: what that brings, on whose versions its predictions depend.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str] = ""
    knows: ClassVar[str] = ""
    wins: ClassVar[str] = ""
    extra: ClassVar[str] = ""
    packages: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._load: float | None = None
        self._errors = LateErrors()
        self._changes: deque[float] = deque(maxlen=ERRORS_KEPT)

    @classmethod
    def missing(cls) -> str | None:
        """Return a sentence about what has to be installed before it can be used; None for nothing."""
        return None

    @abstractmethod
    def learn_change(self, change: float) -> None:
        """Learn one more change by itself (cores)."""

    @abstractmethod
    def next_change(self) -> float:
        """Return the change that is expected next (cores); asked after a first one was learned."""

    @property
    def cold(self) -> bool:
        """Whether it has learned too little to say anything of its own."""
        return len(self._errors) < COLD_INTERVALS

    def learn(self, load: float, moved: float = 0.0) -> Surprise | None:
        """Learn the load that a round read, and return how it compares with the prediction.

        Args:
            load: cores, 0 or more.
            moved: cores that came by moves since the last load was learned, less those that went.

        Returns:
            None where nothing of its own was predicted.

        Raises:
            ValueError: a number is not finite.
        """
        if not (math.isfinite(load) and math.isfinite(moved)):
            raise ValueError(f"a load of {load!r} cores, {moved!r} moved: expected finite numbers")
        before, self._load = self._load, load
        if before is None:
            return None
        surprise = None
        if self._changes:
            if not self.cold:
                said = self._prediction(before + moved)
                surprise = Surprise(load - said.mean, said.low <= load <= said.high)
            self._errors.add(load - max(0.0, before + moved + self._bounded_change()))
        change = load - before - moved
        self._changes.append(change)
        self.learn_change(change)
        return surprise

    def resume(self, load: float) -> None:
        """Go on from a load after rounds of which nothing is known: what changed then teaches nothing."""
        self._load = load

    def predict(self) -> Prediction:
        """Return what is expected of the next round, if nothing is moved. Before any load it is 0 cores."""
        return self._prediction(self._load or 0.0)

    def _prediction(self, load: float) -> Prediction:
        """Return what is expected after a load (below 0 where more was moved away than there was)."""
        if self.cold:
            mean = max(0.0, load)
            width = max(mean, LEAST_WIDTH, *map(abs, self._changes))
            return Prediction(mean, max(0.0, mean - width), mean + width, 0.0, cold=True)
        change = self._bounded_change()
        mean = max(0.0, load + change)
        width = self._errors.half_width()
        return Prediction(mean, max(0.0, mean - width), mean + width, change, cold=False)

    def _bounded_change(self) -> float:
        """Return the next change, none larger than those of late: no model runs away, or says NaN."""
        change = self.next_change()
        if math.isnan(change):
            return 0.0
        return min(max(change, min(0.0, *self._changes)), max(0.0, *self._changes))
