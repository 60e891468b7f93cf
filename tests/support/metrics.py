"""Metrics as a Prometheus server reads them."""

from __future__ import annotations

from prometheus_client.core import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families,  # pyright: ignore[reportUnknownVariableType]
)

ACCEPT = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75"
"""What one asks for."""


def openmetrics(text: str) -> list[Metric]:
    """Return what is told in OpenMetrics; what is not well-formed fails."""
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
