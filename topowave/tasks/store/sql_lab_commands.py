"""How SQLite carries out what the balancer does to tasks that are on no node, and to those of lost nodes."""

from __future__ import annotations

from topowave.tasks.attributes import PendingTask
from topowave.tasks.commands import ExpirePending, ForgetNodes, Place, PutBack, Submit
from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.script import DEADLINE
from topowave.tasks.states import sources
from topowave.tasks.store.database import Database, Rows
from topowave.tasks.store.sql_counts import PUT_BACK
from topowave.tasks.store.sql_statements import (
    ATTRIBUTE_MARKS,
    ATTRIBUTES,
    OF_NODE,
    TASK,
    Steps,
    Transaction,
    add_scripts,
    attribute_columns,
    event,
    in_states,
    keep_outcome,
    task_of,
    time_now,
    update,
)

_ADD = f"""INSERT INTO task (id, node, status, position, kind, submitted_at, history, {ATTRIBUTES})
    VALUES (?, '', 'pending', 0, ?, ?, ?, {ATTRIBUTE_MARKS})"""
_SUBMITTED = "SELECT COALESCE(SUM(count), 0) FROM tally WHERE node = '' AND what = 'submitted'"
_PLACE = f"UPDATE task SET move = ? WHERE id = ? AND {in_states(sources('place'))}"
_WITHDRAW = f"""UPDATE task SET move = NULL WHERE move = ? AND node = ''
    AND {in_states(sources("take_back", "pending"))}"""
_PUT_BACK = update(
    "put_back",
    "pending",
    """, node = '', attempts = 0, interrupted = 0, deaths = 0, failures = 0, not_before = NULL, reason = NULL,
    finished_at = NULL, deadline = CASE WHEN deadline > ? THEN deadline END""",
    where="id = ?",
)
_FAILED = """SELECT node FROM task WHERE id = ? AND status = 'failed'
    AND NOT EXISTS (SELECT 1 FROM script WHERE script.task = task.number AND params = '')"""
"""One that is put back; where its params were let go, nobody knows any more what to do."""
LATE = """SELECT id, kind FROM task INDEXED BY task_deadline
    WHERE status = 'pending' AND deadline <= ? ORDER BY deadline LIMIT ?"""
_EXPIRE = update("expire", "failed", ", reason = 'deadline', move = NULL", where="id = ? AND node = ''")
_PENDING = f"""SELECT number, move, {TASK} FROM task INDEXED BY task_pending
    WHERE status = 'pending' AND ({{0}}, number) > (?, ?) AND (not_before IS NULL OR not_before <= ?)
    ORDER BY {{0}}, number LIMIT ?"""
PENDING = _PENDING.format("priority")
"""Pending tasks, the most urgent first: there is an index for that; by other disciplines all are sorted."""
_LAST = 1e300
"""Stands for infinity, which not every database can compare."""
_OWNERS = "SELECT DISTINCT node FROM task WHERE finished_at IS NULL AND node <> ''"
_FORGET = update("forget_nodes", "pending", ", node = '', move = NULL, not_before = NULL", where=OF_NODE)


def submit(db: Transaction, order: Submit) -> Steps[tuple[str, ...]]:
    """Enter pending tasks; their ids go on where those of the tasks before have ended."""
    now = time_now()
    db.settle()
    (before,) = db.execute(_SUBMITTED).fetchone()
    ids = tuple(f"lab.{before + number}" for number in range(1, len(order.tasks) + 1))
    told = event(now, "", "pending")
    rows = [
        (task, "script" if new.script else "emulated", now, told, *attribute_columns(new.attributes))
        for task, new in zip(ids, order.tasks, strict=True)
    ]
    db.executemany(_ADD, rows)
    add_scripts(
        db, ((task, new.script) for task, new in zip(ids, order.tasks, strict=True) if new.script is not None)
    )
    db.tally("", "submitted", len(ids))
    yield
    return ids


def place(db: Transaction, order: Place) -> Steps[frozenset[str]]:
    """Offer pending tasks under a move."""
    offered = [(task, db.execute(_PLACE, (order.move, task))) for task in order.tasks]
    yield
    return frozenset(task for task, change in offered if change.rowcount)


def withdraw(db: Transaction, move: str) -> Rows:
    """Offer what is pending under a move no longer; no row is changed where a node has taken it."""
    return db.execute(_WITHDRAW, (move,))


def put_back(db: Transaction, order: PutBack) -> Steps[frozenset[str]]:
    """Let failed tasks be pending, as if they had never been tried."""
    now = time_now()
    told = event(now, "", "put back")
    asked = {task: db.row(_FAILED, (task,)) for task in order.tasks}
    failed = {task: row[0] for task, found in asked.items() if (row := found()) is not None}
    back = {task: db.execute(_PUT_BACK, (now, told, task)) for task in failed}
    yield
    for task, node in failed.items():
        db.tally(node, "failed", -back[task].rowcount)
        db.tally(node, PUT_BACK, back[task].rowcount)
    return frozenset(task for task, change in back.items() if change.rowcount)


def expire_pending(db: Transaction, order: ExpirePending) -> Steps[tuple[str, ...]]:
    """Fail pending tasks whose deadline has passed."""
    now = time_now()
    late = db.execute(LATE, (now, order.most)).fetchall()
    told = event(now, "", "failed: deadline")
    ended = [db.execute(_EXPIRE, (now, told, task)) for task, _ in late]
    yield
    for (task, kind), change in zip(late, ended, strict=True):
        db.tally("", "failed", change.rowcount)
        if kind == "script":
            keep_outcome(db, task, DEADLINE)
    return tuple(task for task, _ in late)


def pending(
    db: Database, after: PendingTask | None, limit: int, discipline: Discipline
) -> tuple[PendingTask, ...]:
    """Return pending tasks that may be placed now: see `JournalReader.pending`."""
    began = (-1.0, 0) if after is None else (min(discipline.key(after.task), _LAST), after.number)
    statement = PENDING if discipline.name == "priority" else _PENDING.format(key_in_sql(discipline))
    rows = db.execute(statement, (*began, time_now(), limit))
    return tuple(PendingTask(task_of(*task), number, move) for number, move, *task in rows)


def key_in_sql(discipline: Discipline) -> str:
    """Return the key of a discipline as SQL has it."""
    lasts = f"CASE kind WHEN 'emulated' THEN {float(discipline.task_time)!r} ELSE {_LAST!r} END"
    return {
        "fcfs": "priority * 0",  # a number would name a column
        "priority": "priority",
        "edf": f"COALESCE(deadline, {_LAST!r})",
        "sjf": f"COALESCE(duration, {lasts})",
    }[discipline.name]


def forget_nodes(db: Transaction, forget: ForgetNodes) -> Steps[int]:
    """Let the unfinished tasks of all nodes that are not named be pending."""
    now = time_now()
    gone = [node for (node,) in db.execute(_OWNERS).fetchall() if node not in forget.names]
    back = [db.execute(_FORGET, (event(now, node, "pending: its node has left"), node)) for node in gone]
    yield
    return sum(change.rowcount for change in back)
