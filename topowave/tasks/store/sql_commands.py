"""How SQLite carries out each command of `tasks.commands`, in a transaction of its caller's.

Every UPDATE is put together from the table of states: it touches only tasks in a state from which the table
has a way, so a command that comes too late touches none. What the balancer does to tasks that are on no node
is in `sql_lab_commands`.

A server is not waited for at each statement. A command is a generator: before its `yield` are the statements
that find and change tasks, in the order of the commands; after it is what is to be known of them, when all
commands of the batch have come so far. Who asks before it waits, and is answered just as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from topowave.tasks.attributes import USUAL
from topowave.tasks.commands import (
    Add,
    Cancel,
    Command,
    Expire,
    ExpirePending,
    Fail,
    Finish,
    FinishExternal,
    ForgetNodes,
    Interrupt,
    Offer,
    Place,
    PutBack,
    Recover,
    Retry,
    SetPriority,
    Start,
    Submit,
    Take,
    TakeBack,
)
from topowave.tasks.limits import ATTEMPTS, SCRIPT_ATTEMPTS
from topowave.tasks.model import LabTask, Recovered
from topowave.tasks.retries import pause
from topowave.tasks.script import DEADLINE, PRIORITIES, Outcome, Script, ScriptRun
from topowave.tasks.states import sources
from topowave.tasks.store import sql_lab_commands as lab
from topowave.tasks.store.database import Database, Rows
from topowave.tasks.store.schema import index_of
from topowave.tasks.store.sql_counts import GONE
from topowave.tasks.store.sql_statements import (
    ATTRIBUTE_MARKS,
    ATTRIBUTES,
    OF_NODE,
    PARAMS_SIZE,
    PARAMS_STAY,
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

R = TypeVar("R")

_ADD = """INSERT INTO task (id, node, status, position, kind, submitted_at, assigned_at, history)
    VALUES (?, ?, 'assigned', ?, ?, ?, ?, ?)"""
_ADD_WITH_ATTRIBUTES = f"""INSERT INTO task
    (id, node, status, position, kind, submitted_at, assigned_at, history, {ATTRIBUTES})
    VALUES (?, ?, 'assigned', ?, ?, ?, ?, ?, {ATTRIBUTE_MARKS})"""
_START = update("start", "running", ", attempts = attempts + 1")
_FINISH = update("finish", "completed")
_FAIL = update("fail", "failed", ", reason = ?")
_EXPIRE = update("expire", "failed", ", reason = 'deadline'")
_RETRY = update("retry", "pending", ", node = '', failures = failures + 1, not_before = ?")
_SCRIPT = """SELECT path, params, type, timeout, failures, max_attempts, backoff
    FROM task JOIN script ON task = number WHERE id = ?"""
_FINISH_EXTERNAL = update("finish_external", "completed", ", move = NULL")
_CANCEL = f"{update('cancel', 'cancelled', ', move = NULL')} AND status = ?"
_PRIORITY = {
    state: update("set_priority", state, ", priority = ?, position = COALESCE(?, position)")
    for state in ("pending", "assigned")
}
_OFFER = update(
    "offer",
    "moving",
    ", move = ?, interrupted = interrupted + CASE status WHEN 'running' THEN 1 ELSE 0 END",
    event="CASE status WHEN 'running' THEN ? ELSE ? END",
)
_MOVING = f"SELECT {TASK} FROM task WHERE move = ? AND {in_states(sources('take'))} ORDER BY position, number"
_TAKE = update(
    "take", "assigned", ", move = NULL, not_before = NULL, node = ?, position = ?", where="move = ?"
)
_TAKE_BACK = update("take_back", "assigned", ", move = NULL", where="move = ? AND node = ?")
# Few tasks run, or move; so those of a node are looked for among all of them, not among all that it has.
_RUN_BY, _RUNNING = index_of("running")
_MOVE_BY, _MOVES = index_of("moving")
_INTERRUPT = update("interrupt", "assigned", where=f"node = ? AND {_RUNNING}", index=_RUN_BY)
_MAY = f"CASE kind WHEN 'script' THEN {SCRIPT_ATTEMPTS} ELSE {ATTEMPTS} END"
_TOO_OFTEN = f"node = ? AND {_RUNNING} AND deaths + 1 >= {_MAY}"
_GIVE_UP = update(
    "recover",
    "failed",
    ", reason = 'node_ended', deaths = deaths + 1",
    where=_TOO_OFTEN,
    event="CASE kind WHEN 'script' THEN ? ELSE ? END",
    index=_RUN_BY,
)
_GIVE_UP_OUTCOME = f"""UPDATE script SET outcome = ?, {PARAMS_SIZE} WHERE task IN
    (SELECT number FROM task INDEXED BY {_RUN_BY} WHERE {_TOO_OFTEN})"""
_RECOVER = {
    "ran": update(
        "recover",
        "assigned",
        ", deaths = deaths + 1, move = NULL",
        where=f"node = ? AND {_RUNNING}",
        index=_RUN_BY,
    ),
    "moved": update("recover", "assigned", ", move = NULL", where=f"node = ? AND {_MOVES}", index=_MOVE_BY),
}
_ASSIGNED = f"""SELECT {TASK}, position FROM task WHERE status = 'assigned' AND {OF_NODE}
    ORDER BY position, number"""
_ENDED = f"SELECT what, count FROM tally WHERE node = ? AND what NOT LIKE '{GONE}%'"


def apply(db: Database, command: Command[R]) -> R:
    """Carry out one command; the caller has the transaction. Raises an error of the database's library."""
    return cast("R", apply_all(db, [command])[0])


