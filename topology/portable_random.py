"""Random choices that are the same for a seed on every Python.

Python promises only for `random()` that a seed gives the same numbers in every version. So every choice here
is made from that one method, and the methods that networkx calls on its source of randomness are replaced
by ours.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import MutableSequence, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def fresh_seed() -> int:
    """A seed that nobody chose: short enough to be typed again."""
    return secrets.randbelow(1_000_000)


class PortableRandom(random.Random):
    """A source of random choices whose results depend on nothing but the seed, an integer from 0."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)

    def randbelow(self, bound: int) -> int:
        """An integer from 0 to bound - 1."""
        return int(self.random() * bound)

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """As `random.Random.randrange`."""
        numbers = range(start) if stop is None else range(start, stop, step)
        return self.choice(numbers)

    def randint(self, a: int, b: int) -> int:
        """An integer from a to b, both included."""
        return self.randrange(a, b + 1)

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]
        """One item of a sequence that is not empty."""
        return seq[self.randbelow(len(seq))]

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Bring a list into random order, in place (Fisher and Yates)."""
        for last in range(len(x) - 1, 0, -1):
            other = self.randbelow(last + 1)
            x[last], x[other] = x[other], x[last]
