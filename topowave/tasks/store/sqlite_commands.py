"""How SQLite carries out each command of `tasks.commands`, in a transaction of its caller's.

Every UPDATE is put together from the table of states: it touches only tasks in a state from which the table
has a way, so a command that comes too late touches none.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from topowave.tasks.commands import (
    Add,
    Cancel,
    Command,
    Fail,
    Finish,
    FinishExternal,
    ForgetNodes,
    Interrupt,
    Offer,
    Recover,
    Start,
    Take,
    TakeBack,
)
from topowave.tasks.limits import ATTEMPTS, HISTORY_CHARS, OUTCOME_SMALL, PRUNED_AT_ONCE, SCRIPT_ATTEMPTS
from topowave.tasks.model import LabTask, Recovered
from topowave.tasks.script import Kind, Outcome, Priority, Script
from topowave.tasks.states import FINISHED, UNFINISHED, CommandName, State, sources

R = TypeVar("R")

_ADD_TO_HISTORY = (
    f"history = CASE WHEN length(history) < {HISTORY_CHARS} THEN history || {{}} ELSE history END"
)
_END_HISTORY = "history = history || {}"
"""How a task ended is always told, however long its history is."""
_COUNT = (
    "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (node, what) DO UPDATE SET count = count + excluded.count"
)


def _in(states: tuple[State | None, ...]) -> str:
    """Return the condition that a task is in one of these states."""
    assert states
    assert None not in states
    return f"status IN ({', '.join(repr(state) for state in states)})"


def _update(
    command: CommandName,
    becomes: State,
    more: str = "",
    where: str = "id = ? AND node = ?",
    event: str = "?",
) -> str:
    """Return the statement that takes tasks from where the table lets a command begin to `becomes`.

    Its first parameter is what is added to the history, `event`; those of `more` come before it, those of
    `where` after it.
    """
    history = (_END_HISTORY if becomes in FINISHED else _ADD_TO_HISTORY).format(event)
    guard = _in(sources(command, becomes))
    return f"UPDATE task SET status = '{becomes}'{more}, {history} WHERE {where} AND {guard}"


_START = _update("start", "running", ", attempts = attempts + 1")
_FINISH = _update("finish", "completed")
_FAIL = _update("fail", "failed")
_ADD_SCRIPT = """INSERT INTO script (task, title, category, priority, type, path, timeout, params)
    SELECT number, ?, ?, ?, ?, ?, ?, ? FROM task WHERE id = ?"""
_SCRIPT = """SELECT path, params, type, timeout, title, category, priority
    FROM script WHERE task = (SELECT number FROM task WHERE id = ?)"""
_OUTCOME = "UPDATE script SET outcome = ?, size = ? WHERE task = (SELECT number FROM task WHERE id = ?)"
_FINISH_EXTERNAL = _update("finish_external", "completed", ", move = NULL")
_CANCEL = f"{_update('cancel', 'cancelled')} AND status = ?"
_OFFER = _update(
    "offer",
    "moving",
    ", move = ?, interrupted = interrupted + (status = 'running')",
    event="CASE status WHEN 'running' THEN ? ELSE ? END",
)
_TASK = "id, interrupted, kind, IFNULL(priority, 'medium')"
_TASKS = "FROM task LEFT JOIN script ON kind = 'script' AND task = number"
_MOVING = f"SELECT {_TASK} {_TASKS} WHERE move = ? AND {_in(sources('take'))} ORDER BY position, number"
_TAKE = _update("take", "assigned", ", move = NULL, node = ?, position = ?", where="move = ?")
_TAKE_BACK = _update("take_back", "assigned", ", move = NULL", where="move = ? AND node = ?")
_INTERRUPT = _update("interrupt", "assigned", where="node = ?")
_MAY = f"CASE kind WHEN 'script' THEN {SCRIPT_ATTEMPTS} ELSE {ATTEMPTS} END"
_TOO_OFTEN = f"node = ? AND attempts - interrupted >= {_MAY}"
_GIVE_UP = _update("recover", "failed", where=_TOO_OFTEN, event="CASE kind WHEN 'script' THEN ? ELSE ? END")
_GIVE_UP_OUTCOME = f"""UPDATE script SET outcome = ? WHERE task IN
    (SELECT number FROM task WHERE {_TOO_OFTEN} AND {_in(sources("recover", "failed"))})"""
_RECOVER = f"{_update('recover', 'assigned', ', move = NULL', where='node = ?')} AND status = ?"
_ASSIGNED = (
    f"SELECT {_TASK}, position {_TASKS} WHERE status = 'assigned' AND node = ? ORDER BY position, number"
)
_ENDED = f"""SELECT what, SUM(count) FROM (
    SELECT status AS what, COUNT(*) AS count FROM task WHERE {_in(FINISHED)} AND node = ?1 GROUP BY status
    UNION ALL SELECT what, count FROM tally WHERE node = ?1
) GROUP BY what"""
_OWNERS = f"SELECT DISTINCT node FROM task WHERE {_in(UNFINISHED)}"
_FORGET = _update("forget_nodes", "cancelled", ", move = NULL", where="node = ?")
_OLDEST = f"SELECT number, node, status, kind FROM task WHERE {_in(FINISHED)} ORDER BY number LIMIT ?"
SIZES = "SELECT IFNULL(SUM(size), 0) FROM script WHERE size > 0"
_OLDEST_OUTCOMES = "SELECT task, size FROM script WHERE size > 0 ORDER BY task LIMIT ?"


def apply(db: sqlite3.Connection, command: Command[R]) -> R:
    """Carry out one command; the caller has the transaction. Raises sqlite3.Error."""
    return cast("R", _HOW[type(command)](db, command))


def prune(db: sqlite3.Connection) -> int:
    """Let the rows of the oldest finished tasks go, some at a time, and count them; returns how many."""
    oldest = db.execute(_OLDEST, (PRUNED_AT_ONCE,)).fetchall()
    for number, node, state, kind in oldest:
        db.execute(_COUNT, (node, state, 1))
        db.execute("DELETE FROM task WHERE number = ?", (number,))
        if kind == "script":
            db.execute("DELETE FROM script WHERE task = ?", (number,))
    return len(oldest)


def outcome_bytes(db: sqlite3.Connection) -> int:
    """Return how many bytes there are of results and outputs that are not small; only an index is read."""
    (found,) = db.execute(SIZES).fetchone()
    return int(found)


def let_outcomes_go(db: sqlite3.Connection, most: int) -> int:
    """Let the oldest results and outputs go, some at a time, up to `most` bytes and the one that fills them.

    Returns:
        How many bytes went; the rows of the tasks stay and say so.
    """
    gone = 0
    for task, size in db.execute(_OLDEST_OUTCOMES, (PRUNED_AT_ONCE,)).fetchall():
        if gone >= most:
            break
        (text,) = db.execute("SELECT outcome FROM script WHERE task = ?", (task,)).fetchone()
        kept = Outcome.without_result(text)
        db.execute("UPDATE script SET outcome = ?, size = 0 WHERE task = ?", (kept, task))
        gone += size
    return gone


def _add(db: sqlite3.Connection, add: Add) -> None:
    event = _event(add.node, "assigned")
    rows = [(task.id, add.node, add.position, event, task.kind) for task in add.tasks]
    db.executemany(
        "INSERT INTO task (id, node, status, position, history, kind) VALUES (?, ?, 'assigned', ?, ?, ?)",
        rows,
    )
    if add.scripts:
        db.executemany(_ADD_SCRIPT, [(*_columns(script), task) for task, script in add.scripts.items()])
    db.execute(_COUNT, (add.node, "submitted", len(rows)))


def _columns(script: Script) -> tuple[object, ...]:
    about = script.title, script.category, script.priority, script.type
    return (*about, script.path, script.timeout, script.params)


def _start(db: sqlite3.Connection, start: Start) -> dict[str, Script | None]:
    event, node = _event(start.node, "running"), start.node
    ours = [task for task in start.tasks if db.execute(_START, (event, task.id, node)).rowcount]
    return {task.id: _script(db, task) if task.kind == "script" else None for task in ours}


def _script(db: sqlite3.Connection, task: LabTask) -> Script:
    return Script(*db.execute(_SCRIPT, (task.id,)).fetchone())


def _finish(db: sqlite3.Connection, finish: Finish) -> bool:
    event = _event(finish.node, "completed")
    return _end(db, db.execute(_FINISH, (event, finish.task.id, finish.node)), finish.task, finish.outcome)


def _fail(db: sqlite3.Connection, fail: Fail) -> bool:
    event = _event(fail.node, f"failed: {fail.outcome.reason}")
    return _end(db, db.execute(_FAIL, (event, fail.task.id, fail.node)), fail.task, fail.outcome)


def _end(db: sqlite3.Connection, ended: sqlite3.Cursor, task: LabTask, outcome: Outcome | None) -> bool:
    """Keep what came of a task that has ended, if it is this node's to say."""
    if ended.rowcount > 0 and outcome is not None:
        text = outcome.to_text()
        db.execute(_OUTCOME, (text, len(text) if len(text) > OUTCOME_SMALL else 0, task.id))
    return ended.rowcount > 0


