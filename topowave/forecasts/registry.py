"""The forecasts that come with Topowave, by name."""

from __future__ import annotations

from topowave.forecasts.adaptive_mean import AdaptiveMean
from topowave.forecasts.base import Forecast
from topowave.forecasts.exponential_smoothing import ExponentialSmoothing
from topowave.forecasts.holt_winters import HoltWinters
from topowave.forecasts.lag_regression import LagRegression
from topowave.forecasts.last_value import LastValue
from topowave.forecasts.moving_average import MovingAverage
from topowave.forecasts.snarimax import Snarimax

OWN: tuple[type[Forecast], ...] = (LastValue, MovingAverage, ExponentialSmoothing)
"""Those that need nothing else and cost next to nothing; they are scored beside any other."""

OF_RIVER: tuple[type[Forecast], ...] = (HoltWinters, Snarimax, LagRegression, AdaptiveMean)
"""Those that need the extra `forecasts`."""

FORECASTS: dict[str, type[Forecast]] = {forecast.name: forecast for forecast in (*OWN, *OF_RIVER)}
"""Every forecast by its name; `forecast` in config.json chooses one."""


def find_forecast(name: str) -> type[Forecast]:
    """Return the forecast called `name`.

    Raises:
        KeyError: there is none, or what it needs is not installed; with a sentence that says which.
    """
    found = FORECASTS.get(name)
    if found is None:
        raise KeyError(f"there is no forecast {name!r}; there are {', '.join(FORECASTS)}")
    missing = found.missing()
    if missing is not None:
        raise KeyError(missing)
    return found
