"""A journal's tables, as SQLite has them. One row a task: in any snapshot, a task is in exactly one state.

The tally of a node counts what it was ever given (`submitted`), independently of the rows, and the finished
tasks whose rows were let go; that of no node, '', what was submitted without one. So it can be checked that
no row is lost or doubled:

    submitted = pending + assigned + moving + running + completed + failed + cancelled
"""

from __future__ import annotations

from topowave.tasks.states import STATES, State

VERSION = 8
"""Of the tables, as SQLite's `user_version`; `tasks.store.migrations` has the way from each earlier one."""
APPLICATION = 0x546F7057
"""SQLite's `application_id` of a journal: the letters TopW."""

NEW_MARK = "lower(hex(randomblob(16)))"
"""What makes a mark, in SQL."""

# Not `IN`: for that, SQLite makes a table of the states at each change of a task, which takes longer than the
# change itself. The same goes for the conditions of indexes.
_ONE_OF_STATES = " OR ".join(f"status = '{state}'" for state in STATES)
OTHERS = "status <> 'assigned' AND status <> 'completed'"
"""Which tasks the index `task_others` has."""

# A task; what is usual takes a byte a column.
# `node`: '' while it is pending. `position`: its turn in the queue of its node; equal ones go by number.
# `move`: while it moves, or is offered to a node.
# `attempts`: how often it was begun; of these `interrupted` were interrupted to move, under `deaths` the node
# ended, and `failures` gave no result and were followed by another one.
# `kind`: what it does; what a script task is to do, and what came of it, is in the table `script`.
# `priority`: its place in `tasks.script.PRIORITIES`. `roles`: a JSON list; null for any node.
# `reason`: a word that says why it failed. Times are seconds since 1970, each of the last time.
# `duration`: how long it lasts, of a script an estimate (s); null where nobody said.
# `history`: what happened to it, [unix milliseconds, node, what], each followed by a comma.
TASK_TABLE = f"""CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    status TEXT NOT NULL CHECK ({_ONE_OF_STATES}),
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
    history TEXT NOT NULL,
    duration REAL
)"""
# What is written at each change of a task's state costs most. So each task is in one of three indexes by its
# state, of which the one for what neither waits nor is completed has few tasks while all goes well; the one
# for the unfinished tasks of a node knows no states; `task_finished` is written once, when a task is over.
TASK_INDEXES = (
    "CREATE INDEX task_node ON task (node) WHERE finished_at IS NULL",
    "CREATE INDEX task_assigned ON task (priority, submitted_at) WHERE status = 'assigned'",
    "CREATE INDEX task_completed ON task (priority, submitted_at) WHERE status = 'completed'",
    f"CREATE INDEX task_others ON task (status, priority, submitted_at) WHERE {OTHERS}",
    "CREATE INDEX task_finished ON task (status, finished_at) WHERE finished_at IS NOT NULL",
    "CREATE INDEX task_submitted ON task (submitted_at)",
    "CREATE INDEX task_request ON task (request, submitted_at) WHERE request IS NOT NULL",
    "CREATE INDEX task_move ON task (move) WHERE move IS NOT NULL",
    "CREATE INDEX task_pending ON task (priority) WHERE status = 'pending'",
    "CREATE INDEX task_deadline ON task (deadline) WHERE status = 'pending' AND deadline IS NOT NULL",
)
# `task`: the number of a script task. `params`: JSON. `outcome`: JSON, of the last attempt; null before.
# `size`: of an outcome (bytes), where it is one that is let go when there are too many bytes of them.
SCRIPT_TABLE = """CREATE TABLE script (
    task INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    path TEXT NOT NULL,
    timeout REAL,
    params TEXT NOT NULL,
    outcome TEXT,
    size INTEGER NOT NULL DEFAULT 0
)"""
SCRIPT_INDEX = "CREATE INDEX script_size ON script (task, size) WHERE size > 0"

# How many tasks of a node came and ended: see `tasks.store.sql_counts`.
TALLY_TABLE = """CREATE TABLE tally (
    node TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (node, what)
) WITHOUT ROWID"""
# One row: what no other journal has, and no copy that an earlier run made of this one.
LAB_TABLE = """CREATE TABLE lab (
    mark TEXT NOT NULL
)"""
# One row for each `topowave up` on this journal; a resumed run adds one. `ended` is null until it ended well.
RUN_TABLE = """CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    began REAL NOT NULL,
    ended REAL
)"""
TABLES = (TASK_TABLE, *TASK_INDEXES, SCRIPT_TABLE, SCRIPT_INDEX, TALLY_TABLE, LAB_TABLE, RUN_TABLE)
"""What makes all of them."""

SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
{"; ".join(TABLES)};
INSERT INTO lab VALUES ({NEW_MARK});
"""


def index_of(state: State) -> tuple[str, str]:
    """Return the index that has the tasks in a state, by priority and when they were submitted.

    Returns:
        Its name, and the condition by which SQLite finds such tasks there.
    """
    if state in {"assigned", "completed"}:
        return f"task_{state}", f"status = '{state}'"
    return "task_others", f"status = '{state}' AND {OTHERS}"
