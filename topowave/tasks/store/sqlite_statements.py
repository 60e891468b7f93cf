"""What the statements of all commands are made of: guards from the table of states, histories, rows."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable

from topowave.tasks.attributes import Attributes
from topowave.tasks.limits import HISTORY_CHARS, OUTCOME_SMALL
from topowave.tasks.model import LabTask
from topowave.tasks.script import PRIORITIES, Kind, Outcome, Script
from topowave.tasks.states import FINISHED, CommandName, State, sources

_ADD_TO_HISTORY = (
    f"history = CASE WHEN length(history) < {HISTORY_CHARS} THEN history || {{}} ELSE history END"
)
_END_HISTORY = "history = history || {}"
"""How a task ended is always told, however long its history is."""
_STAMPS: dict[State, str] = {
    "assigned": "assigned_at",
    "running": "started_at",
    **dict.fromkeys(FINISHED, "finished_at"),
}
"""Which column says when a task came into a state last."""
COUNT = (
    "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (node, what) DO UPDATE SET count = count + excluded.count"
)
TASK = "id, interrupted, kind, priority, weight, deadline, roles"
"""The columns of which `task_of` makes a task."""
ATTRIBUTES = "title, category, priority, weight, roles, request, deadline, max_attempts, backoff"
ADD_SCRIPT = """INSERT INTO script (task, type, path, timeout, params)
    SELECT number, ?, ?, ?, ? FROM task WHERE id = ?"""
_OUTCOME = "UPDATE script SET outcome = ?, size = ? WHERE task = (SELECT number FROM task WHERE id = ?)"


def in_states(states: tuple[State | None, ...]) -> str:
    """Return the condition that a task is in one of these states."""
    assert states
    assert None not in states
    return f"status IN ({', '.join(repr(state) for state in states)})"


def update(
    command: CommandName,
    becomes: State,
    more: str = "",
    where: str = "id = ? AND node = ?",
    event: str = "?",
) -> str:
    """Return the statement that takes tasks from where the table lets a command begin to `becomes`.

    Its parameters: when that is (s), except where the task is pending after it, or is where it was; those of
    `more`; what is added to the history, `event`; those of `where`.
    """
    before = sources(command, becomes)
    stamp = f", {_STAMPS[becomes]} = ?" if becomes in _STAMPS and before != (becomes,) else ""
    history = (_END_HISTORY if becomes in FINISHED else _ADD_TO_HISTORY).format(event)
    return (
        f"UPDATE task SET status = '{becomes}'{stamp}{more}, {history} WHERE {where} AND {in_states(before)}"
    )


def time_now() -> float:
    """Return the time as the journal has it, in seconds since 1970 with milliseconds."""
    return round(time.time(), 3)


def event(now: float, node: str, what: str) -> str:
    """Return an entry of a task's history; `node` is empty for what no node did."""
    return f"[{round(now * 1000)},{json.dumps(node)},{json.dumps(what)}],"


def task_of(
    name: str,
    interrupted: int,
    kind: Kind,
    priority: int,
    weight: int,
    deadline: float | None,
    roles: str | None,
) -> LabTask:
    """Return a task from its columns TASK."""
    wanted = () if roles is None else tuple(json.loads(roles))
    return LabTask(name, bool(interrupted), kind, PRIORITIES[priority], weight, deadline, wanted)


def attribute_columns(said: Attributes) -> tuple[object, ...]:
    """Return the values of the columns ATTRIBUTES."""
    roles = json.dumps(said.roles) if said.roles else None
    urgency = PRIORITIES.index(said.priority)
    about = said.title, said.category, urgency, said.weight, roles, said.request or None, said.deadline
    return (*about, said.max_attempts, said.backoff)


def add_scripts(db: sqlite3.Connection, scripts: Iterable[tuple[str, Script]]) -> None:
    """Enter what script tasks are to do, by their ids."""
    rows = [(todo.type, todo.path, todo.timeout, todo.params, task) for task, todo in scripts]
    db.executemany(ADD_SCRIPT, rows)


def keep_outcome(db: sqlite3.Connection, task: str, outcome: Outcome) -> None:
    """Keep what came of the last attempt at a script task."""
    text = outcome.to_text()
    db.execute(_OUTCOME, (text, len(text) if len(text) > OUTCOME_SMALL else 0, task))
