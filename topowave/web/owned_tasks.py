"""Tasks that run in the background, each with an owner: none is forgotten, and no failure goes unheard.

asyncio keeps only weak references to tasks, and speaks of one that failed only when it is thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from logging import Logger
from typing import Any, TypeVar

T = TypeVar("T")


class OwnedTasks:
    """The background tasks of one part of a program; made and used inside one event loop.

    Args:
        log: where failures are written, with their traceback.
        on_failure: called with a sentence about a failure, for people; without it, the log is all.
    """

    def __init__(self, log: Logger, on_failure: Callable[[str], None] | None = None) -> None:
        self._log = log
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, what: str, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        """Begin to work; `what` names the work in words, as the beginning of a sentence."""
        task = asyncio.get_running_loop().create_task(work, name=what)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def finish(self) -> None:
        """Wait until all that runs has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cancel(self) -> None:
        """Cancel all that runs."""
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Cancel all that runs, and wait until it has ended."""
        self.cancel()
        await self.finish()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._log.error("%s failed", task.get_name(), exc_info=error)
            if self._on_failure is not None:
                self._on_failure(f"{task.get_name()} failed: {type(error).__name__}: {error}")
