"""The lab's tasks as its journal has them: the counts for the page, one task, a page of tasks.

The journal is read in threads. While nodes report changes the counts are read twice a second, and until they
stay the same; an idle lab reads nothing, only looks whether the journal is there still, and once in a while
lets go what has become too old. Whether it can be written is looked at apart (`journal_writes.py`): every
failure to write, of the balancer's or of a node that it asked, is a reason to look at once.

The tasks of nodes that have left are pending once their network has gone, and come to others. That may have
to wait for the journal's lock, or until the journal can be written again, and meanwhile their nodes may be
back in another network, or that may be asked for (`nodes_change`). So it begins when no other network is
asked for, and it spares the nodes of the moment in which it is done: those that run, and those of a network
asked for since.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from topowave.balancer.limits import COUNTS_INTERVAL, JOURNAL_INTERVAL, UPKEEP_INTERVAL
from topowave.balancer.state.journal_writes import JournalWrites
from topowave.balancer.threads import in_a_thread
from topowave.tasks import (
    JournalDoubtError,
    JournalError,
    JournalFullError,
    JournalLostError,
    JournalPlace,
    JournalReader,
    PendingTask,
    TaskCounts,
    reader_at,
)
from topowave.tasks.commands import Command, PutBack
from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.groups import ALL, GroupedTasks, GroupFilter
from topowave.tasks.listing import Cursor, Sort, TaskFilter
from topowave.tasks.retention import Retention
from topowave.translation import counted, text
from topowave.web.problem_details import RETRY_SOON, Problem

LOG = logging.getLogger("topowave.balancer")

T = TypeVar("T")

NO_ROOM = 507
"""The status of a refusal that says that there is no room on the journal's disk."""


