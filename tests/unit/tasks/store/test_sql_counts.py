"""The counts of a million tasks are quick, and are checked all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.unit.tasks.store.conftest import break_the_law
from topowave.tasks import JournalPlace, JournalReader, LabTask, reader_at
from topowave.tasks.commands import Add, Finish, Start
from topowave.tasks.states import FINISHED, UNFINISHED
from topowave.tasks.store import sql_counts, sql_upkeep
from topowave.tasks.store.database import Database
from topowave.tasks.store.sql_commands import apply

TASKS = tuple(LabTask(f"a.1-1.{number}") for number in range(1, 6))


def fill(db: Database) -> None:
    """Enter five tasks, of which three are done."""
    apply(db, Add("a", TASKS, 1))
    apply(db, Start("a", TASKS[:4]))
    for task in TASKS[:3]:
        apply(db, Finish("a", task))


def test_a_task_that_is_lost_before_its_end_shows_at_once(db: Database, reader: JournalReader) -> None:
    fill(db)
    assert (reader.counts().completed, reader.counts().conserved) == (3, True)
    break_the_law(db, "DELETE FROM task WHERE status = 'assigned'")
    assert not reader.counts().conserved


def test_a_finished_task_that_is_lost_or_doubled_shows_when_all_rows_are_counted(
    place: JournalPlace, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_upkeep, "RECOUNT_SHARE", 1e-9)  # each reader counts them once
    fill(db)
    with closing(reader_at(place)) as reader:
        reader.upkeep()
        break_the_law(db, "DELETE FROM task WHERE id = 'a.1-1.1'")
        reader.upkeep()
        assert (reader.counts().completed, reader.counts().conserved) == (3, True)
    with closing(reader_at(place)) as reader:
        reader.upkeep()
        assert (reader.counts().completed, reader.counts().conserved) == (2, False)


def test_what_a_finished_task_came_to_cannot_be_changed_unnoticed(
    db: Database, reader: JournalReader
) -> None:
    fill(db)
    break_the_law(db, "UPDATE task SET status = 'failed' WHERE id = 'a.1-1.2'")
    assert sql_counts.differences(db) == {"completed": -1, "failed": 1}
    reader.upkeep()
    assert (reader.counts().completed, reader.counts().failed) == (2, 1)


def test_quick_counts_look_at_no_row_of_what_is_over(sqlite: sqlite3.Connection) -> None:
    steps = [row[-1] for row in sqlite.execute(f"EXPLAIN QUERY PLAN {sql_counts.QUICK}")]
    along = "SEARCH task USING COVERING INDEX task_others (status=?)", "SCAN task USING INDEX task_assigned"
    assert [step for step in steps if " task " in step] == [along[0], along[1], along[0], along[0]]
    assert not set(UNFINISHED) & set(FINISHED)
