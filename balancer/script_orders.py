"""Script tasks that somebody orders: which file each is, which node gets it, and what the nodes say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from topowave.engine.script_folders import ScriptFolders, ScriptRefusedError
from topowave.tasks.limits import SCRIPTS_AT_ONCE, SCRIPTS_BYTES
from topowave.topology import LabConfig
from topowave.topology.config import SCRIPT_DIRS
from topowave.web.problem_details import Problem
from topowave.web.script_form import ScriptForm


@dataclass(frozen=True)
class Ordered:
    """A script task, `count` times: `form` as a node takes it, `place` where it stood in the order."""

    form: ScriptForm
    count: int
    node: str | None
    place: str


async def checked(orders: Sequence[Ordered], config: LabConfig) -> list[tuple[dict[str, Any], str | None]]:
    """Return for each task the form that nodes take, with its file, and the node that was named.

    Raises:
        Problem: with a sentence for everything that is wrong.
    """
    total = sum(order.count for order in orders)
    if total > SCRIPTS_AT_ONCE:
        raise Problem(422, "Too many tasks", f"{total:,} tasks; one request may add {SCRIPTS_AT_ONCE:,}")
    folders = ScriptFolders(config.allowed_script_dirs, SCRIPT_DIRS)
    names = {order.form.script for order in orders}
    files = await asyncio.to_thread(lambda: {name: _file(folders, name) for name in names})
    problems: list[str] = []
    forms: list[tuple[dict[str, Any], str | None]] = []
    size = 0
    for order in orders:
        file = files[order.form.script]
        if isinstance(file, ScriptRefusedError):
            problems.append(f"{order.place}: {file}")
            continue
        timeout = order.form.timeout
        if timeout is not None and timeout > config.script_timeout:
            most = f"script_timeout of config.json, {config.script_timeout:g} s"
            problems.append(f"{order.place}: a timeout of {timeout:g} s is more than {most}")
        form = order.form.model_dump(include=set(ScriptForm.model_fields)) | {"script": file}
        size += order.count * len(json.dumps(form))
        forms += [(form, order.node)] * order.count
    if problems:
        raise Problem(422, "Script refused", "; ".join(problems), problems=problems)
    if size > SCRIPTS_BYTES:
        text = f"{size:,} bytes of JSON for all tasks together; one request may add {SCRIPTS_BYTES:,}"
        raise Problem(413, "Too much", text)
    return forms


def _file(folders: ScriptFolders, name: str) -> str | ScriptRefusedError:
    try:
        return str(folders.find(name))
    except ScriptRefusedError as refused:
        return refused
