"""Double exponential smoothing of the changes, by river: how fast the load changes may itself have a trend.

Seasons are left out: a lab's rounds have no period that is known beforehand.
"""

from __future__ import annotations

from typing import Any

from topowave.forecasts.limits import SMOOTHING, TREND_SMOOTHING
from topowave.forecasts.river_model import RiverModel, river

FIRST = 2
"""Changes from which level and trend are made first."""


class HoltWinters(RiverModel):
    """The change goes on as it changed of late."""

    name = "holt-winters"
    title = "Holt-Winters"
    summary = "The load changes by a smoothed mean that has a smoothed trend of its own; without seasons."
    source = "Holt 1957, Winters 1960; river's `HoltWinters`"
    knows = "Two numbers: how much the load changes, and by how much that rises."
    wins = (
        "Where arrivals rise or fall for many rounds, as in the morning. It overshoots at each turn, and "
        "where nothing but chance changes it is worse than exponential smoothing."
    )

    def __init__(self) -> None:
        super().__init__()
        self._learned = 0

    def new_model(self) -> Any:
        """Return level and trend of nothing."""
        self._learned = 0
        return river("time_series").HoltWinters(alpha=SMOOTHING, beta=TREND_SMOOTHING)

    def teach(self, model: Any, change: float) -> None:
        """Smooth level and trend."""
        model.learn_one(change)
        self._learned += 1

    def ask(self, model: Any) -> float:
        """Return level and trend."""
        return model.forecast(horizon=1)[0] if self._learned > FIRST else 0.0
