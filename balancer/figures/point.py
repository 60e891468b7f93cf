"""One step of the history: what was the case in it, and how two steps that follow each other become one.

A gauge has its mean, least and greatest value; a counter what it had come to at the end of the step. So what
a counter grew by in a longer step is exactly what it grew by in the steps that it is made of.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field

_OF_LAB = ("load", "imbalance", "nodes", "active", "capacity", "busy", "browsers", "listeners", "memory")
_OF_JOURNAL = ("pending", "assigned", "moving", "running", "oldest_waiting_s")
GAUGES = (*_OF_LAB, *_OF_JOURNAL)
"""What has a value at each moment; `busy` is cores at work, `memory` bytes."""
COUNTERS = (
    "submitted",
    "completed",
    "failed",
    "cancelled",
    "missed",
    "moves",
    "waves",
    "work",
    "offered",
    "last_submitted",
)
"""What only grows; `missed` are deadlines, `work` and `offered` core seconds, completed and possible;
`last_submitted` is when the last task that is counted was submitted (s since 1970)."""
CELL_GAUGES = ("pending", "assigned", "moving", "running")
CELL_COUNTERS = ("submitted", "completed", "failed", "cancelled")
CELL_WIDTH = len(CELL_GAUGES) + len(CELL_COUNTERS)
"""Numbers that a point has of each priority and category."""
UNKNOWN = math.nan
_TENTHS = 10
_MOST = 65_535
"""A node's load and the tasks that it runs are kept in tenths, up to 6,553.5."""


@dataclass(slots=True)
class NodePoint:
    """What a step has of each node: mean load and mean of running tasks in tenths, and how many had ended."""

    names: tuple[str, ...]
    load: array[int]
    running: array[int]
    ended: array[int]

    @classmethod
    def of(cls, names: tuple[str, ...], load: list[int], running: list[int], ended: list[int]) -> NodePoint:
        """Return it of the numbers of a moment."""
        return cls(
            names,
            array("H", [min(_MOST, _TENTHS * value) for value in load]),
            array("H", [min(_MOST, _TENTHS * value) for value in running]),
            array("I", ended),
        )

    def followed(self, mine: int, other: NodePoint, theirs: int) -> NodePoint:
        """Return what this and a later step are together; they last so many seconds."""
        if other.names != self.names:
            return other
        return NodePoint(
            self.names,
            _means(self.load, mine, other.load, theirs),
            _means(self.running, mine, other.running, theirs),
            other.ended,
        )


def _means(a: array[int], of_a: int, b: array[int], of_b: int) -> array[int]:
    both = of_a + of_b
    return array("H", [(x * of_a + y * of_b) // both for x, y in zip(a, b, strict=True)])


@dataclass(slots=True)
class Point:
    """A step of the history.

    slot: its number, in steps since 1970. time: of its last sample (s since 1970); number: of that sample.
    samples: of how many it is made; read: in how many of them the journal was.
    mean, least, greatest: by GAUGES. counters: by COUNTERS.
    cells: CELL_WIDTH numbers for each priority and category, in the order in which the record came to know
    them; None where the journal was not read. nodes: None where they were let go.
    """

    slot: int
    time: float
    number: int
    samples: int
    read: int
    mean: array[float]
    least: array[float]
    greatest: array[float]
    counters: array[float]
    cells: array[float] | None
    nodes: NodePoint | None = field(default=None)

    def _weights(self) -> list[int]:
        """Return how many samples know each gauge."""
        return [self.samples] * len(_OF_LAB) + [self.read] * len(_OF_JOURNAL)

    def followed(self, other: Point, slot: int) -> Point:
        """Return what this and a later one are together, as the step `slot`."""
        mine, theirs = self.samples, other.samples
        return Point(
            slot,
            other.time,
            other.number,
            mine + theirs,
            self.read + other.read,
            array("d", map(_mean, self.mean, other.mean, self._weights(), other._weights())),
            array("d", map(_least, self.least, other.least)),
            array("d", map(_greatest, self.greatest, other.greatest)),
            other.counters,
            _cells(self.cells, self.read, other.cells, other.read),
            other.nodes
            if self.nodes is None or other.nodes is None
            else self.nodes.followed(mine, other.nodes, theirs),
        )


def _mean(a: float, b: float, of_a: int, of_b: int) -> float:
    if math.isnan(a):
        return b
    return a if math.isnan(b) else (a * of_a + b * of_b) / (of_a + of_b)


def _least(a: float, b: float) -> float:
    return b if math.isnan(a) or b < a else a


def _greatest(a: float, b: float) -> float:
    return b if math.isnan(a) or b > a else a


def _cells(a: array[float] | None, of_a: int, b: array[float] | None, of_b: int) -> array[float] | None:
    """Return the cells of two steps; the later one may know more of them, which had no tasks before."""
    if a is None or b is None:
        return b if a is None else a
    found = array("d", b)
    gauges = len(CELL_GAUGES)
    for at, value in enumerate(b):
        if at % CELL_WIDTH < gauges:
            before = a[at] if at < len(a) else 0.0
            found[at] = (before * of_a + value * of_b) / (of_a + of_b)
    return found
