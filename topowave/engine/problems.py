"""How bad values are refused: all of them at once, each by its name."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TypeGuard

from topowave.engine.limits import TASK_SECONDS
from topowave.short_text import short_sentence

SHOWN_CHARACTERS = 200
"""How much of a bad value is repeated (characters)."""


def refuse(what: str, problems: Collection[str | None]) -> None:
    """Raise ValueError with a sentence for each problem, if there is any."""
    if any(problems):
        raise ValueError(f"{what}: {'; '.join(problem for problem in problems if problem)}")


def found_text(value: object) -> str:
    """Return the end of a sentence about a value, whatever it is: `repr` may fail, or be endless."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a class of the user's may do anything there
        text = f"a value of type {type(value).__name__}"
    return f"found {short_sentence(text, SHOWN_CHARACTERS)}"


def whole(name: str, value: object, least: int, most: int) -> str | None:
    """Return what is wrong with a whole number, None if nothing is."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return None
    return f"{name} must be a whole number from {least:,} to {most:,}, {found_text(value)}"


def seconds(name: str, value: object, most: float) -> str | None:
    """Return what is wrong with a time in seconds, None if nothing is."""
    if _is_number(value) and value > 0:
        return None if value <= most else f"{name} must be at most {most:,g} s, {found_text(value)}"
    return f"{name} must be a number of seconds above 0, {found_text(value)}"


def waiting_time(timeout: object) -> float | None:
    """Return how long a call is to wait (s), None for as long as it takes. Raises TypeError."""
    if timeout is None:
        return None
    if _is_number(timeout):
        return min(timeout, TASK_SECONDS)  # more than that no clock of the system takes
    if timeout == math.inf:
        return None
    raise TypeError(f"timeout must be a number of seconds, or None to wait, {found_text(timeout)}")


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number that is finite; one that is too large for a float is."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)
