"""The tasks in figures: by status, priority, category, node and role, from one reading of the journal."""

from __future__ import annotations

from collections.abc import Mapping

from topowave.balancer.figures.forms import GoneCounts, RequestFigures, StatusCounts
from topowave.balancer.limits import FIGURES_CATEGORIES, FIGURES_NODES, FIGURES_RATE_S
from topowave.tasks.groups import STATE_AT, GroupedTasks, Row, sum_of
from topowave.tasks.limits import SOON
from topowave.tasks.script import PRIORITIES
from topowave.tasks.states import STATES

OTHER = "other"


def status_counts(row: Row) -> StatusCounts:
    """Return a row of counts in its JSON form."""
    return StatusCounts(**dict(zip(STATES, row, strict=True)))


def most_frequent(rows: Mapping[str, Row], most: int) -> tuple[dict[str, StatusCounts], int]:
    """Return the rows that have most tasks, without those that have none; the rest as OTHER, and how many.

    A row whose own name is OTHER is counted there, too.
    """
    some = [(name, row) for name, row in rows.items() if any(row)]
    some.sort(key=lambda each: (-sum(each[1]), each[0]))
    named = [(name, row) for name, row in some if name != OTHER][:most]
    kept = {name for name, _ in named}
    rest = [row for name, row in some if name not in kept]
    found = {name: status_counts(row) for name, row in named}
    if rest:
        found[OTHER] = status_counts(sum_of(rest))
    return found, len(rest)


def request_figures(read: GroupedTasks, rate_in: float | None, rate_out: float | None) -> RequestFigures:
    """Return the figures of what was read.

    Args:
        read: what was read.
        rate_in: how many tasks came, a second.
        rate_out: how many ended.
    """
    totals = read.totals
    priorities: dict[str, Row] = {name: [0] * len(STATES) for name in PRIORITIES}
    categories: dict[str, Row] = {}
    for (priority, category), row in totals.cells.items():
        for into in (priorities[PRIORITIES[priority]], categories.setdefault(category, [0] * len(STATES))):
            for at, count in enumerate(row):
                into[at] += count
    by_category, other_categories = most_frequent(categories, FIGURES_CATEGORIES)
    by_node, other_nodes = most_frequent(totals.nodes, FIGURES_NODES)
    return RequestFigures(
        moment=read.moment,
        time=read.time,
        by_status=status_counts(totals.by_status()),
        by_priority={name: status_counts(row) for name, row in priorities.items()},
        by_category=by_category,
        by_node=by_node,
        by_role={role: status_counts(row) for role, row in sorted(totals.roles.items()) if any(row)},
        other_categories=other_categories,
        other_nodes=other_nodes,
        gone=GoneCounts(**{state: read.gone.get(state, 0) for state in ("completed", "failed", "cancelled")}),
        submitted=read.counts.submitted,
        lawful=read.counts.conserved,
        rate_in=rate_in,
        rate_out=rate_out,
        rate_s=FIGURES_RATE_S,
        oldest_waiting_s=None if read.oldest_waiting is None else max(0.0, read.time - read.oldest_waiting),
        deadlines_missed=totals.late,
        deadlines_soon=read.soon,
        soon_s=SOON,
    )


def ever(read: GroupedTasks, cell: tuple[int, str]) -> tuple[int, int, int, int]:
    """Return how many tasks of a cell ever came, and how many ended in each way, as far as known."""
    none = [0] * len(STATES)
    row = read.totals.cells.get(cell, none)
    gone = read.gone_cells.get(cell, none)
    completed, failed, cancelled = (
        row[STATE_AT[state]] + gone[STATE_AT[state]] for state in ("completed", "failed", "cancelled")
    )
    return sum(row) + sum(gone), completed, failed, cancelled
