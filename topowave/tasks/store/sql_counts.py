"""How many tasks are in each state, in SQL: quickly, and as all the rows have it.

Theory of operation. There may be a million finished tasks, and the counts are asked for twice a second. So
how many ended, and how, is kept apart from the rows, in the `tally`: each command that ends tasks, or takes
an ended one back, counts that in the same transaction. The quick counts are the rows of what is not over,
which are few, and the tally; so a task that is lost or doubled before its end shows at once.

Whether the tally is right is not assumed: now and then all rows of finished tasks are counted, in one
statement. What they have more or less than the tally is added to the quick counts from then on, and the law
fails for it.

| what, in the tally of a node | counts |
|---|---|
| `submitted` | tasks that it was ever given |
| a state of what is over | tasks that came into it, less those that were put back |
| `put_back` | those that had failed there and were put back |
| that state after `GONE` | those of them whose rows were let go |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from topowave.tasks.model import TaskCounts
from topowave.tasks.states import FINISHED, STATES, UNFINISHED, State
from topowave.tasks.store.database import Database
from topowave.tasks.store.schema import index_of

GONE = "gone "
PUT_BACK = "put_back"
_OVER = ", ".join(map(repr, FINISHED))
_GONE = ", ".join(repr(GONE + state) for state in FINISHED)


def _rows(states: tuple[State, ...]) -> str:
    """Return the question how many rows there are in each of these states, each read along its index."""
    asked = ((state, *index_of(state)) for state in states)
    return " UNION ALL ".join(
        f"SELECT '{state}' AS what, COUNT(*) AS count FROM task INDEXED BY {index} WHERE {condition}"
        for state, index, condition in asked
    )


QUICK = f"""SELECT what, SUM(count) FROM (
    {_rows(UNFINISHED)}
    UNION ALL SELECT what, SUM(count) FROM tally GROUP BY what
) AS counted GROUP BY what"""
_DIFFERENCES = f"""SELECT what, SUM(count) FROM (
    {_rows(FINISHED)}
    UNION ALL
    SELECT substr(what, {len(GONE) + 1}), SUM(count) FROM tally WHERE what IN ({_GONE}) GROUP BY what
    UNION ALL SELECT what, -SUM(count) FROM tally WHERE what IN ({_OVER}) GROUP BY what
) AS counted GROUP BY what"""

Differences = Mapping[State, int]
"""How many more finished tasks have rows, or had, than the tally says."""


def quick_counts(db: Database) -> tuple[TaskCounts, int]:
    """Return the counts of one moment, and how many finished tasks have a row, as the tally has both."""
    found = {str(what): int(count) for what, count in db.execute(QUICK)}
    counts = {what: found.get(what, 0) for what in ("submitted", *STATES)}
    return TaskCounts(**counts), sum(found.get(state, 0) - found.get(GONE + state, 0) for state in FINISHED)


def put_back_counts(db: Database) -> dict[str, int]:
    """Return how many tasks that had failed at each node were put back, as the tally has it."""
    found = db.execute("SELECT node, count FROM tally WHERE what = ?", (PUT_BACK,))
    return {str(node): int(count) for node, count in found}


def differences(db: Database) -> Differences:
    """Count the rows of all finished tasks; returns what the tally does not have right, in one statement."""
    return {what: int(count) for what, count in db.execute(_DIFFERENCES) if count}


def corrected(counts: TaskCounts, more: Differences) -> TaskCounts:
    """Return counts with what the rows have more than the tally."""
    return replace(counts, **{state: getattr(counts, state) + count for state, count in more.items()})


def read_counts(db: Database) -> tuple[TaskCounts, int]:
    """Return what `quick_counts` does, as all the rows have it: for one who has the journal to himself."""
    counts, rows = quick_counts(db)
    more = differences(db)
    return corrected(counts, more), rows + sum(more.values())
