"""How bad values are refused: all of them at once, each by its name."""

from __future__ import annotations

import math
from collections.abc import Collection


def refuse(what: str, problems: Collection[str | None]) -> None:
    """Raise ValueError with a sentence for each problem, if there is any."""
    if any(problems):
        raise ValueError(f"{what}: {'; '.join(problem for problem in problems if problem)}")


def whole(name: str, value: object, least: int, most: int) -> str | None:
    """Return what is wrong with a whole number, None if nothing is."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return None
    return f"{name} must be a whole number from {least:,} to {most:,}, found {value!r}"


def seconds(name: str, value: object, most: float) -> str | None:
    """Return what is wrong with a time in seconds, None if nothing is."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0:
        return None if value <= most else f"{name} must be at most {most:,g} s, found {value!r}"
    return f"{name} must be a number of seconds above 0, found {value!r}"
