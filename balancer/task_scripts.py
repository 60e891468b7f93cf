"""The scripts of tasks that somebody orders: which file each is, and whether it may be run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from topowave.engine.script_folders import ScriptFolders, ScriptRefusedError
from topowave.tasks import NewTask
from topowave.tasks.limits import TASKS_AT_ONCE, TASKS_BYTES
from topowave.topology import LabConfig
from topowave.topology.config import SCRIPT_DIRS
from topowave.translation import Sentences, text
from topowave.web.problem_details import Problem
from topowave.web.task_form import EmulatedForm, ScriptForm


@dataclass(frozen=True)
class Ordered:
    """A task, `count` times; `place` is where it stood in the order."""

    form: EmulatedForm
    count: int
    place: str


@dataclass(frozen=True)
class CheckedTask:
    """A task that may be added: its form as nodes take it, and what the journal keeps of it."""

    form: dict[str, Any]
    task: NewTask


async def checked(orders: Sequence[Ordered], config: LabConfig) -> list[CheckedTask]:
    """Return the tasks of orders, those of scripts with the whole path of their file.

    Raises:
        Problem: with a sentence for everything that is wrong.
    """
    total = sum(order.count for order in orders)
    if total > TASKS_AT_ONCE:
        raise Problem(
            422,
            text("Too many tasks"),
            text(
                "{total:,} tasks; one request may add {tasks_at_once:,}",
                total=total,
                tasks_at_once=TASKS_AT_ONCE,
            ),
        )
    folders = ScriptFolders(config.allowed_script_dirs, SCRIPT_DIRS)
    names = {order.form.script for order in orders if isinstance(order.form, ScriptForm)}
    files = await asyncio.to_thread(lambda: {name: _file(folders, name) for name in names})
    problems: list[str] = []
    tasks: list[CheckedTask] = []
    size = 0
    for order in orders:
        kind = ScriptForm if isinstance(order.form, ScriptForm) else EmulatedForm
        said = order.form.model_dump(include=set(kind.model_fields), exclude_defaults=True)
        if isinstance(order.form, ScriptForm):
            file = files[order.form.script]
            if isinstance(file, ScriptRefusedError):
                problems.append(f"{order.place}: {file}")
                continue
            timeout = order.form.timeout
            if timeout is not None and timeout > config.script_timeout:
                most = f"script_timeout of config.json, {config.script_timeout:g} s"
                problems.append(f"{order.place}: a timeout of {timeout:g} s is more than {most}")
            said["script"] = file
        task = CheckedTask(said, kind.model_validate(said).to_task())
        size += order.count * len(json.dumps(said))
        tasks += [task] * order.count
    if problems:
        raise Problem(
            422, text("Script refused"), text("{problems}", problems=Sentences(problems)), problems=problems
        )
    if size > TASKS_BYTES:
        why = text(
            "{size:,} bytes of JSON for all tasks together; one request may add {tasks_bytes:,}",
            size=size,
            tasks_bytes=TASKS_BYTES,
        )
        raise Problem(413, text("Too much"), why)
    return tasks


def _file(folders: ScriptFolders, name: str) -> str | ScriptRefusedError:
    try:
        return str(folders.find(name))
    except ScriptRefusedError as refused:
        return refused
