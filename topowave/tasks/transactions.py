"""What a node does to its tasks, as changes of the journal: each is carried out in one transaction.

Every change names the state that it ends, so one that comes too late changes nothing and says so. A move is
two changes of the same rows, and whoever comes first wins: the receiver takes them, or the giver takes them
back. So no question to the other side is needed to know where a task is, and it does not matter who dies.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from topowave.tasks.limits import ATTEMPTS, HISTORY_CHARS, PRUNED_AT_ONCE
from topowave.tasks.model import Task

_TOLD = f"history = CASE WHEN length(history) < {HISTORY_CHARS} THEN history || ? ELSE history END"
_COUNT = (
    "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (node, what) DO UPDATE SET count = count + excluded.count"
)


@dataclass(frozen=True)
class Recovered:
    """What a node finds of its tasks when it starts.

    Attributes:
        queued: in their order; those that ran when its last life ended come first.
        place: larger than any place in its queue.
        run: number of this run of the lab, from 1; 0 in memory.
        submitted, done, failed, cancelled: how many it ever had, and how they ended.
    """

    queued: tuple[Task, ...]
    place: int
    run: int
    submitted: int
    done: int
    failed: int
    cancelled: int


def add(db: sqlite3.Connection, node: str, tasks: Sequence[Task], place: int) -> None:
    """Enter new tasks, queued."""
    told = _event(node, "queued")
    rows = [(task.id, node, place, told) for task in tasks]
    db.executemany(
        "INSERT INTO task (id, node, state, place, history) VALUES (?, ?, 'queued', ?, ?)",
        rows,
    )
    db.execute(_COUNT, (node, "submitted", len(rows)))


def start(db: sqlite3.Connection, node: str, tasks: Sequence[Task]) -> set[str]:
    """Let queued tasks run; returns the ids of those that do."""
    told = _event(node, "running")
    command = f"""UPDATE task SET state = 'running', attempts = attempts + 1, {_TOLD}
        WHERE id = ? AND state = 'queued' AND node = ?"""
    return {task.id for task in tasks if db.execute(command, (told, task.id, node)).rowcount}


def finish(db: sqlite3.Connection, node: str, task: Task) -> bool:
    """Note that a running task is done."""
    return _end(db, node, task, "running", "done", "done")


def cancel(db: sqlite3.Connection, node: str, task: Task, state: str) -> bool:
    """Cancel a task that is queued or running, as `state` says."""
    return _end(db, node, task, state, "cancelled", "cancelled")


def finish_external(db: sqlite3.Connection, node: str, task: Task, receiver: str) -> bool:
    """Note that a moving task went to somebody else's program; with that it is done here."""
    return _end(db, node, task, "moving", "done", f"handed to {receiver}, which is somebody else's program")


def offer(db: sqlite3.Connection, node: str, tasks: Sequence[Task], handover: str, receiver: str) -> None:
    """Set queued tasks moving, still this node's."""
    told = _event(node, f"moving to {receiver}")
    command = f"""UPDATE task SET state = 'moving', handover = ?, {_TOLD}
        WHERE id = ? AND state = 'queued' AND node = ?"""
    for task in tasks:
        db.execute(command, (handover, told, task.id, node))


def take(db: sqlite3.Connection, node: str, handover: str, place: int) -> tuple[Task, ...]:
    """Make moving tasks this node's own, queued; none where the giver has taken them back."""
    moving = "SELECT id FROM task WHERE handover = ? AND state = 'moving' ORDER BY place, number"
    found = tuple(Task(name) for (name,) in db.execute(moving, (handover,)))
    command = f"""UPDATE task SET node = ?, state = 'queued', handover = NULL, place = ?, {_TOLD}
        WHERE handover = ? AND state = 'moving'"""
    db.execute(command, (node, place, _event(node, "queued"), handover))
    return found


