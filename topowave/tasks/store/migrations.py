"""Journals of earlier versions: what makes each one of the next version.

A new version of the tables adds one entry here, from the version before it, and a journal that the old code
wrote to the tests' data. A migration is one transaction: where it fails, the file is as it was.
"""

from __future__ import annotations

import sqlite3

from topowave.tasks.limits import OUTCOME_SMALL
from topowave.tasks.states import FINISHED, STATES
from topowave.tasks.store.schema import (
    NEW_MARK,
    SCRIPT_INDEX,
    SCRIPT_TABLE,
    TASK_INDEXES,
    TASK_TABLE,
    VERSION,
)

_TOLD = "json_each('[' || rtrim(history, ',') || ']')"


def _last(*whats: str) -> str:
    """Return when the last of these was told in a task's history, in seconds; SQL."""
    told = " OR ".join(f"json_extract(value, '$[2]') LIKE '{what}'" for what in whats)
    return f"(SELECT MAX(json_extract(value, '$[0]')) FROM {_TOLD} WHERE {told}) / 1000.0"


# The tables of version 6, which that before is made into.
_TASK_TABLE_6 = f"""CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN {STATES}),
    position INTEGER NOT NULL,
    move TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    interrupted INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT 'emulated',
    title TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    priority INTEGER NOT NULL DEFAULT 2,
    weight INTEGER NOT NULL DEFAULT 1,
    roles TEXT,
    request TEXT,
    deadline REAL,
    max_attempts INTEGER NOT NULL DEFAULT 1,
    backoff REAL NOT NULL DEFAULT 1,
    not_before REAL,
    reason TEXT,
    submitted_at REAL NOT NULL,
    assigned_at REAL,
    started_at REAL,
    finished_at REAL,
    history TEXT NOT NULL
)"""
TASK_INDEXES_6 = (
    "CREATE INDEX task_unfinished ON task (node, status) WHERE finished_at IS NULL",
    "CREATE INDEX task_status ON task (status, priority, submitted_at)",
    "CREATE INDEX task_submitted ON task (submitted_at)",
    "CREATE INDEX task_finished ON task (status, finished_at) WHERE finished_at IS NOT NULL",
    "CREATE INDEX task_request ON task (request, submitted_at) WHERE request IS NOT NULL",
    "CREATE INDEX task_move ON task (move) WHERE move IS NOT NULL",
    "CREATE INDEX task_pending ON task (priority) WHERE status = 'pending'",
    "CREATE INDEX task_deadline ON task (deadline) WHERE status = 'pending' AND deadline IS NOT NULL",
)
_DROP_INDEXES_6 = tuple(f"DROP INDEX {index.split()[2]}" for index in TASK_INDEXES_6)
_DURATION = ("ALTER TABLE task ADD COLUMN duration REAL",)
GONE = "gone "
"""What version 6 put before a state in the tally, of tasks whose rows are gone."""

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
        """CREATE TABLE script (task INTEGER PRIMARY KEY, title TEXT NOT NULL, category TEXT NOT NULL,
        priority TEXT NOT NULL, type TEXT NOT NULL, path TEXT NOT NULL, timeout REAL, params TEXT NOT NULL,
        outcome TEXT)""",
    ),
    4: (
        "ALTER TABLE script ADD COLUMN size INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX script_size ON script (task, size) WHERE size > 0",
        f"UPDATE script SET size = length(outcome) WHERE length(outcome) > {OUTCOME_SMALL}",
    ),
    # Tasks of both kinds have what only scripts had, and states have other names. SQLite changes no CHECK, so
    # the tables are made anew; what a history says stays as it was written, and tells when what happened.
    5: (
        *(f"DROP INDEX {index}" for index in ("task_state", "task_move", "script_size")),
        "ALTER TABLE task RENAME TO task_before",
        "ALTER TABLE script RENAME TO script_before",
        _TASK_TABLE_6,
        SCRIPT_TABLE,
        f"""INSERT INTO task (number, id, node, status, position, move, attempts, interrupted, deaths, kind,
            title, category, priority, reason, submitted_at, assigned_at, started_at, finished_at, history)
        SELECT number, id, node, CASE state WHEN 'queued' THEN 'assigned' WHEN 'done' THEN 'completed'
            ELSE state END, position, move, attempts, interrupted,
            MAX(0, attempts - interrupted - (state IN ('running', 'done'))), kind,
            IFNULL(title, ''), IFNULL(category, ''), CASE IFNULL(priority, 'medium')
                WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
            CASE state WHEN 'failed' THEN IFNULL(json_extract(outcome, '$.reason'), 'node_ended') END,
            IFNULL((SELECT json_extract(value, '$[0]') FROM {_TOLD} LIMIT 1) / 1000.0, 0),
            {_last("queued%")}, {_last("running")},
            CASE WHEN state IN ('done', 'failed', 'cancelled') THEN {_last("%")} END, history
        FROM task_before LEFT JOIN script_before ON kind = 'script' AND task = number""",
        """INSERT INTO script (task, type, path, timeout, params, outcome, size)
        SELECT task, type, path, timeout, params, outcome, size FROM script_before""",
        "DROP TABLE task_before",
        "DROP TABLE script_before",
        *TASK_INDEXES_6,
        SCRIPT_INDEX,
        "UPDATE tally SET what = 'completed' WHERE what = 'done'",
        # What had ended was only counted once its row was gone.
        f"INSERT INTO tally SELECT node, '{GONE}' || what, count FROM tally WHERE what IN {FINISHED}",
        f"""INSERT INTO tally SELECT node, status, COUNT(*) FROM task WHERE status IN {FINISHED}
        GROUP BY node, status ON CONFLICT (node, what) DO UPDATE SET count = tally.count + excluded.count""",
    ),
    6: _DURATION,
    # Other indexes, and the same CHECK said in another way, for which SQLite needs a new table.
    7: (
        *_DROP_INDEXES_6,
        "ALTER TABLE task RENAME TO task_before",
        TASK_TABLE,
        "INSERT INTO task SELECT * FROM task_before",
        "DROP TABLE task_before",
        *TASK_INDEXES,
    ),
}
"""For each earlier version, the statements that make it the next one."""
POSTGRES_MIGRATIONS: dict[int, tuple[str, ...]] = {6: _DURATION, 7: (*_DROP_INDEXES_6, *TASK_INDEXES)}
"""The same for the versions that PostgreSQL has known, in SQLite's words."""


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
