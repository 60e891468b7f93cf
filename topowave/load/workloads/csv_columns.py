"""The columns of a table of tasks: how their fields become values, a whole column at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from topowave.load.limits import CATEGORY_CHARS, LONGEST_TASK
from topowave.load.workloads.workload import USUAL_PRIORITY
from topowave.tasks.limits import WEIGHT_MOST
from topowave.tasks.script import PRIORITIES
from topowave.topology.node import fault_in_name

_PRIORITIES: dict[str, str] = {each: each for each in PRIORITIES} | {"": USUAL_PRIORITY}


def _numbers(cells: Sequence[str]) -> list[float]:
    """Return finite numbers. Raises ValueError; underscores are Python's own and no table's."""
    if any("_" in cell for cell in cells):
        raise ValueError
    values = list(map(float, cells))
    if not math.isfinite(sum(values)):  # one that is none makes the sum none
        raise ValueError
    return values


def _times(cells: Sequence[str]) -> list[float]:
    values = _numbers(cells)
    if min(values) < 0 or max(values) > LONGEST_TASK:
        raise ValueError
    return values


def _durations(cells: Sequence[str]) -> list[float]:
    values = _times(cells)
    if min(values) <= 0:
        raise ValueError
    return values


def _deadlines(cells: Sequence[str]) -> list[float]:
    return [math.inf if not cell or cell.isspace() else _deadline(cell) for cell in cells]


def _deadline(cell: str) -> float:
    (value,) = _numbers([cell])
    if value <= 0:
        raise ValueError
    return value


def _weights(cells: Sequence[str]) -> list[int]:
    if any("_" in cell for cell in cells):
        raise ValueError
    values = [int(cell) if cell and not cell.isspace() else 1 for cell in cells]
    if min(values) < 1 or max(values) > WEIGHT_MOST:
        raise ValueError
    return values


def _priorities(cells: Sequence[str]) -> list[str]:
    known = {cell: _PRIORITIES.get(cell.strip().lower()) for cell in set(cells)}
    if None in known.values():
        raise ValueError
    return [known[cell] or "" for cell in cells]


def _categories(cells: Sequence[str]) -> list[str]:
    kept = {cell: cell for cell in set(cells)}
    if max(map(len, kept)) > CATEGORY_CHARS:
        raise ValueError
    return [kept[cell] for cell in cells]


def _nodes(cells: Sequence[str]) -> list[str]:
    kept = {cell: cell for cell in set(cells)}
    if any(cell and fault_in_name(cell) is not None for cell in kept):
        raise ValueError
    return [kept[cell] for cell in cells]


READERS: dict[str, Callable[[Sequence[str]], list[Any]]] = {
    "time": _times,
    "duration": _durations,
    "category": _categories,
    "priority": _priorities,
    "node": _nodes,
    "weight": _weights,
    "deadline": _deadlines,
}
"""Makes the values of a column that is not empty. Raises ValueError where one is none."""
EXPECTED = {
    "time": f"expected seconds from 0 to {LONGEST_TASK:g}",
    "duration": f"expected seconds above 0 and up to {LONGEST_TASK:g}",
    "category": f"expected at most {CATEGORY_CHARS} characters",
    "priority": f"expected {', '.join(PRIORITIES)}, or nothing",
    "node": "expected the name of a node, or nothing",
    "weight": f"expected cores from 1 to {WEIGHT_MOST}, or nothing",
    "deadline": "expected seconds above 0 after the arrival, or nothing",
}
"""What a field may be, for sentences."""
