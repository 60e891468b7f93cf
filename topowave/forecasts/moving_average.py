"""The drift method over a window: the load goes on as it did on average of late."""

from __future__ import annotations

import math
from collections import deque

from topowave.forecasts.base import Forecast
from topowave.forecasts.limits import AVERAGED


class MovingAverage(Forecast):
    """The load changes as it did on average over the last intervals."""

    name = "moving-average"
    title = "Moving average"
    summary = f"The load changes as it did on average over the last {AVERAGED} intervals."
    source = "the drift method, over a window; Hyndman and Athanasopoulos, Forecasting, 5.2"
    knows = f"The last {AVERAGED} changes."
    wins = (
        "Where each node has its own stream of tasks that stays as it is for many rounds: a hot spot, a slow "
        f"rise. What turns within {AVERAGED} rounds it follows too late."
    )

    def __init__(self) -> None:
        super().__init__()
        self._averaged: deque[float] = deque(maxlen=AVERAGED)

    def learn_change(self, change: float) -> None:
        """Keep it."""
        self._averaged.append(change)

    def next_change(self) -> float:
        """Return the mean."""
        return math.fsum(self._averaged) / len(self._averaged) if self._averaged else 0.0
