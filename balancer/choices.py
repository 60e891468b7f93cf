"""What the settings may name that choose one thing of several."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from topowave.balancer.placements.registry import PLACEMENTS
from topowave.balancer.policies.registry import POLICIES
from topowave.forecasts import FORECASTS
from topowave.tasks.disciplines.registry import DISCIPLINES
from topowave.topology.config import NO_FORECAST

CHOICES: Mapping[str, Collection[str]] = {
    "policy": POLICIES,
    "placement": PLACEMENTS,
    "discipline": DISCIPLINES,
    "forecast": (NO_FORECAST, *FORECASTS),
}
"""For each of those settings of config.json the names that it may have."""


def not_installed(forecast: str) -> str | None:
    """Return a sentence that says what a forecast lacks; None where it can be used, or is none."""
    kind = FORECASTS.get(forecast)
    return None if kind is None else kind.missing()
