"""What tests of forecasts share: loads to draw, and a model that has learned some."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from topowave.forecasts.base import Forecast
from topowave.forecasts.limits import COLD_INTERVALS

READINGS = st.lists(st.tuples(st.integers(0, 500), st.integers(-50, 50)), max_size=80)
"""Loads that were read, and what was moved before each."""
WARM = COLD_INTERVALS + 2
"""Readings after which a model speaks for itself: the first change needs two, and nobody foretold it."""


def taught(model: Forecast, loads: Iterable[float]) -> Forecast:
    """Return the model after it learned some loads, between which nothing was moved."""
    for load in loads:
        model.learn(load)
    return model
