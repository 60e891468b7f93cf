"""One process's way to write the journal: what happens in a moment is written in one transaction.

Theory of operation. All processes of a lab write one SQLite file in its write-ahead-log mode. Changes wait
in one queue a process and are written in their order, by the event loop itself: a transaction takes a
fraction of a millisecond, waits for no disk, and never waits for another process. Where another one is
writing, the loop goes on and tries again a moment later. After a commit the process pauses for nine times as
long as it took, so commits take at most a tenth of its time, and the more there is to write the more goes
into one.

A change may be refused (new tasks) or it must come to pass (a task is done). If the journal cannot be
written, the first kind is refused with the reason, and the second waits until it can: there are never more
of those than cores and open moves. What a node tells others it tells after the commit, from `then`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from topowave.tasks import limits
from topowave.tasks.errors import JournalError, as_journal_error, is_busy
from topowave.tasks.store.connection import open_journal, private_journal

T = TypeVar("T")
Change = Callable[[sqlite3.Connection], T]


@dataclass(eq=False, slots=True)
class _Entry:
    """A change that waits: what it does, how many rows about, and who is told what came of it."""

    change: Change[Any]
    rows: int
    then: Callable[[Any], None]
    refused: Callable[[JournalError], None] | None


class Journal:
    """The journal, as one process writes it; made inside a running event loop.

    Args:
        path: the file; None for a journal in memory that nobody else sees.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._waiting: deque[_Entry] = deque()
        self._timer: asyncio.Handle | None = None
        self._loop = asyncio.get_running_loop()
        self._rest_until = 0.0
        self._busy_since: float | None = None
        self._busy_pause = limits.BUSY_FIRST
        self.commits = 0
        """How many transactions were written."""
        self.problem: JournalError | None = None
        """Why the last attempt to write failed; None if it did not."""

    def write(
        self,
        change: Change[T],
        then: Callable[[T], None],
        refused: Callable[[JournalError], None] | None = None,
        rows: int = 1,
    ) -> None:
        """Write a change soon, after those before it.

        Args:
            change: carries it out; raises nothing but SQLite's errors.
            then: called after the commit with what the change returned.
            refused: called instead where the journal cannot be written; None for what must come to pass.
            rows: how many tasks it writes, about.
        """
        if refused is not None and len(self._waiting) >= limits.CHANGES_WAITING:
            refused(JournalError(f"{limits.CHANGES_WAITING} changes wait to be written to the journal"))
            return
        self._waiting.append(_Entry(change, rows, then, refused))
        if self._timer is None:
            self._flush_at(self._rest_until)

    async def commit(
        self, change: Change[T], then: Callable[[T], None], undo: Callable[[], None], rows: int = 1
    ) -> None:
        """Write a change that may be refused, and wait for its commit.

        `then` is called after it and `undo` where it is refused, also if nobody waits any more.

        Raises:
            JournalError: it was not written, and will not be.
        """
        written: asyncio.Future[None] = self._loop.create_future()

        def done(result: T) -> None:
            then(result)
            if not written.done():
                written.set_result(None)

        def refused(error: JournalError) -> None:
            undo()
            if not written.done():
                written.set_exception(error)

        self.write(change, done, refused, rows)
        await written

    async def settle(self, change: Change[T], then: Callable[[T], None]) -> None:
        """Write a change that must come to pass, and wait for its commit, for as long as it takes."""
        written: asyncio.Future[None] = self._loop.create_future()

        def done(result: T) -> None:
            then(result)
            if not written.done():
                written.set_result(None)

        self.write(change, done)
        await written

    def close(self) -> None:
        """Write what waits, if that can be done within CLOSE_WAIT_MS, and close."""
        if self._waiting and self._db is not None:
            self._db.execute(f"PRAGMA busy_timeout = {limits.CLOSE_WAIT_MS}")
        while self._waiting and self._flush_once():
            pass
        self._refuse(JournalError("the node is stopping"))
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._disconnect()

    def _flush_at(self, when: float) -> None:
        wait = when - self._loop.time()
        self._timer = (
            self._loop.call_later(wait, self._flush) if wait > 0 else self._loop.call_soon(self._flush)
        )

    def _flush(self) -> None:
        self._timer = None
        self._flush_once()
        if self._waiting and self._timer is None:
            self._flush_at(self._rest_until)

    def _flush_once(self) -> bool:
        """Write the changes that have waited longest; returns whether that went well."""
        batch = self._batch()
        if not batch:
            return True
        began = time.perf_counter()
        try:
            results = self._transact(batch)
        except (sqlite3.Error, JournalError) as error:
            self._waiting.extendleft(reversed(batch))
            self._failed(error)
            return False
        took = time.perf_counter() - began
        pause = min(limits.COMMIT_PAUSE_MOST, took * (1 / limits.COMMIT_SHARE - 1))
        self._rest_until = self._loop.time() + pause
        self.commits += 1
        self.problem = self._busy_since = None
        self._busy_pause = limits.BUSY_FIRST
        for entry, result in zip(batch, results, strict=True):
            try:
                entry.then(result)
            except Exception as error:  # noqa: BLE001 - it is written, and the others wait to hear so
                told = {"message": "what was to follow a commit failed", "exception": error}
                self._loop.call_exception_handler(told)
        return True

    def _batch(self) -> list[_Entry]:
        batch: list[_Entry] = []
        rows = 0
        while self._waiting and (not batch or rows + self._waiting[0].rows <= limits.COMMIT_ROWS):
            rows += self._waiting[0].rows
            batch.append(self._waiting.popleft())
        return batch

    def _transact(self, batch: list[_Entry]) -> list[object]:
        db = self._db or self._connect()
        db.execute("BEGIN IMMEDIATE")
        try:
            results = [entry.change(db) for entry in batch]
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors end the transaction by themselves
                db.execute("ROLLBACK")
            raise
        return results

    def _failed(self, error: sqlite3.Error | JournalError) -> None:
        now = self._loop.time()
        if isinstance(error, sqlite3.Error) and is_busy(error):
            self._busy_since = self._busy_since or now
            self._flush_at(now + self._busy_pause)
            self._busy_pause = min(2 * self._busy_pause, limits.BUSY_MOST)
            if now - self._busy_since < limits.PROMISE_TIMEOUT:
                return
        else:
            if self._path is not None:
                self._disconnect()  # the next attempt opens it anew, should it be another file by then
            self._flush_at(now + limits.RETRY_PAUSE)
        self.problem = error if isinstance(error, JournalError) else as_journal_error(error)
        self._refuse(self.problem)

    def _refuse(self, reason: JournalError) -> None:
        """Refuse what may be refused; the rest goes on waiting."""
        refused = [entry.refused for entry in self._waiting if entry.refused is not None]
        self._waiting = deque(entry for entry in self._waiting if entry.refused is None)
        if not self._waiting:
            self._busy_since = None  # nothing waits for the lock any longer
        for tell in refused:
            tell(reason)

    def _connect(self) -> sqlite3.Connection:
        self._db = private_journal() if self._path is None else open_journal(self._path, wait=0)
        return self._db

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()


_shared: dict[Path, tuple[Journal, int]] = {}


@asynccontextmanager
async def journal_at(path: Path | None) -> AsyncGenerator[Journal]:
    """Use a journal; all nodes of a process that name the same file share one."""
    if path is None:
        journal = Journal(None)
        try:
            yield journal
        finally:
            journal.close()
        return
    journal, users = _shared.get(path) or (Journal(path), 0)
    _shared[path] = journal, users + 1
    try:
        yield journal
    finally:
        journal, users = _shared.pop(path)
        if users > 1:
            _shared[path] = journal, users - 1
        else:
            journal.close()
