"""What the statements of all commands are made of: guards from the table of states, histories, rows."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from topowave.tasks.attributes import Attributes
from topowave.tasks.limits import HISTORY_CHARS, OUTCOME_SMALL, SCRIPT_ATTEMPTS
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
TASK = "id, interrupted, kind, priority, weight, deadline, roles, duration, deaths"
"""The columns of which `task_of` makes a task."""
ATTRIBUTES = "title, category, priority, weight, roles, request, deadline, max_attempts, backoff, duration"
ATTRIBUTE_MARKS = ", ".join("?" * len(ATTRIBUTES.split(",")))
ADD_SCRIPT = """INSERT INTO script (task, type, path, timeout, params)
    SELECT number, ?, ?, ?, ? FROM task WHERE id = ?"""
_BYTES = "length(params) + ?"
_SIZE = f"size = CASE WHEN {_BYTES} > {OUTCOME_SMALL} THEN {_BYTES} ELSE 0 END"
_NUMBER = "(SELECT number FROM task WHERE id = ?)"
_OUTCOME = f"UPDATE script SET outcome = ?, {_SIZE} WHERE task = {_NUMBER}"
PARAMS_SIZE = _SIZE.replace(" + ?", "")
"""Counts the bytes of a script task of which nothing came but that it is over."""
PARAMS_STAY = f"UPDATE script SET {PARAMS_SIZE} WHERE task = {_NUMBER}"


R = TypeVar("R")
Steps: TypeAlias = Generator[None, None, R]
"""A command that is carried out in two steps, as `sql_commands` says; what it returns is its result."""


class Transaction:
    """A database in a transaction, and commands that are carried out in it.

    Args:
        db: the database.
        ahead: whether statements are sent ahead of the answers to those before.
    """

    def __init__(self, db: Database, *, ahead: bool) -> None:
        self.execute = db.execute
        self.executemany = db.executemany
        self._ahead = ahead
        self._tally: Counter[tuple[str, str]] = Counter()
        self._begun: list[Steps[Any]] = []
        self._results: list[Any] = []

    def carry_out(self, command: Steps[Any]) -> None:
        """Carry out the first step of a command, and note that the second one is to come."""
        next(command)
        self._begun.append(command)

    def row(self, statement: str, parameters: Sequence[object]) -> Callable[[], Any]:
        """Ask for one row; what is returned gives it, or None, when it is called."""
        found = self.execute(statement, parameters)
        if self._ahead:
            return found.fetchone
        row = found.fetchone()  # SQLite prepares a statement anew while an earlier one has rows left
        return lambda: row

    def tally(self, node: str, what: str, count: int) -> None:
        """Note that tasks of a node are new or over; with a `count` below 0 that they are not any more."""
        self._tally[node, what] += count

    def settle(self) -> None:
        """Carry out the second steps that are to come, and write down what was noted: see `sql_counts`."""
        begun, self._begun = self._begun, []
        for command in begun:
            try:
                next(command)
            except StopIteration as ended:
                self._results.append(ended.value)
            else:
                raise AssertionError
        for (node, what), count in self._tally.items():
            if count:
                self.execute(COUNT, (node, what, count))
        self._tally.clear()

    def results(self) -> list[Any]:
        """Return the results of all commands, in their order."""
        self.settle()
        return self._results


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
    index: str = "",
) -> str:
    """Return the statement that takes tasks from where the table lets a command begin to `becomes`.

    Its parameters: when that is (s), except where the task is pending after it, or is where it was; those of
    `more`; what is added to the history, `event`; those of `where`. `index`: along which SQLite finds them.
    """
    before = sources(command, becomes)
    stamp = f", {_STAMPS[becomes]} = ?" if becomes in _STAMPS and before != (becomes,) else ""
    history = (_END_HISTORY if becomes in FINISHED else _ADD_TO_HISTORY).format(event)
    table = f"task INDEXED BY {index}" if index else "task"
    return (
        f"UPDATE {table} SET status = '{becomes}'{stamp}{more}, {history} "
        f"WHERE {where} AND {in_states(before)}"
    )


def time_now() -> float:
    """Return the time as the journal has it, in seconds since 1970 with milliseconds."""
    return round(time.time(), 3)


def event(now: float, node: str, what: str) -> str:
    """Return an entry of a task's history; `node` is empty for what no node did."""
    return f"[{round(now * 1000)},{_said(node, what)}],"


@lru_cache(maxsize=2_000)  # a node says the same few things of each task; to quote them is what takes long
def _said(node: str, what: str) -> str:
    return f"{json.dumps(node)},{json.dumps(what)}"


def task_of(
    name: str,
    interrupted: int,
    kind: Kind,
    priority: int,
    weight: int,
    deadline: float | None,
    roles: str | None,
    duration: float | None,
    deaths: int,
) -> LabTask:
    """Return a task from its columns TASK."""
    wanted = () if roles is None else tuple(json.loads(roles))
    suspect = kind == "script" and deaths + 1 >= SCRIPT_ATTEMPTS
    urgency = PRIORITIES[priority]
    return LabTask(name, bool(interrupted), kind, urgency, weight, deadline, wanted, duration, suspect)


def attribute_columns(said: Attributes) -> tuple[object, ...]:
    """Return the values of the columns ATTRIBUTES."""
    roles = json.dumps(said.roles) if said.roles else None
    urgency = PRIORITIES.index(said.priority)
    about = said.title, said.category, urgency, said.weight, roles, said.request or None, said.deadline
    return (*about, said.max_attempts, said.backoff, said.duration)


def add_scripts(db: Transaction, scripts: Iterable[tuple[str, Script]]) -> None:
    """Enter what script tasks are to do, by their ids."""
    rows = [(todo.type, todo.path, todo.timeout, todo.params, task) for task, todo in scripts]
    db.executemany(ADD_SCRIPT, rows)


def keep_outcome(db: Transaction, task: str, outcome: Outcome) -> None:
    """Keep what came of the last attempt at a script task."""
    text = outcome.to_text()
    db.execute(_OUTCOME, (text, len(text), len(text), task))
