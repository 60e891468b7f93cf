"""The naive forecast: the load stays as it is."""

from __future__ import annotations

from topowave.forecasts.base import Forecast


class LastValue(Forecast):
    """The load stays as it is."""

    name = "last-value"
    title = "Last value"
    summary = "The load stays as it is."
    source = "the naive method; Hyndman and Athanasopoulos, Forecasting, 5.2"
    knows = "The last load."
    wins = (
        "Where loads change without any pattern: nothing beats it on a random walk. With it the policy "
        "`predictive` plans what the max-load heap does. What others are worth is told against it."
    )

    def learn_change(self, change: float) -> None:
        """Learn nothing."""

    def next_change(self) -> float:
        """Return 0."""
        return 0.0