def apply_all(db: Database, commands: Sequence[Command[Any]], *, ahead: bool = False) -> list[Any]:
    """Carry out commands in their order, in a transaction of the caller's; returns the result of each.

    `ahead`: whether statements are sent ahead of the answers to those before.
    """
    transaction = Transaction(db, ahead=ahead)
    for command in commands:
        transaction.carry_out(_HOW[type(command)](transaction, command))
    return transaction.results()


def _add(db: Transaction, add: Add) -> Steps[None]:
    now = time_now()
    told = event(now, add.node, "assigned")
    rows = [(task.id, add.node, add.position, task.kind, now, now, told) for task in add.tasks]
    if add.attributes:  # all the same way then, since their numbers are their order
        said = (attribute_columns(add.attributes.get(task.id, USUAL)) for task in add.tasks)
        db.executemany(_ADD_WITH_ATTRIBUTES, [(*row, *more) for row, more in zip(rows, said, strict=True)])
    else:
        db.executemany(_ADD, rows)
    if add.scripts:
        add_scripts(db, add.scripts.items())
    db.tally(add.node, "submitted", len(add.tasks))
    yield


def _start(db: Transaction, start: Start) -> Steps[dict[str, ScriptRun | None]]:
    now, node = time_now(), start.node
    told = event(now, node, "running")
    begun = [(task, db.execute(_START, (now, told, task.id, node))) for task in start.tasks]
    asked = {task.id: db.row(_SCRIPT, (task.id,)) for task in start.tasks if task.kind == "script"}
    yield
    ours = [task for task, change in begun if change.rowcount]
    return {task.id: _script(task, asked[task.id]()) if task.id in asked else None for task in ours}


def _script(task: LabTask, columns: tuple[Any, ...]) -> ScriptRun:
    *script, failures, most, backoff = columns
    again = pause(task.id, failures, backoff) if failures + 1 < most else None
    return ScriptRun(Script(*script), again)


def _finish(db: Transaction, finish: Finish) -> Steps[bool]:
    now, node, task = time_now(), finish.node, finish.task
    ended = db.execute(_FINISH, (now, event(now, node, "completed"), task.id, node))
    yield
    db.tally(node, "completed", ended.rowcount)
    return _end(db, ended, task, finish.outcome)


def _fail(db: Transaction, fail: Fail) -> Steps[bool]:
    now, node, task, reason = time_now(), fail.node, fail.task, fail.outcome.reason
    ended = db.execute(_FAIL, (now, reason, event(now, node, f"failed: {reason}"), task.id, node))
    yield
    db.tally(node, "failed", ended.rowcount)
    return _end(db, ended, task, fail.outcome)


def _retry(db: Transaction, retry: Retry) -> Steps[bool]:
    now, node, task = time_now(), retry.node, retry.task
    told = event(now, node, f"pending: {retry.outcome.reason}; to be tried again after {retry.pause:.1f} s")
    ended = db.execute(_RETRY, (now + retry.pause, told, task.id, node))
    yield
    return _end(db, ended, task, retry.outcome)


def _end(db: Transaction, ended: Rows, task: LabTask, outcome: Outcome | None) -> bool:
    """Keep what came of an attempt that has ended, if it is this node's to say."""
    if ended.rowcount > 0 and outcome is not None and task.kind == "script":
        keep_outcome(db, task.id, outcome)
    return ended.rowcount > 0


def _expire(db: Transaction, expire: Expire) -> Steps[None]:
    now, node = time_now(), expire.node
    told = event(now, node, "failed: deadline")
    late = [(task, db.execute(_EXPIRE, (now, told, task.id, node))) for task in expire.tasks]
    yield
    for task, ended in late:
        db.tally(node, "failed", ended.rowcount)
        _end(db, ended, task, DEADLINE)


