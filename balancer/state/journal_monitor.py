"""The lab's tasks as its journal has them: the counts for the page, one task, a page of tasks.

The file is read in threads. While nodes report changes the counts are read twice a second, and until they
stay the same; an idle lab reads nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from topowave.balancer.limits import COUNTS_INTERVAL
from topowave.tasks import JournalError, JournalReader, TaskCounts, reader_at
from topowave.web.problem_details import Problem

T = TypeVar("T")


class JournalMonitor:
    """What the balancer reads of the journal, and its upkeep.

    Args:
        path: the journal; None where there is none.
        touch: called when the counts have changed.
        notify: called with a sentence for people.
    """

    def __init__(self, path: Path | None, touch: Callable[[], None], notify: Callable[[str], None]) -> None:
        self._reader = None if path is None else reader_at(path)
        self._touch = touch
        self._notify = notify
        self._changed = asyncio.Event()
        self._trouble: str | None = None
        self.last: TaskCounts | None = None
        """The counts as they were read last."""

    async def run(self, names: Collection[str]) -> None:
        """Follow the journal, for ever, after cancelling the tasks of all nodes but `names`."""
        if self._reader is None:
            return
        await self.forget_nodes(names)
        while True:
            try:
                counts = await asyncio.to_thread(self._reader.counts)
                await asyncio.to_thread(self._reader.upkeep)
                self._trouble = None
            except JournalError as error:
                counts = None
                if self._trouble is None:
                    self._notify(f"Tasks are not counted: {error}")
                self._trouble = str(error)
            if counts == self.last and counts is not None:
                await self._changed.wait()
            self._changed.clear()
            if counts != self.last:
                self.last = counts
                self._touch()
            await asyncio.sleep(COUNTS_INTERVAL)

    def changed(self) -> None:
        """Note that a node has reported a change."""
        self._changed.set()

    async def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            await asyncio.to_thread(self._reader.close)

    async def forget_nodes(self, names: Collection[str]) -> None:
        """Cancel the unfinished tasks of all nodes but `names`, which are those that run here."""
        if self._reader is None:
            return
        try:
            gone = await asyncio.to_thread(self._reader.forget_nodes, names)
        except JournalError as error:
            self._notify(f"Tasks of nodes that are gone could not be cancelled: {error}")
            return
        if gone:
            tasks = "1 task is" if gone == 1 else f"{gone} tasks are"
            self._notify(f"{tasks} cancelled: no node of this topology has them")
        self.changed()

    async def counts(self) -> TaskCounts | None:
        """Return the counts as they are now; None where the journal cannot be read."""
        if self._reader is None:
            return None
        try:
            return await asyncio.to_thread(self._reader.counts)
        except JournalError:
            return None

    async def task(self, id: str) -> dict[str, object]:
        """Return one task with its history. Raises Problem: 404 if unknown, 503 without a journal."""
        found = await self._read(lambda reader: reader.task(id))
        if found is None:
            raise Problem(404, "No such task", f"there is no task {id!r}, or it ended long ago")
        return found

    async def page(self, state: str | None, node: str | None, after: int, limit: int) -> dict[str, object]:
        """Return a page of tasks. Raises Problem (503) where the journal cannot be read."""
        return await self._read(lambda reader: reader.page(state, node, after, limit))

    async def _read(self, read: Callable[[JournalReader], T]) -> T:
        if self._reader is None:
            raise Problem(503, "No journal", "this lab keeps no journal of its tasks")
        try:
            return await asyncio.to_thread(read, self._reader)
        except JournalError as error:
            raise Problem(503, "No journal", str(error)) from None