def _cancel(db: sqlite3.Connection, cancel: Cancel) -> bool:
    event = _event(cancel.node, "cancelled")
    return db.execute(_CANCEL, (event, cancel.task.id, cancel.node, cancel.state)).rowcount > 0


def _finish_external(db: sqlite3.Connection, finish: FinishExternal) -> bool:
    event = _event(finish.node, f"handed to {finish.receiver}, which is somebody else's program")
    return db.execute(_FINISH_EXTERNAL, (event, finish.task.id, finish.node)).rowcount > 0


def _offer(db: sqlite3.Connection, offer: Offer) -> frozenset[str]:
    to = f"moving to {offer.receiver}"
    ran, waited = _event(offer.node, f"{to}: interrupted while it ran"), _event(offer.node, to)
    rows = {task.id: (offer.move, ran, waited, task.id, offer.node) for task in offer.tasks}
    return frozenset(task for task, row in rows.items() if db.execute(_OFFER, row).rowcount)


def _take(db: sqlite3.Connection, take: Take) -> tuple[LabTask, ...]:
    found = tuple(_task(*row) for row in db.execute(_MOVING, (take.move,)))
    db.execute(_TAKE, (take.node, take.position, _event(take.node, "assigned"), take.move))
    return found


def _task(name: str, interrupted: int, kind: Kind, priority: Priority) -> LabTask:
    return LabTask(name, bool(interrupted), kind, priority)


