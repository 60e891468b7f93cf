"""How worker processes are made: by `multiprocessing`, told not to run the user's program again.

A process that is spawned imports the program that spawned it, since functions may come from there. A worker's
function is ours; the import would only cost time, and run a script that has no `if __name__ == "__main__":` a
second time. `multiprocessing` has no option for it, so what it hands to processes of our name is made shorter
here. Where a Python prepares its processes in another way nothing is changed: then a script that uses the
engine needs that line, as with any pool.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing import spawn
from multiprocessing.process import BaseProcess
from typing import Any

_NAME = "topowave-engine"
_MAIN = ("init_main_from_name", "init_main_from_path")
_get_preparation_data: Callable[[str], dict[str, Any]] | None = getattr(spawn, "get_preparation_data", None)


def _without_program(name: str) -> dict[str, Any]:
    assert _get_preparation_data is not None
    data = dict(_get_preparation_data(name))
    if name.startswith(_NAME):
        for key in _MAIN:
            data.pop(key, None)
    return data


def new_process(method: str, name: str, target: Callable[..., None], args: tuple[object, ...]) -> BaseProcess:
    """Return a process that can be started.

    Args:
        method: "spawn", "fork" or "forkserver".
        name: of the worker.
        target: what it runs.
        args: of `target`; sockets among them are handed over.
    """
    if _get_preparation_data is not None:
        setattr(spawn, "get_preparation_data", _without_program)  # noqa: B010 - no name type checkers know
    made: BaseProcess = vars(type(multiprocessing.get_context(method)))["Process"](
        target=target, args=args, name=f"{_NAME}-{name}"
    )
    return made
