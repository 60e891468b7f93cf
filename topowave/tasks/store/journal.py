"""One process's way to write the journal: what happens in a moment is written in one transaction.

Theory of operation. All processes of a lab write one store. Commands wait in one queue a process and are
written in their order, by the event loop itself: a transaction takes a fraction of a millisecond, waits for
no disk, and never waits for another process. Where another one is
writing, the loop goes on and tries again a moment later. After a commit the process pauses for nine times as
long as it took, so commits take at most a tenth of its time, and the more there is to write the more goes
into one.

A command may be refused (new tasks) or it must come to pass (a task is done). If the journal cannot be
written, the first kind is refused with the reason, and the second waits until it can: there are never more
of those than cores and open moves. A node tells others of a command after its commit, from `then`.

A store that is a server's may keep its caller waiting. Then a thread of its own carries out each transaction,
one at a time, and the event loop hears when that is done; all else is as above. What a thread is at is not
refused, and not tried once more, until the thread has ended: it may have come to pass.

| the store says | what waits |
|---|---|
| done | is done; each `then` is called |
| another process is writing | waits some more; from PROMISE_TIMEOUT on, what may be refused is |
| it cannot be written | what may be refused is; the rest is tried again, with the store opened anew |
| its files are others, or overwritten | what may be refused is, from now on; the store is not opened again |
| nobody knows whether it was done | that is asked until it is known; what waits behind it is as above |
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from topowave.tasks import limits
from topowave.tasks.commands import Command
from topowave.tasks.errors import JournalBusyError, JournalDoubtError, JournalError, JournalLostError
from topowave.tasks.store.base import Store

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Entry:
    """A command that waits, and what is called with its result."""

    command: Command[Any]
    then: Callable[[Any], None]
    refused: Callable[[JournalError], None] | None


class _Thread(threading.Thread):
    """A thread that carries out a batch, and no other one; it never keeps its process from ending.

    outcome: once it has ended, the results, or why there are none.
    took: how long it took (s).
    """

    def __init__(
        self,
        batch: list[_Entry],
        carry_out: Callable[[list[_Entry]], list[Any]],
        loop: asyncio.AbstractEventLoop,
        ended: Callable[[_Thread], None],
    ) -> None:
        super().__init__(name="journal", daemon=True)
        self.batch = batch
        self.outcome: list[Any] | BaseException = []
        self.took = 0.0
        self._carry_out = carry_out
        self._loop = loop
        self._ended = ended
        self.start()

    def run(self) -> None:
        """Carry it out, and let the event loop know."""
        began = time.perf_counter()
        try:
            self.outcome = self._carry_out(self.batch)
        except BaseException as error:  # noqa: BLE001 - raised where somebody hears of it
            self.outcome = error
        self.took = time.perf_counter() - began
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._ended, self)


class Journal:
    """The journal, as one process writes it; made inside a running event loop.

    Args:
        open_store: opens the store, at the first command and after it has failed. Raises JournalError.
        in_threads: whether the store may keep its caller waiting.
    """

    def __init__(self, open_store: Callable[[], Store], *, in_threads: bool = False) -> None:
        self.open_store = open_store
        self._in_threads = in_threads
        self._thread: _Thread | None = None
        self._doubtful: list[_Entry] = []
        self.store: Store | None = None
        """The store while it is open."""
        self._waiting: deque[_Entry] = deque()
        self._timer: asyncio.Handle | None = None
        self._loop = asyncio.get_running_loop()
        self._rest_until = 0.0
        self._busy_since: float | None = None
        self._busy_pause = limits.BUSY_FIRST
        self.commits = 0
        """How many transactions were written."""
        self._lost: JournalLostError | None = None
        self.problem: JournalError | None = None
        """Why the last attempt to write failed; None if it did not."""

    def write(
        self,
        command: Command[T],
        then: Callable[[T], None],
        refused: Callable[[JournalError], None] | None = None,
    ) -> None:
        """Write a command soon, after those before it.

        Args:
            command: what is to be done.
            then: called after the commit with what came of it.
            refused: called instead where the journal cannot be written; None for what must come to pass.
        """
        if refused is not None and len(self._waiting) >= limits.CHANGES_WAITING:
            refused(JournalError(f"{limits.CHANGES_WAITING} changes wait to be written to the journal"))
            return
        self._waiting.append(_Entry(command, then, refused))
        if self._timer is None:
            self._flush_at(self._rest_until)

    async def commit(self, command: Command[T], then: Callable[[T], None], undo: Callable[[], None]) -> None:
        """Write a command that may be refused, and wait for its commit.

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

        self.write(command, done, refused)
        await written

    async def settle(self, command: Command[T], then: Callable[[T], None]) -> None:
        """Write a command that must come to pass, and wait for its commit, for as long as it takes."""
        written: asyncio.Future[None] = self._loop.create_future()

        def done(result: T) -> None:
            then(result)
            if not written.done():
                written.set_result(None)

        self.write(command, done)
        await written

    def close(self) -> None:
        """Write what waits, if that can be done within CLOSE_WAIT_MS, and close."""
        if self._waiting and self.store is not None:
            self.store.wait_for_others(limits.CLOSE_WAIT_MS)
        if self._thread is None or self._end_of(self._thread):
            while (self._waiting or self._doubtful) and self._flush_once():
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
        if self._in_threads:
            batch = self._next()
            if batch:
                self._thread = _Thread(batch, self._carry_out, self._loop, self._thread_ended)
                self._timer = self._loop.call_later(limits.PROMISE_TIMEOUT, self._thread_is_slow)
            return
        self._flush_once()
        self._go_on()

    def _go_on(self) -> None:
        if (self._waiting or self._doubtful) and self._timer is None:
            self._flush_at(self._rest_until)

    def _flush_once(self) -> bool:
        """Write the commands that have waited longest; returns whether that went well."""
        batch = self._next()
        if not batch:
            return True
        if self._in_threads:
            return self._end_of(_Thread(batch, self._carry_out, self._loop, lambda _: None))
        began = time.perf_counter()
        try:
            results = self._carry_out(batch)
        except JournalError as error:
            self._failed(batch, error)
            return False
        self._written(batch, results, time.perf_counter() - began)
        return True

    def _carry_out(self, batch: list[_Entry]) -> list[Any]:
        store = self.store or self._open()
        return store.execute([entry.command for entry in batch])

    def _thread_ended(self, thread: _Thread) -> None:
        if self._thread is not thread:
            return  # `close` has waited for it
        self._thread = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._take_in(thread)
        self._go_on()

    def _thread_is_slow(self) -> None:
        self._timer = None
        self.problem = JournalBusyError("the journal's server takes too long")
        self._refuse(self.problem)
        self._timer = self._loop.call_later(limits.PROMISE_TIMEOUT, self._thread_is_slow)

    def _end_of(self, thread: _Thread) -> bool:
        """Wait for a thread, CLOSE_WAIT_MS at the most; returns whether it has written its commands."""
        self._thread = None
        thread.join(limits.CLOSE_WAIT_MS / 1000)
        return not thread.is_alive() and self._take_in(thread)

    def _take_in(self, thread: _Thread) -> bool:
        """Take in what a thread did; returns whether it has written its commands."""
        match thread.outcome:
            case JournalError() as error:
                self._failed(thread.batch, error)
                return False
            case BaseException() as error:
                raise error
            case results:
                self._written(thread.batch, results, thread.took)
                return True

    def _written(self, batch: list[_Entry], results: list[Any], took: float) -> None:
        self._doubtful = []
        pause = min(limits.COMMIT_PAUSE_MOST, took * (1 / limits.COMMIT_SHARE - 1))
        self._rest_until = self._loop.time() + pause
        self.commits += 1
        self.problem = self._busy_since = None
        self._busy_pause = limits.BUSY_FIRST
        for entry, result in zip(batch, results, strict=True):
            try:
                entry.then(result)
            except Exception as error:  # noqa: BLE001 - it is written, and the others wait to hear so
                context = {"message": "what was to follow a commit failed", "exception": error}
                self._loop.call_exception_handler(context)

    def _next(self) -> list[_Entry]:
        """Return what is to be written next: what is in doubt, or what has waited longest."""
        return self._doubtful or self._batch()

    def _batch(self) -> list[_Entry]:
        batch: list[_Entry] = []
        rows = 0
        waiting = self._waiting
        while waiting:
            rows += waiting[0].command.rows
            if batch and rows > limits.COMMIT_ROWS:
                break
            batch.append(waiting.popleft())
        return batch

    def _failed(self, batch: list[_Entry], error: JournalError) -> None:
        now = self._loop.time()
        if isinstance(error, JournalDoubtError):
            self._doubtful = batch
        else:
            self._doubtful = []
            self._waiting.extendleft(reversed(batch))
        if isinstance(error, JournalBusyError):
            self._busy_since = self._busy_since or now
            self._flush_at(now + self._busy_pause)
            self._busy_pause = min(2 * self._busy_pause, limits.BUSY_MOST)
            if now - self._busy_since < limits.PROMISE_TIMEOUT:
                return
        else:
            if isinstance(error, JournalLostError):
                self._lost = error
            if self.store is not None and self.store.durable and not self._doubtful:
                self._disconnect()  # the next attempt opens it anew, should it be another one by then
            self._flush_at(now + limits.RETRY_PAUSE)
        self.problem = error
        self._refuse(self.problem)

    def _refuse(self, reason: JournalError) -> None:
        """Refuse what may be refused; the rest goes on waiting."""
        refused = [entry.refused for entry in self._waiting if entry.refused is not None]
        self._waiting = deque(entry for entry in self._waiting if entry.refused is None)
        if not self._waiting:
            self._busy_since = None  # nothing waits for the lock any longer
        for notify in refused:
            notify(reason)

    def _open(self) -> Store:
        if self._lost is not None:
            raise self._lost.again()
        self.store = self.open_store()
        return self.store

    def _disconnect(self) -> None:
        store, self.store = self.store, None
        if store is not None:
            store.close()
