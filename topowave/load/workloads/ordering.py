"""Tasks in the order in which they come: a log may tell them in another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from topowave.load.workloads.workload import Workload


def in_order(workload: Workload) -> Workload:
    """Return the same tasks by their times, those of one time as they were; a note counts the late."""
    times = workload.times
    late = sum(one > two for one, two in pairwise(times))
    if not late:
        return workload
    order = sorted(range(len(times)), key=times.__getitem__)

    def sorted_column(column: Sequence[Any]) -> list[Any]:
        return [column[index] for index in order]

    columns: dict[str, Any] = {name: sorted_column(column) for name, column in workload.columns().items()}
    lines = "1 line stands" if late == 1 else f"{late:,} lines stand"
    note = f"{lines} behind a later one: they were sorted by their times"
    return replace(workload, **columns, notes=(*workload.notes, note))