class JournalMonitor:
    """What the balancer reads of the journal, and its upkeep.

    Args:
        place: the journal; None where there is none.
        touch: called when the counts have changed.
        notify: called with a sentence for people.
        names: called for the nodes that run here now, in any thread.
        kept: what is kept of tasks that are over; None for the usual.
        counted: called with the counts whenever they are read, also if they are as before.
        put_back: called with how many failed tasks of each node were put back, whenever that is read.
    """

    def __init__(
        self,
        place: JournalPlace | Path | None,
        touch: Callable[[], None],
        notify: Callable[[str], None],
        names: Callable[[], Collection[str]],
        kept: Retention | None = None,
        counted: Callable[[TaskCounts], None] = lambda _: None,
        put_back: Callable[[Mapping[str, int]], None] = lambda _: None,
    ) -> None:
        self._reader = None if place is None else reader_at(place, kept)
        self._writes = None if self._reader is None else JournalWrites(self._reader.try_write, notify)
        self._touch = touch
        self._notify = notify
        self._names = names
        self._counted = counted
        self._put_back = put_back
        self._forgetting = asyncio.Lock()
        self._asked: list[Collection[str]] = []
        self._ever_asked = 0
        self._settled = asyncio.Event()
        self._settled.set()
        self._some_are_gone = True
        self._told_of_gone = False
        self._changed = asyncio.Event()
        self._trouble: str | None = None
        self.last: TaskCounts | None = None
        """The counts as they were read last."""
        self.commits = 0
        """Transactions that the balancer wrote."""
        self.forgotten = 0
        """Tasks that became pending since their node had left."""

    @property
    def is_there(self) -> bool:
        """Whether this lab has a journal that all its nodes share."""
        return self._reader is not None

    @property
    def trouble(self) -> str | None:
        """Why it could not be read the last time; None where it could, or there is none."""
        return self._trouble

    @property
    def write_trouble(self) -> str | None:
        """Why it could not be written the last time; None where it could, or there is none."""
        return None if self._writes is None else self._writes.trouble

    def doubt_writes(self, refusal: Problem | None = None) -> None:
        """Note that somebody could not write: it is looked at soon whether that is so still.

        Args:
            refusal: what he was told; None where nobody was told anything.
        """
        if self._writes is None:
            return
        if refusal is not None and refusal.status == NO_ROOM:
            self._writes.no_room(refusal.detail)
        self._writes.doubt()
        self._changed.set()

    async def run(self) -> None:
        """Follow the journal, for ever, and let the tasks of nodes that are gone be pending."""
        if self._reader is None or self._writes is None:
            return
        while True:
            if self._some_are_gone and self._settled.is_set():
                await self.forget_nodes()
            try:
                await in_a_thread(self._reader.upkeep)
            except JournalError:
                self._writes.doubt()  # if it cannot be read either, that shows at once
            try:
                counts = await in_a_thread(self._reader.counts)
                self._put_back(await in_a_thread(self._reader.put_back))
                self._trouble = None
            except JournalError as error:
                counts = None
                self._tell(error)
            if counts is not None:
                self._counted(counts)
                if self._writes.is_due(is_idle=self._is_idle):
                    await self._writes.look()
            if counts == self.last and counts is not None and not self._some_are_gone:
                await self._until_something_changes(self._reader, self._writes)
            self._changed.clear()
            if counts != self.last:
                self.last = counts
                self._touch()
            await asyncio.sleep(COUNTS_INTERVAL)

    def _tell(self, error: JournalError) -> None:
        """Say why the tasks are not counted: once, and once more where they never will be."""
        lost = isinstance(error, JournalLostError) and self._trouble != str(error)
        if self._trouble is None or lost:
            self._notify(text("Tasks are not counted: {why}", why=str(error)))
            LOG.warning("tasks are not counted: %s", error)
        self._trouble = str(error)

    @property
    def _is_idle(self) -> bool:
        """Whether all tasks are over, so that nobody is to write."""
        counts = self.last
        return counts is None or not (counts.pending + counts.assigned + counts.moving + counts.running)

    async def _until_something_changes(self, reader: JournalReader, writes: JournalWrites) -> None:
        """Wait until a node reports a change, the journal is no longer there, or something is due."""
        due = time.monotonic() + UPKEEP_INTERVAL
        while time.monotonic() < due and not writes.is_due(is_idle=self._is_idle):
            try:
                async with asyncio.timeout(JOURNAL_INTERVAL):
                    await self._changed.wait()
                return
            except TimeoutError:
                try:
                    await in_a_thread(reader.check)
                except JournalError:
                    return

    def changed(self) -> None:
        """Note that a node has reported a change."""
        self._changed.set()

    async def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            await in_a_thread(self._reader.close)

    async def forget_nodes(self) -> None:
        """Let tasks of nodes that do not run here be pending; where that fails, `run` tries again."""
        if self._reader is None:
            return
        asked = -1
        while asked != self._ever_asked:  # once more if a network was asked for meanwhile: it may be refused
            await self._settled.wait()
            async with self._forgetting:
                asked = self._ever_asked
                try:
                    gone = await in_a_thread(self._reader.forget_nodes, self._spared)
                except JournalError as error:
                    self.doubt_writes()
                    if not self._told_of_gone:
                        self._notify(
                            text(
                                "Tasks of nodes that have left cannot go to others yet: {why}", why=str(error)
                            )
                        )
                    self._some_are_gone = self._told_of_gone = True
                    return
                self.forgotten += gone
            if gone:
                self._notify(
                    counted(
                        "{count} task is pending, and goes to another node: its own has left",
                        "{count} tasks are pending, and go to other nodes: theirs have left",
                        gone,
                    )
                )
        self._some_are_gone = self._told_of_gone = False
        self.changed()

    async def handed_over_since(self, forgotten: int) -> int | None:
        """Return how many tasks became pending since their nodes had left, since `forgotten` had.

        Returns:
            None while that is open: another network is asked for already, or the journal cannot be written.
        """
        if self._reader is None or not self._settled.is_set():
            return None
        await self.forget_nodes()
        return None if self._some_are_gone else self.forgotten - forgotten

    @contextmanager
    def nodes_change(self, names: Collection[str]) -> Generator[None]:
        """Take no tasks from nodes while another network is asked for, and none from its nodes.

        Args:
            names: of the nodes that are to run here.
        """
        self._asked.append(names)
        self._ever_asked += 1
        self._settled.clear()
        try:
            yield
        finally:
            self._asked.remove(names)
            if not self._asked:
                self._settled.set()

    def _spared(self) -> Collection[str]:
        """Return the nodes whose tasks stay; called in a thread, when the journal's lock is held."""
        return {*self._names(), *(name for names in tuple(self._asked) for name in names)}

    async def check(self) -> None:
        """Raise Problem (503) where tasks cannot be moved: the journal is not the lab's own any more."""
        if self._reader is not None:
            await self._read(lambda reader: reader.check())

    async def counts(self) -> TaskCounts | None:
        """Return the counts as they are now; None where the journal cannot be read."""
        if self._reader is None:
            return None
        try:
            return await in_a_thread(self._reader.counts)
        except JournalError:
            return None

    async def task(self, id: str) -> dict[str, object]:
        """Return one task with its history. Raises Problem: 404 if unknown, 503 without a journal."""
        # No id has a NUL, and PostgreSQL would not even look for a text with one.
        found = None if "\0" in id else await self._read(lambda reader: reader.task(id))
        if found is None:
            raise Problem(
                404, text("No such task"), text("there is no task {task!r}, or it ended long ago", task=id)
            )
        return found

    async def unfinished(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks are not over. Raises Problem (503) as `page` does."""
        return await self._read(lambda reader: reader.unfinished(ids))

    async def pending(
        self, after: PendingTask | None, limit: int, discipline: Discipline
    ) -> tuple[PendingTask, ...]:
        """Return pending tasks that may be placed now, as `JournalReader.pending` does; Problem (503)."""
        return await self._read(lambda reader: reader.pending(after, limit, discipline))

    async def execute(self, *batch: Command[Any]) -> list[Any]:
        """Carry out commands about tasks that are on no node, in one transaction.

        Raises:
            Problem: 503 where the journal cannot be written, 507 where there is no room on its disk.
        """
        try:
            results = await self._read(lambda reader: reader.execute(batch))
        except Problem as refusal:
            self.doubt_writes(refusal)
            raise
        self.commits += 1
        self.changed()
        return results

    async def put_back(self, id: str) -> bool:
        """Let a failed task be pending; False where it has not failed. Raises Problem as `execute` does."""
        (back,) = await self.execute(PutBack((id,)))
        with suppress(JournalError):  # else it is read with the counts
            if self._reader is not None:
                self._put_back(await in_a_thread(self._reader.put_back))
        return bool(back)

    async def page(
        self, wanted: TaskFilter, sort: Sort, after: Cursor | None, limit: int, skip: int = 0
    ) -> dict[str, object]:
        """Return a page of tasks. Raises TooFarError, and Problem (503) where the journal cannot be read."""
        return await self._read(lambda reader: reader.page(wanted, sort, after, limit, skip))

    async def count(self, wanted: TaskFilter, sort: Sort) -> tuple[int, bool]:
        """Return how many tasks a listing has, and whether that is exact. Raises Problem as `page` does."""
        return await self._read(lambda reader: reader.count(wanted, sort))

    async def grouped(self, wanted: GroupFilter = ALL) -> GroupedTasks:
        """Return how many tasks that are wanted there are of each kind. Raises Problem as `page` does."""
        return await self._read(lambda reader: reader.grouped(wanted))

    async def _read(self, read: Callable[[JournalReader], T]) -> T:
        if self._reader is None:
            raise Problem(503, text("No journal"), text("this lab keeps no journal of its tasks"))
        try:
            return await in_a_thread(read, self._reader)
        except (JournalLostError, JournalDoubtError) as error:  # for ever, or nobody knows what was done
            raise Problem(503, text("No journal"), str(error)) from None
        except JournalFullError as error:
            raise Problem(NO_ROOM, text("No room for the journal"), str(error), headers=RETRY_SOON) from None
        except JournalError as error:
            raise Problem(503, text("No journal"), str(error), headers=RETRY_SOON) from None
