"""Forecasts: what load each node will have in the next round, learned from what the rounds before read."""

from topowave.forecasts.base import Forecast, Prediction, Surprise
from topowave.forecasts.bottlenecks import Bottleneck
from topowave.forecasts.forecaster import Forecaster, Outlook, Reading
from topowave.forecasts.registry import FORECASTS, find_forecast
from topowave.forecasts.scores import Score

__all__ = [
    "FORECASTS",
    "Bottleneck",
    "Forecast",
    "Forecaster",
    "Outlook",
    "Prediction",
    "Reading",
    "Score",
    "Surprise",
    "find_forecast",
]
