"""Each task is in one index by its state; no change of one has SQLite set up a table of its own for it."""

from __future__ import annotations

import sqlite3

import pytest

from topowave.tasks.states import STATES, State
from topowave.tasks.store.database import Database
from topowave.tasks.store.schema import index_of
from topowave.tasks.store.sql_statements import update

ADD = "INSERT INTO task (id, node, status, position, submitted_at, history) VALUES (?, 'a', ?, 0, 1.0, '')"


@pytest.mark.parametrize("state", STATES)
def test_a_task_is_found_by_its_state_and_no_other_one(db: Database, state: State) -> None:
    db.executemany(ADD, [(each, each) for each in STATES])
    db.execute("INSERT INTO run VALUES (-1, 0, 0)")  # these are counted nowhere
    index, condition = index_of(state)
    assert db.execute(f"SELECT id FROM task INDEXED BY {index} WHERE {condition}").fetchall() == [(state,)]


def test_a_state_that_is_none_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)check constraint"):
        db.execute(ADD, ("a.1-1.1", "lost"))


@pytest.mark.parametrize("statement", [ADD, update("start", "running"), update("finish", "completed")])
def test_no_change_of_a_task_makes_a_table_of_states(sqlite: sqlite3.Connection, statement: str) -> None:
    steps = sqlite.execute(f"EXPLAIN {statement}", ("1",) * statement.count("?")).fetchall()
    assert "MakeRecord" in {step[1] for step in steps}
    assert "OpenEphemeral" not in {step[1] for step in steps}
