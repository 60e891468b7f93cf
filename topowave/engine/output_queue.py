"""The results: bounded, so that a program that never asks for them does not grow without end.

No result is lost that nobody has asked for. Where as many wait as are kept, no more tasks are taken until
some are asked for; those that were asked for are kept besides as long as there is room.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from itertools import islice

from topowave.engine.task_result import TaskResult
from topowave.engine.waiting_task import WaitingTask
from topowave.short_text import short_sentence


class ResultGoneError(LookupError):
    """There is no such task, or its result had to make room for others."""


class OutputQueueFullError(RuntimeError):
    """No more tasks are taken: so many results wait to be asked for as are kept."""


class Collected:
    """The results of several tasks, some of which are still to come.

    Attributes:
        found: those that are there, by the ids of their tasks.
        missing: the ids of the others.
        all_there: is done as soon as none is missing any more.
    """

    def __init__(self) -> None:
        self.found: dict[str, TaskResult] = {}
        self.missing: set[str] = set()
        self.all_there: Future[None] = Future()

    def take(self, result: TaskResult) -> bool:
        """Take one that was missing; returns whether it was the last."""
        self.missing.discard(result.id)
        self.found[result.id] = result
        return not self.missing


class OutputQueue:
    """Keeps results, and tells those who wait for one. Knows all tasks that have none yet.

    Args:
        size: how many results are kept. Of those already asked for the oldest leave first.

    Attributes:
        capacity: how many that are now; it grows with `keep_at_least`.
    """

    def __init__(self, size: int) -> None:
        self.capacity = self._size = size
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._all_done = threading.Condition(self._lock)
        self._unfinished: dict[str, WaitingTask] = {}
        self._new: dict[str, TaskResult] = {}
        self._seen: dict[str, TaskResult] = {}
        self._futures: dict[str, list[Future[TaskResult]]] = {}
        self._collecting: dict[str, list[Collected]] = {}
        self.finished = {"completed": 0, "failed": 0, "cancelled": 0}

    @property
    def size(self) -> int:
        """How many results are kept."""
        return len(self._new) + len(self._seen)

    @property
    def unfinished(self) -> int:
        """How many tasks have no result yet."""
        return len(self._unfinished)

    @property
    def unread(self) -> int:
        """How many results there are that nobody has asked for."""
        return len(self._new)

    @property
    def is_full(self) -> bool:
        """Whether no more tasks are to be taken now."""
        awaited = len(self._futures) + len(self._collecting)
        return len(self._new) + max(0, len(self._unfinished) - awaited) >= self._size

    def wait_for_room(self, timeout_s: float) -> None:
        """Wait until more tasks may be taken, however many come together. Raises OutputQueueFullError."""
        with self._lock:
            if not self._room.wait_for(lambda: not self.is_full, timeout_s):
                raise OutputQueueFullError(
                    f"{self._size:,} tasks have or will have results that nobody has asked for, and no more "
                    "are kept: ask for them (get_result, wait_all), or set output_queue_size higher"
                )

    def expect(self, tasks: Iterable[WaitingTask]) -> None:
        """Know tasks whose results are to come."""
        with self._lock:
            self._unfinished.update((task.id, task) for task in tasks)

    def keep_at_least(self, count: int) -> None:
        """Keep so many results from now on, if they were to be fewer."""
        with self._lock:
            self.capacity = max(self.capacity, count)

    def task(self, id: str) -> WaitingTask | None:
        """Return a task that has no result yet."""
        return self._unfinished.get(id)

    def put(self, results: Sequence[TaskResult]) -> None:
        """Take results; those of tasks that have one already are left out."""
        told: list[tuple[Future[TaskResult], TaskResult]] = []
        complete: list[Collected] = []
        with self._lock:
            for result in results:
                task = self._unfinished.pop(result.id, None)
                if task is None:
                    continue
                task.is_done = True
                self.finished[result.status] += 1
                futures = self._futures.pop(result.id, None)
                collecting = self._collecting.pop(result.id, None)
                (self._seen if futures or collecting else self._new)[result.id] = result
                if futures:
                    told += [(future, result) for future in futures]
                if collecting:
                    complete += [each for each in collecting if each.take(result)]
            self._make_room()
            self._room.notify_all()
            if not self._unfinished:
                self._all_done.notify_all()
        for future, result in told:
            with suppress(InvalidStateError):  # who waited has given up
                future.set_result(result)
        for each in complete:
            with suppress(InvalidStateError):
                each.all_there.set_result(None)

    def _make_room(self) -> None:
        # All at once: a dict finds its first entry by passing those that have left, each time anew.
        for each in list(islice(self._seen, max(0, self.size - self.capacity))):
            del self._seen[each]

    def _read(self, id: str) -> TaskResult | None:
        """Return a result, which from now on is one that was asked for."""
        if (result := self._new.pop(id, None)) is None:
            return self._seen.get(id)
        self._seen[id] = result
        self._room.notify_all()
        return result

    def get(self, id: str) -> TaskResult | Future[TaskResult]:
        """Return a result, or what will hold it. Raises ResultGoneError."""
        with self._lock:
            if (result := self._read(id)) is not None:
                return result
            if id not in self._unfinished:
                raise self._gone(id)
            future: Future[TaskResult] = Future()
            self._futures.setdefault(id, []).append(future)
            return future

    def collect(self, ids: Iterable[str] | None) -> Collected:
        """Return the results of tasks, and what waits for those that are still to come; None for just these.

        One who waits for many is woken once, not by each result, and has all of them even if meanwhile more
        come than are kept. Raises ResultGoneError.
        """
        collected = Collected()
        with self._lock:
            wanted = dict.fromkeys(self._unfinished if ids is None else ids)
            for each in wanted:
                result = self._new.get(each) or self._seen.get(each)
                if result is not None:
                    collected.take(result)
                elif each in self._unfinished:
                    collected.missing.add(each)
                else:
                    raise self._gone(each)
            for each in wanted:
                if each not in collected.found:
                    self._collecting.setdefault(each, []).append(collected)
                else:
                    self._read(each)
        if not collected.missing:
            collected.all_there.set_result(None)
        return collected

    def give_up(self, collected: Collected) -> None:
        """Forget somebody who collects no more."""
        with self._lock:
            for each in collected.missing:
                collecting = self._collecting.get(each, [])
                if collected in collecting:
                    collecting.remove(collected)
                if not collecting:
                    self._collecting.pop(each, None)

    def _gone(self, id: str) -> ResultGoneError:
        return ResultGoneError(
            f"there is no task {short_sentence(repr(id))}, or its result was asked for before and made room "
            f"for others: {self.capacity:,} are kept (output_queue_size in the settings)"
        )

    def forget(self, id: str, future: Future[TaskResult]) -> None:
        """Forget somebody who waits no more."""
        with self._lock:
            waiting = self._futures.get(id, [])
            if future in waiting:
                waiting.remove(future)
            if not waiting:
                self._futures.pop(id, None)

    def unfinished_ids(self) -> list[str]:
        """Return the tasks that have no result yet, in their order."""
        with self._lock:
            return list(self._unfinished)

    def kept(self) -> list[TaskResult]:
        """Return all results that are kept; they count as asked for."""
        with self._lock:
            self._seen.update(self._new)
            self._new = {}
            self._room.notify_all()
            return list(self._seen.values())

    def end(self, sentence: str) -> None:
        """Give every task a result that has none: nobody will run it any more."""
        self.put([TaskResult(each, "cancelled", sentence) for each in self.unfinished_ids()])

    def wait_all(self, timeout_s: float | None) -> bool:
        """Wait until every task has its result; returns whether that is so."""
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        with self._lock:
            while self._unfinished:
                left_s = None if until_s is None else until_s - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return False
                self._all_done.wait(left_s)
            return True
