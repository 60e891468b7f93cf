"""What the statements of all commands are made of: guards from the table of states, histories, rows."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable

from topowave.tasks.attributes import Attributes
from topowave.tasks.limits import HISTORY_CHARS, OUTCOME_SMALL
from topowave.tasks.model import LabTask
from topowave.tasks.script import PRIORITIES, Kind, Outcome, Script
from topowave.tasks.states import FINISHED, CommandName, State, sources
from topowave.tasks.store.database import Database

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
COUNT = """INSERT INTO tally VALUES (?, ?, ?)
    ON CONFLICT (node, what) DO UPDATE SET count = tally.count + excluded.count"""
OF_NODE = "node = ? AND finished_at IS NULL"
"""Whose unfinished tasks, as an index has them."""
TASK = "id, interrupted, kind, priority, weight, deadline, roles"
"""The columns of which `task_of` makes a task."""
ATTRIBUTES = "title, category, priority, weight, roles, request, deadline, max_attempts, backoff"
ADD_SCRIPT = """INSERT INTO script (task, type, path, timeout, params)
    SELECT number, ?, ?, ?, ? FROM task WHERE id = ?"""
_BYTES = "length(params) + ?"
_SIZE = f"size = CASE WHEN {_BYTES} > {OUTCOME_SMALL} THEN {_BYTES} ELSE 0 END"
_NUMBER = "(SELECT number FROM task WHERE id = ?)"
_OUTCOME = f"UPDATE script SET outcome = ?, {_SIZE} WHERE task = {_NUMBER}"
PARAMS_SIZE = _SIZE.replace(" + ?", "")
"""Counts the bytes of a script task of which nothing came but that it is over."""
PARAMS_STAY = f"UPDATE script SET {PARAMS_SIZE} WHERE task = {_NUMBER}"


class Transaction:
    """A database in a transaction, and how many tasks have ended in it: see `sql_counts`.

    Args:
        db: the database.
    """

    def __init__(self, db: Database) -> None:
        self.execute = db.execute
        self.executemany = db.executemany
        self._ended: Counter[tuple[str, State]] = Counter()

    def ended(self, node: str, state: State, count: int) -> None:
        """Note that tasks of a node are over, or with a `count` below 0 that they are not any more."""
        self._ended[node, state] += count

    def count(self) -> None:
        """Write down how many have ended since it was done last."""
        for (node, state), count in self._ended.items():
            if count:
                self.execute(COUNT, (node, state, count))
        self._ended.clear()


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


def add_scripts(db: Transaction, scripts: Iterable[tuple[str, Script]]) -> None:
    """Enter what script tasks are to do, by their ids."""
    rows = [(todo.type, todo.path, todo.timeout, todo.params, task) for task, todo in scripts]
    db.executemany(ADD_SCRIPT, rows)


def keep_outcome(db: Transaction, task: str, outcome: Outcome) -> None:
    """Keep what came of the last attempt at a script task."""
    text = outcome.to_text()
    db.execute(_OUTCOME, (text, len(text), len(text), task))