def _set_priority(db: Transaction, change: SetPriority) -> Steps[bool]:
    statement = _PRIORITY["assigned" if change.node else "pending"]
    told = event(time_now(), change.node, f"priority {change.priority}")
    values = PRIORITIES.index(change.priority), change.position, told, change.task.id, change.node
    changed = db.execute(statement, values)
    yield
    return changed.rowcount > 0


def _cancel(db: Transaction, cancel: Cancel) -> Steps[bool]:
    now, node = time_now(), cancel.node
    told = event(now, node, "cancelled")
    ended = db.execute(_CANCEL, (now, told, cancel.task.id, node, cancel.state))
    yield
    db.tally(node, "cancelled", ended.rowcount)
    if ended.rowcount:
        db.execute(PARAMS_STAY, (cancel.task.id,))
    return ended.rowcount > 0


def _finish_external(db: Transaction, finish: FinishExternal) -> Steps[bool]:
    now, node = time_now(), finish.node
    told = event(now, node, f"handed to {finish.receiver}, which is somebody else's program")
    ended = db.execute(_FINISH_EXTERNAL, (now, told, finish.task.id, node))
    yield
    db.tally(node, "completed", ended.rowcount)
    return ended.rowcount > 0


def _offer(db: Transaction, offer: Offer) -> Steps[frozenset[str]]:
    now, node, to = time_now(), offer.node, f"moving to {offer.receiver}"
    ran, waited = event(now, node, f"{to}: interrupted while it ran"), event(now, node, to)
    rows = {task.id: (offer.move, ran, waited, task.id, node) for task in offer.tasks}
    moved = [(task, db.execute(_OFFER, row)) for task, row in rows.items()]
    yield
    return frozenset(task for task, change in moved if change.rowcount)


def _take(db: Transaction, take: Take) -> Steps[tuple[LabTask, ...]]:
    now, node = time_now(), take.node
    found = tuple(task_of(*row) for row in db.execute(_MOVING, (take.move,)))
    db.execute(_TAKE, (now, node, take.position, event(now, node, "assigned"), take.move))
    yield
    return found


def _take_back(db: Transaction, back: TakeBack) -> Steps[bool]:
    if back.node:
        now = time_now()
        told = event(now, back.node, "assigned again")
        changed = db.execute(_TAKE_BACK, (now, told, back.move, back.node))
    else:
        changed = lab.withdraw(db, back.move)
    yield
    return changed.rowcount > 0


def _interrupt(db: Transaction, interrupt: Interrupt) -> Steps[None]:
    now, node = time_now(), interrupt.node
    db.execute(_INTERRUPT, (now, event(now, node, "assigned again: its node stopped while it ran"), node))
    yield


def _recover(db: Transaction, recover: Recover) -> Steps[Recovered]:
    now, node = time_now(), recover.node
    gave_up = "failed: its node ended {} times while it ran".format
    outcome = Outcome(reason="node_ended", error=f"its node ended {SCRIPT_ATTEMPTS} times while it ran")
    db.execute(_GIVE_UP_OUTCOME, (outcome.to_text(), node))
    told = event(now, node, gave_up(SCRIPT_ATTEMPTS)), event(now, node, gave_up(ATTEMPTS))
    db.tally(node, "failed", db.execute(_GIVE_UP, (now, *told, node)).rowcount)
    for what, statement in _RECOVER.items():
        told_again = event(now, node, f"assigned again: its node ended while it {what}")
        db.execute(statement, (now, told_again, node))
    assigned = db.execute(_ASSIGNED, (node,)).fetchall()
    db.settle()  # what was counted until here is read below
    none = dict.fromkeys(("submitted", "completed", "failed", "cancelled"), 0)
    counts: dict[str, int] = none | dict(db.execute(_ENDED, (node,)))
    position = assigned[-1][-1] + 1 if assigned else 0
    (run,) = db.execute("SELECT COALESCE(MAX(number), 0) FROM run").fetchone()
    tasks = tuple(task_of(*row) for *row, _ in assigned)
    yield
    return Recovered(tasks, position, run, **counts)


_HOW: dict[type[Command[Any]], Callable[[Transaction, Any], Steps[Any]]] = {
    Add: _add,
    Submit: lab.submit,
    Place: lab.place,
    Start: _start,
    Finish: _finish,
    Fail: _fail,
    Retry: _retry,
    PutBack: lab.put_back,
    Expire: _expire,
    ExpirePending: lab.expire_pending,
    SetPriority: _set_priority,
    Offer: _offer,
    Take: _take,
    TakeBack: _take_back,
    FinishExternal: _finish_external,
    Cancel: _cancel,
    Interrupt: _interrupt,
    Recover: _recover,
    ForgetNodes: lab.forget_nodes,
}
