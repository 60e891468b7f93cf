"""The answers of the two histories: columns for the lab, and a row for each node."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from topowave.balancer.figures.columns import Values, cell_series, counted_until, lab_series, node_series
from topowave.balancer.figures.executors import wanted_nodes
from topowave.balancer.figures.forms import Measure, NodesHistory, SeriesHistory
from topowave.balancer.figures.record import Record, Stretch
from topowave.balancer.limits import FIGURES_POINTS, FIGURES_VALUES
from topowave.balancer.state.lab import Lab
from topowave.tasks.groups import GroupFilter
from topowave.tasks.script import PRIORITIES

UNITS: dict[Measure, str] = {"load": "cores", "load_per_core": "1", "running": "tasks", "ended": "1/s"}
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the history is wanted.

    since, until: from when to when (s since 1970); None for all there is.
    points: in how many steps at the most. after: only what is newer than this sample.
    """

    since: float | None = None
    until: float | None = None
    points: int = FIGURES_POINTS
    after: int = 0

    def of(self, record: Record, most: int) -> tuple[float, float, Stretch]:
        """Return when it begins and ends, as far as there is a history, and its steps."""
        until, since = time.time(), record.since
        if self.until is not None:
            until = min(self.until, until)
        if self.since is not None:
            since = max(self.since, since)
        since = min(since, until)  # a clock was set back, or nothing of what is wanted has been yet
        found = record.stretch(since, until, max(1, min(self.points, most)))
        at = next((at for at, each in enumerate(found.points) if each.number > self.after), len(found.points))
        if at:
            found = Stretch(found.step, found.points[at:], found.points[at - 1])
        return since, until, found


def series_columns(
    lab: Lab, record: Record, span: Span, wanted: GroupFilter, by: str | None
) -> SeriesHistory:
    """Return the history of what is wanted.

    Priorities and categories narrow what is known of tasks, roles and nodes what is known of nodes; the
    history does not have both at once, so then there are no series.

    Args:
        lab: the lab.
        record: its history.
        span: which part.
        wanted: of which tasks, or nodes.
        by: `priority` or `category` for the series of each one, named SERIES.VALUE, besides.
    """
    since, until, stretch = span.of(record, FIGURES_POINTS)
    of_nodes = bool(wanted.nodes or wanted.roles)
    of_tasks = bool(wanted.priorities or wanted.categories)
    series: dict[str, Values] = {}
    if of_nodes and not of_tasks:
        series = node_series(stretch, [node.name for node in wanted_nodes(lab, wanted)])
    elif of_tasks and not of_nodes:
        series = cell_series(stretch, _cells(record, wanted))
    elif not of_tasks:
        series = lab_series(stretch)
    if by is not None and not of_nodes:
        for value, cells in _by(record, wanted, by).items():
            series |= {f"{name}.{value}": values for name, values in cell_series(stretch, cells).items()}
    return SeriesHistory(
        since=round(since, 3),
        until=round(until, 3),
        step_s=stretch.step,
        cursor=record.last,
        time=_times(stretch),
        counted_since=counted_until(stretch.before),
        counted_until=[counted_until(point) for point in stretch.points],
        series=series,
    )


def _times(stretch: Stretch) -> list[float]:
    return [float(point.slot * stretch.step) for point in stretch.points]


def _cells(record: Record, wanted: GroupFilter) -> list[int]:
    return [
        at
        for (priority, category), at in record.cells.items()
        if (not wanted.priorities or PRIORITIES[priority] in wanted.priorities)
        and (not wanted.categories or category in wanted.categories)
    ]


def _by(record: Record, wanted: GroupFilter, by: str) -> dict[str, list[int]]:
    of = set(_cells(record, wanted))
    found: dict[str, list[int]] = {}
    for (priority, category), at in record.cells.items():
        if at in of:
            found.setdefault(PRIORITIES[priority] if by == "priority" else category, []).append(at)
    return found


def node_columns(lab: Lab, record: Record, span: Span, wanted: GroupFilter, measure: Measure) -> NodesHistory:
    """Return the history of each node that is wanted, of those that are in the network now."""
    nodes = wanted_nodes(lab, wanted)
    since, until, stretch = span.of(record, min(FIGURES_POINTS, FIGURES_VALUES // max(1, len(nodes))))
    rows: list[list[float | None]] = [[] for _ in nodes]
    names = [node.name for node in nodes]
    cpus = [node.cpu for node in nodes]
    before = stretch.before
    for point in stretch.points:
        taken = point.nodes
        if taken is None:
            values: Sequence[float | None] = [None] * len(nodes)
        elif measure == "ended":
            values = [None] * len(nodes)
            if before is not None and before.nodes is not None and point.time > before.time:
                seconds = point.time - before.time
                now, past = (
                    _picked(taken.names, taken.ended, names),
                    _picked(before.nodes.names, before.nodes.ended, names),
                )
                values = [
                    None if a is None or b is None else round(max(0, a - b) / seconds, 3)
                    for a, b in zip(now, past, strict=True)
                ]
        else:
            column = taken.running if measure == "running" else taken.load
            picked = _picked(taken.names, column, names)
            if measure == "load_per_core":
                values = [
                    None if each is None else round(each / _TENTHS / cpu, 3)
                    for each, cpu in zip(picked, cpus, strict=True)
                ]
            else:
                values = [None if each is None else each / _TENTHS for each in picked]
        for row, value in zip(rows, values, strict=True):
            row.append(value)
        before = point
    return NodesHistory(
        measure=measure,
        unit=UNITS[measure],
        since=round(since, 3),
        until=round(until, 3),
        step_s=stretch.step,
        cursor=record.last,
        time=_times(stretch),
        nodes=names,
        values=rows,
    )


def _picked(names: tuple[str, ...], values: Collection[int], wanted: Sequence[str]) -> list[int | None]:
    if len(names) == len(wanted) and names == tuple(wanted):
        return list(values)
    at = dict(zip(names, values, strict=True))
    return [at.get(name) for name in wanted]
