"""The history of the figures: the whole run, in steps that are the longer the further they are back.

Theory of operation. There is a level for each length of a step. A sample, one a second, comes to the first
level; whatever step is full there is kept in a ring, and goes on to the next level, where it becomes part of
a longer one. So each level has its own last stretch of the run, nothing is computed twice, and memory has a
bound that does not depend on how long the lab runs. A question is answered from the finest level that reaches
as far back as it asks; steps are put together until there are as few as it wants.

A step begins at a multiple of its length. The last one is not full as a rule: it is told as it is so far, and
told again with the same beginning once there is more of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from topowave.balancer.figures.point import Point
from topowave.balancer.limits import FIGURES_CATEGORIES, FIGURES_NODE_VALUES
from topowave.tasks.groups import Cell

LEVELS = ((1, 600), (10, 720), (60, 1440), (600, 1008), (3600, 2160), (21_600, 1460))
"""Length of a step (s), and how many are kept: ten minutes, two hours, a day, a week, 90 days, a year."""
OTHER = "other"


@dataclass(slots=True)
class Level:
    """Steps of one length (s): the last ones that are full, `keep` at the most, and the one that is not."""

    step: int
    keep: int
    points: deque[Point]
    open: Point | None = None

    def take(self, point: Point) -> Point | None:
        """Take a later point; returns the step that is full since."""
        slot = int(point.time // self.step)
        full = None
        if self.open is None or slot != self.open.slot:
            full, self.open = self.open, _as(point, slot)
        else:
            self.open = self.open.followed(point, slot)
        if full is not None:
            self.points.append(full)
            self._let_nodes_go()
        return full

    def _let_nodes_go(self) -> None:
        nodes = self.points[-1].nodes
        if nodes is not None:
            kept = max(1, FIGURES_NODE_VALUES // max(1, len(nodes.names)))
            if len(self.points) > kept:
                self.points[-1 - kept].nodes = None


def _as(point: Point, slot: int) -> Point:
    return Point(
        slot,
        point.time,
        point.number,
        point.samples,
        point.read,
        point.mean,
        point.least,
        point.greatest,
        point.counters,
        point.cells,
        point.nodes,
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps of one length, in their order; `before` is the one before them where it is known."""

    step: int
    points: list[Point]
    before: Point | None


class Record:
    """The history of one run of the balancer.

    Args:
        since: when it began (s since 1970).
    """

    def __init__(self, since: float) -> None:
        self.since = since
        self.last = 0
        """Number of the last sample."""
        self.levels = [Level(step, keep, deque(maxlen=keep)) for step, keep in LEVELS]
        self.cells: dict[Cell, int] = {}
        """The place of each priority and category in the points."""
        self._categories: set[str] = set()

    def add(self, point: Point) -> None:
        """Add a sample, later than all before."""
        self.last = point.number
        passed: Point | None = point
        for level in self.levels:
            if passed is None:
                return
            passed = level.take(passed)

    def cell(self, priority: int, category: str) -> int:
        """Return the place of a priority and category; those past FIGURES_CATEGORIES share OTHER."""
        if category not in self._categories:
            if len(self._categories) < FIGURES_CATEGORIES:
                self._categories.add(category)
            else:
                category = OTHER
        return self.cells.setdefault((priority, category), len(self.cells))

    def ago(self, seconds: float) -> Point | None:
        """Return the newest sample that is so old, or else the oldest of the last ten minutes."""
        level = self.levels[0]
        if level.open is None:
            return None
        until = level.open.time - seconds
        at = max(0, len(level.points) - int(seconds) - 1)
        found = None
        for index in range(at, len(level.points)):
            point = level.points[index]
            if found is not None and point.time > until:
                break
            found = point
        return found

    def now(self) -> Point | None:
        """Return the last sample."""
        return self.levels[0].open

    def stretch(self, since: float, until: float, most: int) -> Stretch:
        """Return the steps that begin between two times (s since 1970), `most` at the most."""
        at = self._level_for(since, until, most)
        level = self.levels[at]
        step = level.step * max(1, ceil((until - since) / level.step / most))
        found: list[Point] = []
        before: Point | None = None
        for point in self._of(at):
            slot = int(point.slot * level.step // step)
            if (slot + 1) * step <= since:
                before = point
            elif slot * step < until:
                if found and found[-1].slot == slot:
                    found[-1] = found[-1].followed(point, slot)
                else:
                    found.append(_as(point, slot))
        return Stretch(step, found[-most:], found[-most - 1] if len(found) > most else before)

    def _level_for(self, since: float, until: float, most: int) -> int:
        for at, level in enumerate(self.levels):
            reaches = len(level.points) < level.keep or level.points[0].slot * level.step <= since
            if reaches and (until - since) / level.step <= most:
                return at
        return len(self.levels) - 1

    def _of(self, at: int) -> Iterator[Point]:
        """Return all steps of a level, and last the one that is not full, with what lower levels have."""
        level = self.levels[at]
        yield from level.points
        last: Point | None = None
        for lower in reversed(self.levels[: at + 1]):
            if lower.open is None:
                continue
            slot = int(lower.open.time // level.step)
            if last is not None and last.slot != slot:
                yield last
                last = None
            last = _as(lower.open, slot) if last is None else last.followed(lower.open, slot)
        if last is not None:
            yield last
