"""The journal's tables. One row a task: in any snapshot of the file, a task is in exactly one state.

The tally of a node counts what it was ever given (`submitted`), independently of the rows, and the finished
tasks whose rows were let go. So the law can be checked, and fails where a row is lost or doubled:

    submitted = queued + moving + running + done + failed + cancelled
"""

from __future__ import annotations

from typing import Literal, get_args

State = Literal["queued", "moving", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
FINISHED: tuple[State, ...] = ("done", "failed", "cancelled")

VERSION = 1
"""Of the tables, as SQLite's `user_version`."""
APPLICATION = 0x546F7057
"""SQLite's `application_id` of a journal: the letters TopW."""

SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
-- A task. `place`: its turn in the queue of its node; equal ones go by number. `handover`: while it moves.
-- `history`: what happened to it, [unix milliseconds, node, what], each followed by a comma.
CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN {STATES}),
    place INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    handover TEXT,
    history TEXT NOT NULL
);
CREATE INDEX task_state ON task (state, node);
CREATE INDEX task_handover ON task (handover) WHERE handover IS NOT NULL;
-- `what`: submitted, or the state of finished tasks whose rows are gone.
CREATE TABLE tally (
    node TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (node, what)
) WITHOUT ROWID;
-- One row for each `topowave up` on this file; a resumed run adds one. `ended` is null until it ended well.
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    began REAL NOT NULL,
    ended REAL
);
"""