def take_back(db: sqlite3.Connection, node: str, handover: str) -> bool:
    """Queue moving tasks again where they were; False where the receiver has taken them."""
    command = f"""UPDATE task SET state = 'queued', handover = NULL, {_TOLD}
        WHERE handover = ? AND state = 'moving' AND node = ?"""
    return db.execute(command, (_event(node, "queued again"), handover, node)).rowcount > 0


def interrupt(db: sqlite3.Connection, node: str) -> None:
    """Queue again what runs on a node that stops as it should; that is no reason to fail a task."""
    command = f"""UPDATE task SET state = 'queued', {_TOLD} WHERE state = 'running' AND node = ?"""
    db.execute(command, (_event(node, "queued again: its node stopped while it ran"), node))


def recover(db: sqlite3.Connection, node: str) -> Recovered:
    """Queue again what was running or moving when this node's last life ended; returns what it has."""
    too_often = f"""UPDATE task SET state = 'failed', {_TOLD}
        WHERE state = 'running' AND node = ? AND attempts >= {ATTEMPTS}"""
    db.execute(too_often, (_event(node, f"failed: its node ended {ATTEMPTS} times while it ran"), node))
    again = f"UPDATE task SET state = 'queued', handover = NULL, {_TOLD} WHERE state = ? AND node = ?"
    db.execute(again, (_event(node, "queued again: its node ended while it ran"), "running", node))
    db.execute(again, (_event(node, "queued again: its node ended while it moved"), "moving", node))
    queued = db.execute(
        "SELECT id, place FROM task WHERE state = 'queued' AND node = ? ORDER BY place, number", (node,)
    ).fetchall()
    ended = db.execute(
        """SELECT what, SUM(count) FROM (
            SELECT state AS what, COUNT(*) AS count FROM task
                WHERE state IN ('done', 'failed', 'cancelled') AND node = ?1 GROUP BY state
            UNION ALL SELECT what, count FROM tally WHERE node = ?1
        ) GROUP BY what""",
        (node,),
    )
    counts = {"submitted": 0, "done": 0, "failed": 0, "cancelled": 0} | dict(ended)
    place = queued[-1][1] + 1 if queued else 0
    (run,) = db.execute("SELECT IFNULL(MAX(number), 0) FROM run").fetchone()
    return Recovered(tuple(Task(name) for name, _ in queued), place, run, **counts)


def forget_nodes(db: sqlite3.Connection, names: Collection[str]) -> int:
    """Cancel what is not finished of nodes that are none of `names`; returns how many tasks."""
    owners = db.execute("SELECT DISTINCT node FROM task WHERE state IN ('queued', 'moving', 'running')")
    gone = [node for (node,) in owners.fetchall() if node not in names]
    command = f"""UPDATE task SET state = 'cancelled', handover = NULL, {_TOLD}
        WHERE state IN ('queued', 'moving', 'running') AND node = ?"""
    told = "cancelled: its node is no longer in the topology"
    return sum(db.execute(command, (_event(node, told), node)).rowcount for node in gone)


def prune(db: sqlite3.Connection) -> int:
    """Let the rows of the oldest finished tasks go, some at a time, and count them; returns how many."""
    oldest = db.execute(
        """SELECT number, node, state FROM task WHERE state IN ('done', 'failed', 'cancelled')
        ORDER BY number LIMIT ?""",
        (PRUNED_AT_ONCE,),
    ).fetchall()
    for number, node, state in oldest:
        db.execute(_COUNT, (node, state, 1))
        db.execute("DELETE FROM task WHERE number = ?", (number,))
    return len(oldest)


def _end(db: sqlite3.Connection, node: str, task: Task, before: str, after: str, what: str) -> bool:
    command = """UPDATE task SET state = ?, handover = NULL, history = history || ?
        WHERE id = ? AND state = ? AND node = ?"""
    return db.execute(command, (after, _event(node, what), task.id, before, node)).rowcount > 0


def _event(node: str, what: str) -> str:
    return f"[{time.time_ns() // 1_000_000},{json.dumps(node)},{json.dumps(what)}],"
