"""Virtual time: whole numbers of ticks, a million to a unit, so that sums are exact on every machine."""

from __future__ import annotations

import math

from topowave.translation import text

TICKS = 1_000_000
"""Ticks in one unit of virtual time."""
LONGEST = 1_000_000_000.0
"""The longest delay and the latest time that may be asked for, in units."""


def to_ticks(units: float) -> int:
    """Return a time in ticks, to the nearest. Raises ValueError unless it is from 0 to `LONGEST`."""
    if not math.isfinite(units) or not 0 <= units <= LONGEST:
        raise ValueError(
            text(
                "{units} is not a time; expected a number from 0 to {longest:.0f}",
                units=repr(units),
                longest=LONGEST,
            )
        )
    return round(units * TICKS)


def to_units(ticks: int) -> float:
    """Return a time in units."""
    return ticks / TICKS
