"""The chart's points: load, imbalance and moves, once a second while something changes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

import msgspec

from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import HISTORY_INTERVAL, HISTORY_POINTS
from topowave.balancer.state.lab import Lab


class Point(msgspec.Struct, frozen=True):
    """One point: seconds since 1970, all tasks, the imbalance, and the tasks moved since the point before."""

    number: int
    time: float
    load: int
    imbalance: float
    moves: int


class Points(JsonForm):
    """Points in columns of equal length: seconds since 1970, all tasks, the imbalance, the tasks moved."""

    time: list[float]
    load: list[int]
    imbalance: list[float]
    moves: list[int]


class History:
    """The last HISTORY_POINTS points. Nothing runs while nothing changes.

    After a pause the first point repeats the values from before the change, so that a line drawn through
    the points stays flat over the pause.
    """

    def __init__(self, lab: Lab, touch: Callable[[], None]) -> None:
        self._lab = lab
        self._touch = touch
        self._points: deque[Point] = deque(maxlen=HISTORY_POINTS)
        self._values = (lab.load, lab.imbalance)
        self._moves = 0
        self._timer: asyncio.TimerHandle | None = None
        self.last = 0

    def changed(self, moves: int = 0) -> None:
        """Note that a load changed, or that `moves` tasks were moved."""
        self._moves += moves
        if self._timer is None:
            self._add(0)
            self._later()

    def between(self, after: int, until: int) -> Points:
        """Return the kept points with after < number <= until, as columns."""
        points = [point for point in self._points if after < point.number <= until]
        return Points(
            time=[point.time for point in points],
            load=[point.load for point in points],
            imbalance=[point.imbalance for point in points],
            moves=[point.moves for point in points],
        )

    def close(self) -> None:
        """Stop the timer; the next change begins anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HISTORY_INTERVAL, self._tick)

    def _tick(self) -> None:
        self._timer = None
        values = (self._lab.load, self._lab.imbalance)
        if values == self._values and not self._moves:
            return
        self._values = values
        moves, self._moves = self._moves, 0
        self._add(moves)
        self._later()

    def _add(self, moves: int) -> None:
        load, imbalance = self._values
        self.last += 1
        self._points.append(Point(self.last, round(time.time(), 3), load, round(imbalance, 4), moves))
        self._touch()