def _take_back(db: sqlite3.Connection, back: TakeBack) -> bool:
    event = _event(back.node, "assigned again")
    return db.execute(_TAKE_BACK, (event, back.move, back.node)).rowcount > 0


def _interrupt(db: sqlite3.Connection, interrupt: Interrupt) -> None:
    node = interrupt.node
    db.execute(_INTERRUPT, (_event(node, "assigned again: its node stopped while it ran"), node))


def _recover(db: sqlite3.Connection, recover: Recover) -> Recovered:
    node = recover.node
    gave_up = "failed: its node ended {} times while it ran".format
    outcome = Outcome(reason="node_ended", error=f"its node ended {SCRIPT_ATTEMPTS} times while it ran")
    db.execute(_GIVE_UP_OUTCOME, (outcome.to_text(), node))
    db.execute(_GIVE_UP, (_event(node, gave_up(SCRIPT_ATTEMPTS)), _event(node, gave_up(ATTEMPTS)), node))
    db.execute(_RECOVER, (_event(node, "assigned again: its node ended while it ran"), node, "running"))
    db.execute(_RECOVER, (_event(node, "assigned again: its node ended while it moved"), node, "moving"))
    assigned = db.execute(_ASSIGNED, (node,)).fetchall()
    counts = {"submitted": 0, "completed": 0, "failed": 0, "cancelled": 0} | dict(db.execute(_ENDED, (node,)))
    position = assigned[-1][-1] + 1 if assigned else 0
    (run,) = db.execute("SELECT IFNULL(MAX(number), 0) FROM run").fetchone()
    tasks = tuple(_task(*row) for *row, _ in assigned)
    return Recovered(tasks, position, run, **counts)


def _forget_nodes(db: sqlite3.Connection, forget: ForgetNodes) -> int:
    gone = [node for (node,) in db.execute(_OWNERS).fetchall() if node not in forget.names]
    what = "cancelled: its node is no longer in the topology"
    return sum(db.execute(_FORGET, (_event(node, what), node)).rowcount for node in gone)


_HOW: dict[type[Command[Any]], Callable[[sqlite3.Connection, Any], object]] = {
    Add: _add,
    Start: _start,
    Finish: _finish,
    Fail: _fail,
    Offer: _offer,
    Take: _take,
    TakeBack: _take_back,
    FinishExternal: _finish_external,
    Cancel: _cancel,
    Interrupt: _interrupt,
    Recover: _recover,
    ForgetNodes: _forget_nodes,
}


def _event(node: str, what: str) -> str:
    return f"[{time.time_ns() // 1_000_000},{json.dumps(node)},{json.dumps(what)}],"
