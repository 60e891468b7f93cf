"""Holt's linear method for a load that is read without error: its level is the load, its trend is smoothed.

With loads that are exact the first of Holt's two equations says that the level is the load, and the second
is the simple exponential smoothing of the changes.
"""

from __future__ import annotations

from topowave.forecasts.base import Forecast
from topowave.forecasts.limits import SMOOTHING


class ExponentialSmoothing(Forecast):
    """The load changes by a mean in which older changes count less and less."""

    name = "exponential-smoothing"
    title = "Exponential smoothing"
    summary = "The load changes by a mean of all changes in which each older one weighs less."
    source = "Holt 1957, the linear method"
    knows = "One number, the trend."
    wins = (
        "As the moving average, and sooner right after a change: the newest interval weighs "
        f"{SMOOTHING:.0%}. Single large changes disturb it more."
    )

    def __init__(self) -> None:
        super().__init__()
        self._trend: float | None = None

    def learn_change(self, change: float) -> None:
        """Go some of the way to it."""
        before = change if self._trend is None else self._trend
        self._trend = before + SMOOTHING * (change - before)

    def next_change(self) -> float:
        """Return the trend."""
        return self._trend or 0.0
