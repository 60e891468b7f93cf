"""Parameters of a workload: what each is, how its value is written, and the sentence where it is none.

A value comes as text from a command line, or as a number or a list from a scenario; both mean the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from topowave.load.limits import CATEGORY_CHARS, CHOICES
from topowave.load.workloads.durations import DISTRIBUTIONS, Constant, Distribution
from topowave.tasks.limits import WEIGHT_MOST
from topowave.tasks.script import PRIORITIES
from topowave.topology.problems import did_you_mean, shown

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_CALL = re.compile(r"\s*([A-Za-z][\w-]*)\s*\((.*)\)\s*", re.DOTALL)
Reader = Callable[[object], Any]
"""Makes a value of what is written. Raises ValueError with the sentence why it is none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind of workload.

    Attributes:
        name: as it is written.
        form: how its value is written, for people.
        meaning: what it does, with its unit.
        read: makes the value.
        default: what it is unless said; None where there is nothing then.
    """

    name: str
    form: str
    meaning: str
    read: Reader
    default: Any = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When tasks are to be over: so many seconds after they came, or so many times as long as they take."""

    value: float
    times_duration: bool = False

    def __str__(self) -> str:
        return f"{self.value:g}{'x' if self.times_duration else ''}"


def number(least: float, most: float, *, above: bool = False) -> Reader:
    """Return what reads a number from `least` (or above it) to `most`."""
    bounds = f"above {least:g} and up to {most:g}" if above else f"from {least:g} to {most:g}"

    def read(value: object) -> float:
        found = _float(value)
        if found is None or not (least < found if above else least <= found) or found > most:
            raise ValueError(f"{shown(value)}: expected a number {bounds}")
        return found

    return read


def integer(least: int, most: int) -> Reader:
    """Return what reads an integer in a range."""

    def read(value: object) -> int:
        text = value.replace("_", "") if isinstance(value, str) else value
        found = _float(text)
        if found is None or not found.is_integer() or not least <= found <= most:
            raise ValueError(f"{shown(value)}: expected an integer from {least:,} to {most:,}")
        return int(found)

    return read


def word(*known: str) -> Reader:
    """Return what reads one of some words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            near = did_you_mean(value, known) if isinstance(value, str) else ""
            raise ValueError(f"{shown(value)}: expected {_listed(known)}{near}")
        return value

    return read


def choices(read: Reader) -> Reader:
    """Return what reads one or more values, of which each task gets one with equal chance: `1/2/4`."""

    def read_all(value: object) -> tuple[Any, ...]:
        if isinstance(value, list):
            parts = cast("list[object]", value)
        else:
            parts = [part.strip() for part in value.split("/")] if isinstance(value, str) else [value]
        if not 1 <= len(parts) <= CHOICES:
            raise ValueError(f"has {len(parts):,} values; expected 1 to {CHOICES:,}")
        return tuple(map(read, parts))

    return read_all


def text(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value or len(value) > CATEGORY_CHARS:
        raise ValueError(f"{shown(value)}: expected a text of 1 to {CATEGORY_CHARS} characters")
    return value


def deadline(value: object) -> Deadline:
    """Read a deadline: seconds, or `5x` for five times the task's own duration."""
    relative = isinstance(value, str) and value.strip().endswith("x")
    found = _float(value.strip()[:-1] if relative and isinstance(value, str) else value)
    if found is None or not 0 < found < math.inf:
        raise ValueError(
            f"{shown(value)}: expected seconds after the arrival, or a multiple of the duration as 5x"
        )
    return Deadline(found, relative)


def duration(value: object) -> Distribution:
    """Read a distribution of durations: a number of seconds, or `exp(0.5)` and the like."""
    seconds = _float(value)
    if seconds is not None:
        return _distribution(Constant, [str(seconds)])
    call = _CALL.fullmatch(value) if isinstance(value, str) else None
    forms = _listed(["seconds", *(form_of(each) for each in DISTRIBUTIONS.values())])
    if call is None:
        if isinstance(value, str) and value.strip() in DISTRIBUTIONS:
            raise ValueError(f"{shown(value)}: expected {form_of(DISTRIBUTIONS[value.strip()])}")
        raise ValueError(f"{shown(value)}: expected {forms}")
    kind = DISTRIBUTIONS.get(call[1])
    if kind is None:
        raise ValueError(f"there is no distribution {shown(call[1])}{did_you_mean(call[1], DISTRIBUTIONS)}; "
                         f"expected {forms}")  # fmt: skip
    return _distribution(kind, [part.strip() for part in call[2].split(",")])


def form_of(kind: type[Distribution]) -> str:
    """Return how a distribution is written."""
    return f"{kind.name}({', '.join(each.name for each in fields(kind))})"


def _distribution(kind: type[Distribution], parts: Sequence[str]) -> Distribution:
    names = [each.name for each in fields(kind)]
    values: dict[str, float] = {}
    for place, part in enumerate(parts):
        before, equals, after = part.partition("=")
        name, written = before.strip(), after.strip()
        if not equals:
            name, written = names[place] if place < len(names) else "", part
        if name not in names or name in values:
            raise ValueError(f"{', '.join(parts)}: expected {form_of(kind)}")
        values[name] = _within(kind, name, written)
    if missing := [name for name in names if name not in values]:
        raise ValueError(
            f"{_listed(missing, 'and')} of {form_of(kind)} {'is' if len(missing) == 1 else 'are'} missing"
        )
    found = kind(**values)
    if problem := found.problem():
        raise ValueError(f"{kind.name}: {problem}")
    return found


def _within(kind: type[Distribution], name: str, written: str) -> float:
    least, most = kind.ranges[name]
    value = _float(written)
    if value is None or not least <= value <= most:
        place = kind.name if len(kind.ranges) == 1 else f"{name} of {form_of(kind)}"
        raise ValueError(f"{place}: {shown(written)}: expected a number from {least:g} to {most:g}")
    return value


def _float(value: object) -> float | None:
    """Return a finite number as it is written in ASCII, or as JSON has it; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _listed(words: Sequence[str], last: str = "or") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


WEIGHT = choices(integer(1, WEIGHT_MOST))
PRIORITY = choices(word(*PRIORITIES))
NODE = choices(text)
