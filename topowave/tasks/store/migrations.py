"""Journals of earlier versions: what makes each one of the next version.

A new version of the tables adds one entry here, from the version before it, and a journal that the old code
wrote to the tests' data. A migration is one transaction: where it fails, the file is as it was.
"""

from __future__ import annotations

import sqlite3

from topowave.tasks.limits import OUTCOME_SMALL
from topowave.tasks.store.schema import NEW_MARK, SCRIPT_SIZE, SCRIPT_TABLE, TASK_INDEXES, TASK_TABLE, VERSION

MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE task RENAME COLUMN place TO position",
        "DROP INDEX task_handover",
        "ALTER TABLE task RENAME COLUMN handover TO move",
        "CREATE INDEX task_move ON task (move) WHERE move IS NOT NULL",
    ),
    2: (
        "ALTER TABLE task ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE lab (mark TEXT NOT NULL)",
        f"INSERT INTO lab VALUES ({NEW_MARK})",
    ),
    3: (
        "ALTER TABLE task ADD COLUMN kind TEXT NOT NULL DEFAULT 'emulated'",
        SCRIPT_TABLE,
    ),
    4: (
        *SCRIPT_SIZE,
        f"UPDATE script SET size = length(outcome) WHERE length(outcome) > {OUTCOME_SMALL}",
    ),
    # The states have other names, and SQLite changes no CHECK: the table is made anew. What a history says
    # stays as it was written.
    5: (
        "DROP INDEX task_state",
        "DROP INDEX task_move",
        "ALTER TABLE task RENAME TO task_before",
        TASK_TABLE,
        """INSERT INTO task (number, id, node, status, position, attempts, move, history, interrupted, kind)
        SELECT number, id, node, CASE state WHEN 'queued' THEN 'assigned' WHEN 'done' THEN 'completed'
            ELSE state END, position, attempts, move, history, interrupted, kind FROM task_before""",
        "DROP TABLE task_before",
        *TASK_INDEXES,
        "UPDATE tally SET what = 'completed' WHERE what = 'done'",
    ),
}
"""For each earlier version, the statements that make it the next one."""


def migrate(db: sqlite3.Connection) -> None:
    """Bring an earlier version's journal up to date. Raises sqlite3.Error, and then nothing has changed."""
    db.execute("BEGIN IMMEDIATE")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()  # now that nobody else can change it
        for each in range(version, VERSION):
            for statement in MIGRATIONS[each]:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
