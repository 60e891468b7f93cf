"""How long tasks take: the distributions from which durations are drawn, and what they are written as.

`exp(0.5)` is one, and so is a plain number. A distribution knows its mean, from which the rate of arrivals
follows that makes a network as busy as it is to be.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from math import sqrt
from typing import ClassVar

from topowave.load.workloads.portable_math import exp, log, power
from topowave.topology.portable_random import PortableRandom

SHORTEST = 1e-6
"""Least value of a parameter that is a duration (s)."""
LONGEST = 1e8
"""Greatest value of a parameter that is a duration (s)."""
TINY = 2.0**-54
"""What stands for a draw of 0, whose logarithm is none: half of the least other one."""


@dataclass(frozen=True)
class Distribution(ABC):
    """How long tasks take. Its fields are what is written in brackets after its name."""

    name: ClassVar[str]
    summary: ClassVar[str]
    ranges: ClassVar[dict[str, tuple[float, float]]]
    """The least and the greatest value of each field."""

    @abstractmethod
    def average(self) -> float:
        """Return the mean duration (s)."""

    @abstractmethod
    def draws(self, random: PortableRandom, count: int) -> list[float]:
        """Return so many durations (s, above 0)."""

    def problem(self) -> str | None:
        """Return what does not fit together, each value being in its range."""
        return None

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{getattr(self, each.name):g}' for each in fields(self))})"


@dataclass(frozen=True)
class Constant(Distribution):
    """All alike."""

    seconds: float
    name: ClassVar[str] = "constant"
    summary: ClassVar[str] = "every task takes the same time"
    ranges: ClassVar[dict[str, tuple[float, float]]] = {"seconds": (SHORTEST, LONGEST)}

    def average(self) -> float:
        """Return the mean duration (s)."""
        return self.seconds

    def draws(self, random: PortableRandom, count: int) -> list[float]:  # noqa: ARG002 - nothing is drawn
        """Return so many durations (s, above 0)."""
        return [self.seconds] * count

    def __str__(self) -> str:
        return f"{self.seconds:g}"


@dataclass(frozen=True)
class Uniform(Distribution):
    """From one time to another."""

    low: float
    high: float
    name: ClassVar[str] = "uniform"
    summary: ClassVar[str] = "any time from low to high is as likely"
    ranges: ClassVar[dict[str, tuple[float, float]]] = {
        "low": (SHORTEST, LONGEST),
        "high": (SHORTEST, LONGEST),
    }

    def average(self) -> float:
        """Return the mean duration (s)."""
        return (self.low + self.high) / 2

    def draws(self, random: PortableRandom, count: int) -> list[float]:
        """Return so many durations (s, above 0)."""
        draw, low, width = random.random, self.low, self.high - self.low
        return [low + width * draw() for _ in range(count)]

    def problem(self) -> str | None:
        """Return what does not fit together."""
        return _order(self.low, self.high)


@dataclass(frozen=True)
class Exponential(Distribution):
    """Without memory: the usual model of service times, as in M/M/c."""

    mean: float
    name: ClassVar[str] = "exp"
    summary: ClassVar[str] = "exponential: without memory, as the service times of M/M/c"
    ranges: ClassVar[dict[str, tuple[float, float]]] = {"mean": (SHORTEST, LONGEST)}

    def average(self) -> float:
        """Return the mean duration (s)."""
        return self.mean

    def draws(self, random: PortableRandom, count: int) -> list[float]:
        """Return so many durations (s, above 0)."""
        draw, scale = random.random, -self.mean
        return [scale * log(draw() or TINY) for _ in range(count)]


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Whose logarithm is normal: many short ones, some very long ones."""

    mean: float
    sigma: float
    name: ClassVar[str] = "lognormal"
    summary: ClassVar[str] = (
        "its logarithm is normal with the deviation sigma: 1.5 is skewed as many real logs are"
    )
    ranges: ClassVar[dict[str, tuple[float, float]]] = {"mean": (SHORTEST, LONGEST), "sigma": (0.0, 5.0)}

    def average(self) -> float:
        """Return the mean duration (s)."""
        return self.mean

    def draws(self, random: PortableRandom, count: int) -> list[float]:
        """Return so many durations (s, above 0): by the polar method (Marsaglia and Bray 1964)."""
        draw, sigma = random.random, self.sigma
        mu = log(self.mean) - sigma * sigma / 2
        found: list[float] = []
        while len(found) < count:
            x, y = 2.0 * draw() - 1.0, 2.0 * draw() - 1.0
            square = x * x + y * y
            if 0.0 < square < 1.0:
                factor = sigma * sqrt(-2.0 * log(square) / square)
                found += (exp(mu + factor * x), exp(mu + factor * y))
        return found[:count]


@dataclass(frozen=True)
class Pareto(Distribution):
    """Bounded Pareto: a heavy tail, as of the sizes of jobs and files (Harchol-Balter 2002)."""

    alpha: float
    low: float
    high: float
    name: ClassVar[str] = "pareto"
    summary: ClassVar[str] = "bounded Pareto from low to high: the less alpha, the heavier its tail"
    ranges: ClassVar[dict[str, tuple[float, float]]] = {
        "alpha": (0.1, 10.0),
        "low": (SHORTEST, LONGEST),
        "high": (SHORTEST, LONGEST),
    }

    def average(self) -> float:
        """Return the mean duration (s)."""
        alpha, low, ratio = self.alpha, self.low, self.low / self.high
        if abs(alpha - 1.0) < 1e-6:  # where the formula below is 0 divided by 0
            return low * -log(ratio) / (1.0 - ratio)
        return low * alpha / (alpha - 1.0) * (1.0 - power(ratio, alpha - 1.0)) / (1.0 - power(ratio, alpha))

    def draws(self, random: PortableRandom, count: int) -> list[float]:
        """Return so many durations (s, above 0): by the inverse of its distribution function."""
        draw, low, high = random.random, self.low, self.high
        share, exponent = 1.0 - power(low / high, self.alpha), -1.0 / self.alpha
        return [min(high, low * exp(exponent * log(1.0 - share * draw()))) for _ in range(count)]

    def problem(self) -> str | None:
        """Return what does not fit together."""
        return _order(self.low, self.high)


DISTRIBUTIONS: dict[str, type[Distribution]] = {
    each.name: each for each in (Constant, Exponential, Uniform, Lognormal, Pareto)
}


def _order(low: float, high: float) -> str | None:
    return None if low < high else f"low is {low:g} and high {high:g}; expected a high above low"
