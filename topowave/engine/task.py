"""What is given to an engine: a task, which is a script with its parameters."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import cast

from topowave.engine.json_text import to_json
from topowave.engine.limits import PARAMS_BYTES, RETRIES, TASK_SECONDS
from topowave.engine.problems import found_text, refuse, seconds, whole


class TaskType(Enum):
    """What a task mostly does: it computes, or it waits."""

    CPU_BOUND = "cpu"
    IO_BOUND = "io"

    __hash__ = object.__hash__  # there is one of each; that of Enum is a function in Python


_KINDS = {kind.value: kind for kind in TaskType}


class Priority(IntEnum):
    """Which of the tasks that wait begins first; of the same priority the one that came first."""

    CRITICAL = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3


@dataclass(frozen=True)
class Task:
    """A script with its parameters, to be run once.

    The script is a Python file with a function `module()` that returns an object with a method `run(params)`;
    what this returns, any JSON value, is the result.

    Attributes:
        script_path: the file.
        params: any JSON value, mostly a dict.
        task_type: `TaskType.CPU_BOUND` or `TaskType.IO_BOUND`; "cpu" and "io" do as well.
        priority: critical, high, medium or low, as a `Priority` or a word.
        timeout: how long one attempt may take (s); None for the engine's own `task_timeout`.
        retries: how often it is tried again if it fails.

    Raises:
        ValueError: a value makes no sense; it is named.
    """

    script_path: str | os.PathLike[str]
    params: object = field(default_factory=dict[str, object])
    task_type: TaskType | str = TaskType.CPU_BOUND
    priority: Priority | str = Priority.MEDIUM
    timeout: float | None = None
    retries: int = 0

    def __post_init__(self) -> None:
        path, kind, priority, timeout = self.script_path, self.task_type, self.priority, self.timeout
        if not (  # what most tasks are like is seen at once: to look for words costs more than a tiny task
            type(path) is str
            and path
            and "\0" not in path
            and (type(kind) is TaskType or (type(kind) is str and kind in _KINDS))
            and type(priority) is Priority
            and (timeout is None or (type(timeout) is float and 0 < timeout <= TASK_SECONDS))
            and self.retries == 0
        ):
            self._refuse()
        if type(kind) is not TaskType:
            object.__setattr__(self, "task_type", _KINDS[cast("str", kind)])
        if type(priority) is not Priority:
            object.__setattr__(self, "priority", Priority[cast("str", priority).upper()])

    def _refuse(self) -> None:
        """Raise ValueError where a value makes no sense."""
        refuse(
            "Task",
            (
                _path_problem(self.script_path),
                _kind_problem(self.task_type),
                _priority_problem(self.priority),
                None if self.timeout is None else seconds("timeout", self.timeout, TASK_SECONDS),
                None if self.retries == 0 else whole("retries", self.retries, 0, RETRIES),
            ),
        )


def params_text(params: object) -> str:
    """Return parameters as JSON. Raises ValueError where they are none, or too much."""
    try:
        text = to_json(params)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"Task: params are no JSON: {error}") from None
    if len(text) > PARAMS_BYTES:
        raise ValueError(f"Task: params are {len(text):,} bytes of JSON, more than {PARAMS_BYTES:,}")
    return text


def _path_problem(value: object) -> str | None:
    text: object = None
    with suppress(Exception):  # a class of the user's may do anything there
        text = os.fspath(cast("str", value))
    if isinstance(text, str) and text and "\0" not in text:
        return None
    return f"script_path must be a path, {found_text(value)}"


def _kind_problem(value: object) -> str | None:
    if isinstance(value, TaskType) or (isinstance(value, str) and value in _KINDS):
        return None
    return f"task_type must be cpu or io, {found_text(value)}"


def _priority_problem(value: object) -> str | None:
    if isinstance(value, Priority) or (isinstance(value, str) and value.upper() in Priority.__members__):
        return None
    return f"priority must be critical, high, medium or low, {found_text(value)}"
