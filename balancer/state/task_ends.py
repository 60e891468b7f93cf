"""Tells who waits for a task that it is over: one look at the journal serves all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

from topowave.balancer.limits import TASK_LOOK_INTERVAL, TASK_WAITS
from topowave.translation import text
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.problem_details import RETRY_SOON, Problem


class TaskEnds:
    """Those who wait for ends of tasks.

    Args:
        unfinished: returns which of some tasks are not over; raises Problem where that cannot be known now.
        background: the owner of what looks.
    """

    def __init__(
        self, unfinished: Callable[[Collection[str]], Awaitable[Collection[str]]], background: OwnedTasks
    ) -> None:
        self._unfinished = unfinished
        self._background = background
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._looks = False
        self._count = 0

    async def wait(self, task: str, seconds: float) -> None:
        """Wait until a task is over, `seconds` at the most. Raises Problem (503) where too many wait."""
        if self._count >= TASK_WAITS:
            why = text(
                "{task_waits} requests wait for tasks already; ask again without waiting",
                task_waits=TASK_WAITS,
            )
            raise Problem(503, text("Too many wait"), why, headers=RETRY_SOON)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(task, []).append(over)
        self._count += 1
        if not self._looks:
            self._looks = True
            self._background.start("Looking for tasks that are over", self._look())
        try:
            async with asyncio.timeout(seconds):
                await over
        except TimeoutError:
            pass
        finally:
            self._count -= 1
            others = self._waiting.get(task, [])
            if over in others:
                others.remove(over)
            if not others:
                self._waiting.pop(task, None)

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._tell(list(self._waiting))

    async def _look(self) -> None:
        try:
            while self._waiting:
                asked = list(self._waiting)
                with suppress(Problem):
                    unfinished = frozenset(await self._unfinished(asked))
                    self._tell([task for task in asked if task not in unfinished])
                await asyncio.sleep(TASK_LOOK_INTERVAL)
        finally:
            self._looks = False

    def _tell(self, tasks: Collection[str]) -> None:
        for task in tasks:
            for over in self._waiting.pop(task, []):
                if not over.done():
                    over.set_result(None)
