"""A journal's tables in SQLite. One row a task: in any snapshot of the file, a task is in exactly one state.

The tally of a node counts what it was ever given (`submitted`), independently of the rows, and the finished
tasks whose rows were let go. So it can be checked that no row is lost or doubled:

    submitted = assigned + moving + running + completed + failed + cancelled
"""

from __future__ import annotations

from topowave.tasks.states import STATES

VERSION = 6
"""Of the tables, as SQLite's `user_version`; `tasks.store.migrations` has the way from each earlier one."""
APPLICATION = 0x546F7057
"""SQLite's `application_id` of a journal: the letters TopW."""

NEW_MARK = "lower(hex(randomblob(16)))"
"""What makes a mark, in SQL."""

# `task`: the number of a script task. `params`: JSON. `outcome`: JSON, null until it is over.
SCRIPT_TABLE = """CREATE TABLE script (
    task INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    priority TEXT NOT NULL,
    type TEXT NOT NULL,
    path TEXT NOT NULL,
    timeout REAL,
    params TEXT NOT NULL,
    outcome TEXT
)"""
"""The one table that version 4 has more than version 3."""
# `size`: of an outcome (bytes), where it is one that is let go when there are too many bytes of them.
SCRIPT_SIZE = (
    "ALTER TABLE script ADD COLUMN size INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX script_size ON script (task, size) WHERE size > 0",
)
"""What version 5 has more than version 4."""
# A task. `position`: its turn in the queue of its node; equal ones go by number. `move`: while it moves.
# `interrupted`: how often it was interrupted to move, which is no failure of an attempt.
# `kind`: what it does; what a script task is to do, and what came of it, is in the table `script`.
# `history`: what happened to it, [unix milliseconds, node, what], each followed by a comma.
TASK_TABLE = f"""CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN {STATES}),
    position INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    move TEXT,
    history TEXT NOT NULL,
    interrupted INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT 'emulated'
)"""
TASK_INDEXES = (
    "CREATE INDEX task_status ON task (status, node)",
    "CREATE INDEX task_move ON task (move) WHERE move IS NOT NULL",
)

SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
{TASK_TABLE};
{"; ".join(TASK_INDEXES)};
-- `what`: submitted, or the state of finished tasks whose rows are gone.
CREATE TABLE tally (
    node TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (node, what)
) WITHOUT ROWID;
-- One row: what no other journal has, and no copy that an earlier run made of this one.
CREATE TABLE lab (
    mark TEXT NOT NULL
);
INSERT INTO lab VALUES ({NEW_MARK});
{SCRIPT_TABLE};
{"; ".join(SCRIPT_SIZE)};
-- One row for each `topowave up` on this file; a resumed run adds one. `ended` is null until it ended well.
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    began REAL NOT NULL,
    ended REAL
);
"""
