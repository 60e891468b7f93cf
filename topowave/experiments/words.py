"""What figures are called and written like, in tables, pictures and on the terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure is called.

    Attributes:
        title: in pictures and tables.
        unit: of it; empty for a plain number.
        about: what it is, in a sentence.
        better: whether less of it or more is better; "" where neither is.
    """

    title: str
    unit: str
    about: str
    better: str = "lower"


MEASURES: dict[str, Measure] = {
    "messages": Measure("Messages", "", "messages that were sent"),
    "time": Measure("Time", "units", "from the start to the last decision, in virtual time"),
    "bits": Measure("Bits", "bit", "the length of all messages as encoded"),
    "message_bound": Measure("Bound of messages", "", "the proven limit of the messages", ""),
    "time_bound": Measure("Bound of time", "units", "the proven limit of the time", ""),
}


def titled(measure: str) -> str:
    """Return a figure's title with its unit."""
    found = MEASURES[measure]
    return f"{found.title} ({found.unit})" if found.unit else found.title


def number_text(value: float) -> str:
    """Return a figure with four significant digits, or all those before the point; a dash for none."""
    if math.isnan(value):
        return "–"  # noqa: RUF001 - a dash
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0 or abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.4g}"
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def interval_text(mean: float, low: float, high: float) -> str:
    """Return a mean with its interval: `12.3 [11.9, 12.8]`; the mean alone where it is certain."""
    if math.isnan(low) or low == high:
        return number_text(mean)
    return f"{number_text(mean)} [{number_text(low)}, {number_text(high)}]"
