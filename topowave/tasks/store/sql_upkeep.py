"""What a journal needs now and then, in SQL: old tasks and results go, and all rows are counted.

Each step is a short transaction, so nobody waits long for his turn to write. How much is done at a time is
bounded; what is left is done the next time.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from topowave.tasks.groups import Group
from topowave.tasks.limits import (
    FINISHED_SPARE,
    OUTCOMES_AT_ONCE,
    OUTCOMES_BYTES,
    OUTCOMES_SPARE,
    PRUNED_AT_ONCE,
    PRUNED_MOST,
    RECOUNT_SHARE,
)
from topowave.tasks.retention import Retention
from topowave.tasks.script import Outcome
from topowave.tasks.states import FINISHED, State
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_counts import GONE, Differences, differences, quick_counts
from topowave.tasks.store.sql_groups import groups_of
from topowave.tasks.store.sql_statements import COUNT

T = TypeVar("T")

_OF_OLDEST = (
    *("number", "status", "priority", "category", "node", "roles", "reason"),
    *("kind", "finished_at"),
)
_OLDEST = " UNION ALL ".join(
    f"""SELECT * FROM (SELECT {", ".join(_OF_OLDEST)} FROM task
    WHERE status = '{state}' AND finished_at IS NOT NULL AND finished_at < ?
    ORDER BY finished_at, number LIMIT ?) AS {state}"""
    for state in FINISHED
)
SIZES = "SELECT COALESCE(SUM(size), 0) FROM script WHERE size > 0"
_LARGEST_FIRST = "SELECT task, size FROM script WHERE size > 0 ORDER BY task LIMIT ?"
_OLDER = """SELECT 1 FROM task WHERE status = ? AND finished_at IS NOT NULL
    AND (finished_at, number) > (?, ?) AND finished_at < ? LIMIT 1"""
_ALL_GONE = f"SELECT COALESCE(SUM(count), 0) FROM tally WHERE what LIKE '{GONE}%'"
_EVER = float(2**53)

Place = tuple[float, int]
"""When a task was over (unix s), and its number."""
FIRST: Place = (0.0, 0)


NoteGone = Callable[[int, Counter[Group]], None]
"""Is told, before the commit, how many rows are gone then in all, and the groups of those that go now."""


def prune(
    db: Database, most: int | None = None, before: float = _EVER, note_gone: NoteGone | None = None
) -> int:
    """Let the rows of the oldest finished tasks go, and count them; returns how many.

    Args:
        db: the database, in a transaction.
        most: at most so many; None for PRUNED_AT_ONCE.
        before: only tasks that were over by then (unix s).
        note_gone: who is told.
    """
    most = PRUNED_AT_ONCE if most is None else most
    values = [value for _ in FINISHED for value in (before, most)]
    found = db.execute(
        f"SELECT * FROM ({_OLDEST}) AS oldest ORDER BY finished_at, number LIMIT ?", (*values, most)
    )
    oldest = found.fetchall()
    gone = Counter((row[4], GONE + row[1]) for row in oldest)
    db.executemany(COUNT, [(*whose, count) for whose, count in gone.items()])
    db.executemany("DELETE FROM task WHERE number = ?", [(row[0],) for row in oldest])
    scripts = [(row[0],) for row in oldest if row[7] == "script"]
    db.executemany("DELETE FROM script WHERE task = ?", scripts)
    if note_gone is not None and oldest:
        (total,) = db.execute(_ALL_GONE).fetchone()
        note_gone(int(total), groups_of(row[1:7] for row in oldest))
    return len(oldest)


def is_any_older(
    db: Database, before: float, after: Place = FIRST, statuses: Sequence[State] = FINISHED
) -> bool:
    """Return whether a task was over before a moment, and after a place."""
    found = (db.execute(_OLDER, (status, *after, before)).fetchone() for status in statuses)
    return any(row is not None for row in found)


def outcome_bytes(db: Database) -> int:
    """Return how many bytes of params, results and outputs there are, as an index has it."""
    (found,) = db.execute(SIZES).fetchone()
    return int(found)


def let_outcomes_go(db: Database, most: int) -> int:
    """Let the oldest results and outputs go, some at a time, up to `most` bytes and the one that fills them.

    Returns:
        How many bytes went; the rows of the tasks stay and say so.
    """
    gone = 0
    for task, size in db.execute(_LARGEST_FIRST, (PRUNED_AT_ONCE,)).fetchall():
        if gone >= most:
            break
        _let_go(db, task)
        gone += size
    return gone


def let_old_outcomes_go(db: Database, status: str, after: Place, before: float) -> Place | None:
    """Let the results and outputs of tasks go that were over in some time, the oldest first, some at a time.

    Args:
        db: the database, in a transaction.
        status: of the tasks.
        after: the last of those whose results are gone.
        before: only tasks that were over by then (unix s).

    Returns:
        The last one whose results are gone now; None where there are no more.
    """
    asked = """SELECT finished_at, number, (SELECT size FROM script WHERE task = number) FROM task
    WHERE status = ? AND finished_at IS NOT NULL AND (finished_at, number) > (?, ?) AND finished_at < ?
    ORDER BY finished_at, number LIMIT ?"""
    found = db.execute(asked, (status, *after, before, PRUNED_AT_ONCE)).fetchall()
    for _, number, size in found:
        if size:
            _let_go(db, number)
    return (float(found[-1][0]), int(found[-1][1])) if found else None


def _let_go(db: Database, task: int) -> None:
    """Let go what came of a task; where it is over also what it was called with, which nobody needs then."""
    text, over = db.execute(
        "SELECT outcome, finished_at FROM script JOIN task ON number = task WHERE task = ?", (task,)
    ).fetchone()
    kept = None if text is None else Outcome.without_result(text)
    params = "params" if over is None else "''"
    db.execute(f"UPDATE script SET outcome = ?, params = {params}, size = 0 WHERE task = ?", (kept, task))


class Do(Protocol):
    """Does something with the database, in a transaction."""

    def __call__(self, work: Callable[[Database], T], /) -> T:
        """Do it, and return what came of it."""
        ...


class Upkeep:
    """What the one reader of a journal does for it.

    Args:
        kept: what is kept of tasks that are over.
        note_gone: is told of each row that is let go.
    """

    def __init__(self, kept: Retention, note_gone: NoteGone | None = None) -> None:
        self._kept = kept
        self._note_gone = note_gone
        self._results_gone: dict[State, Place] = dict.fromkeys(FINISHED, FIRST)
        self._recount_at = 0.0
        self.differences: Differences = {}
        """What the last count of all rows has more than the tally."""

    def run(self, read: Do, write: Do) -> None:
        """Do what is due, and some of it only, where that is much.

        Args:
            read: does something in a transaction that reads; what it sees is of one moment.
            write: does something in a transaction that writes.
        """
        self._prune(read, write)
        self._let_outcomes_go(read, write)
        if time.monotonic() >= self._recount_at:
            began = time.monotonic()
            self.differences = read(differences)
            took = time.monotonic() - began
            self._recount_at = began + took / RECOUNT_SHARE

    def _prune(self, read: Do, write: Do) -> None:
        _, rows = read(quick_counts)
        kept = self._kept
        excess = rows - kept.tasks if rows > kept.tasks + min(FINISHED_SPARE, kept.tasks // 10) else 0
        budget = PRUNED_MOST
        while excess > 0 and budget > 0:
            pruned = write(partial(prune, most=min(excess, PRUNED_AT_ONCE), note_gone=self._note_gone))
            if not pruned:
                break
            excess -= pruned
            budget -= pruned
        too_old = partial(prune, before=time.time() - kept.tasks_for, note_gone=self._note_gone)
        while budget > 0 and read(partial(is_any_older, before=time.time() - kept.tasks_for)):
            budget -= max(1, write(too_old))

    def _let_outcomes_go(self, read: Do, write: Do) -> None:
        size = read(outcome_bytes)
        if size > OUTCOMES_BYTES + OUTCOMES_SPARE:
            while (excess := size - OUTCOMES_BYTES) > 0:
                gone = write(partial(let_outcomes_go, most=min(excess, OUTCOMES_AT_ONCE)))
                if not gone:
                    break
                size -= gone
        before = time.time() - self._kept.results_for
        for status in FINISHED:
            budget = PRUNED_MOST
            place = self._results_gone[status]
            while budget > 0 and read(partial(is_any_older, before=before, after=place, statuses=(status,))):
                place = (
                    write(partial(let_old_outcomes_go, status=status, after=place, before=before)) or place
                )
                budget -= PRUNED_AT_ONCE
            self._results_gone[status] = place
