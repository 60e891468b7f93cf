"""The thread that gives tasks to workers, takes what comes out, and looks after both.

Theory of operation. All that workers are and have belongs to this thread; others only put tasks into the
input queue, leave a command and wake it. One turn of its loop:

    what workers have said -> commands -> workers that have ended -> retries that are due -> deadlines
    -> tasks to the least loaded workers -> results into the output queue -> wait

What must hold: a task is in the input queue, with one worker, or waits for a retry, until it has its one
result. What may fail, and what follows:

- A task is overdue or cancelled. A worker with one task at a time is killed, and another one takes its
  place. One with several gets nothing new and is killed as soon as the others are through; its place is taken
  at once.
- A worker ends by itself, or does not answer when a task is overdue. With one task at a time the one that
  it was at is to blame. With several it is not known which was, so each is tried again alone in a worker.
- A worker ends while it starts. It is tried again; after FAILED_STARTS in a row the tasks of its kind fail.
- The program ends without a shutdown. When its main thread is gone, the workers are killed.
"""

from __future__ import annotations

import logging
import selectors
import signal
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Literal

from topowave.engine.attempts import Attempts
from topowave.engine.config import EngineConfig
from topowave.engine.input_queue import InputQueue
from topowave.engine.limits import (
    END_S,
    PING_S,
)
from topowave.engine.outcomes import Outcome, read
from topowave.engine.output_queue import OutputQueue
from topowave.engine.portions import Portions
from topowave.engine.task import TaskType
from topowave.engine.waiting_task import WaitingTask
from topowave.engine.worker import Worker
from topowave.engine.worker_link import LinkBrokenError
from topowave.engine.worker_process import PING, READY
from topowave.engine.worker_starts import WorkerStarts

logger = logging.getLogger("topowave.engine")
_NEVER_S = float("inf")


class Dispatcher:
    """Runs the tasks of the input queue and puts their results into the output queue."""

    def __init__(self, config: EngineConfig, waiting: InputQueue, results: OutputQueue) -> None:
        self._config = config
        self._input = waiting
        self._output = results
        self._starts = WorkerStarts(config)
        self.counts = self._starts.counts
        self.failed_starts = self._starts.failed
        self.workers: list[Worker] = []
        self.restarts = 0
        self.beat_s = time.monotonic()
        self._attempts = Attempts()
        self._portions = Portions(waiting, self._attempts)
        self._cancelled: deque[WaitingTask] = deque()
        self._ended: deque[Worker] = deque()
        self._stopping: Literal["finish", "now"] | None = None
        self._next_check_s = _NEVER_S
        self._next_look_s = 0.0
        self._woken = False
        self._is_staffed = False
        self._selector = selectors.DefaultSelector()
        self._wakes, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._wakes.setblocking(False)
        self._selector.register(self._wakes, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="topowave-engine", daemon=True)

    # From other threads.

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Let it look at what has changed."""
        if not self._woken:
            self._woken = True
            with suppress(OSError):  # it is full, so the thread wakes anyway; or closed
                self._waker.send(b"w")

    def cancel(self, task: WaitingTask) -> None:
        """Let a task that does not wait in the input queue have no result."""
        self._cancelled.append(task)
        self.wake()

    def stop(self, *, finish: bool, timeout_s: float | None = None) -> bool:
        """End, after what there is to do or at once; returns whether it has ended.

        Args:
            finish: whether all tasks are still to be done.
            timeout_s: how long to wait for the end; None for as long as it takes.
        """
        if self._stopping != "now":
            self._stopping = "finish" if finish else "now"
            self._attempts.are_over = not finish
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # The loop.

    def _run(self) -> None:
        # Workers begin with what is blocked here: a Ctrl-C is not for them, also while they start.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            while not self._is_over():
                for key, events in self._selector.select(self._wait_s()):
                    self._serve(key, events)
                self.beat_s = time.monotonic()
                self._take_commands()
                self._settle_ended()
                self._look_at_clock()
                self._start_workers()
                self._assign()
                self._hand_in()
        except BaseException:
            logger.exception("the engine ends")
            raise
        finally:
            self._end_all()

    def _wait_s(self) -> float:
        if self._ended or self._cancelled:
            return 0.0
        until_s = min(self._next_check_s, self._attempts.next_s)
        return max(0.0, min(self._config.health_check_interval, until_s - time.monotonic()))

    def _serve(self, key: selectors.SelectorKey, events: int) -> None:
        worker: Worker | None = key.data
        if worker is not None and key.fileobj == worker.end:
            self._ended.append(worker)
            self._selector.unregister(worker.end)
            return
        if worker is None:
            self._woken = False
            with suppress(OSError):
                self._wakes.recv(1024)
            return
        try:
            if events & selectors.EVENT_WRITE:
                worker.link.flush()
                self._listen(worker)
            if events & selectors.EVENT_READ:
                self._hear(worker)
        except LinkBrokenError:
            self._lose(worker)

    def _hear(self, worker: Worker) -> None:
        for message in worker.receive():
            if isinstance(message, bytes):
                try:
                    for outcome in read(message):
                        self._take_outcome(worker, outcome)
                except ValueError as error:
                    raise LinkBrokenError from error
                worker.note_begun()
            elif message == READY and worker.state == "starting":
                worker.state, worker.was_ready = "ready", True
                worker.until_s = _NEVER_S
                self.failed_starts[worker.kind] = 0
            elif message == PING and worker.state in {"ready", "retiring"}:
                worker.until_s = _NEVER_S
                if worker.is_asked:
                    worker.is_asked = False
                    self._end_overdue(worker, time.monotonic())

    def _read_outbox(self, worker: Worker) -> None:
        """Take what a worker that may be stuck would still have said; what it is at now began no later."""
        since_s = worker.since_s
        for outcome in worker.read_outbox():
            self._take_outcome(worker, outcome)
        worker.note_begun()
        worker.since_s = since_s

    def _listen(self, worker: Worker) -> None:
        """Wait for what a worker says, and until it takes what it was told."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.link.is_full else 0)
        self._selector.modify(worker.link, events, worker)

    def _lose(self, worker: Worker) -> None:
        """Hear no more of a worker: its process has ended, or is ended now."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(worker.link)
        worker.state = "ending"
        worker.kill()

    # What comes out of tasks.

    def _take_outcome(self, worker: Worker, outcome: Outcome) -> None:
        task = worker.take_away(outcome.number)
        if outcome.retire and worker.state == "ready":
            self._retire(worker)
        elif worker.state == "retiring" and not worker.assigned:
            self._kill(worker)
        if task is None:
            return
        worker.done += 1
        task.attempts += 1
        if outcome.reason is None and not task.is_cancelled:
            self._attempts.succeed(task, outcome.text, outcome.duration_s, outcome.output, worker.name)
        elif outcome.reason == "memory" and not worker.is_sequential and not task.alone:
            task.alone = True  # another task may have taken the memory
            self._input.put_back([task])
        else:
            reason = outcome.reason or "cancelled"
            self._attempts.fail(task, reason, outcome.text, worker.name, outcome.duration_s, outcome.output)

    def _hand_in(self) -> None:
        if results := self._attempts.take_results():
            self._output.put(results)

    # What ends before its time.

    def _take_commands(self) -> None:
        while self._cancelled:
            task = self._cancelled.popleft()
            if task.is_done:
                continue
            for worker in self.workers:
                if task.number in worker.assigned and worker.is_sequential:
                    self._read_outbox(worker)
                    self._input.put_back(worker.take_back())
                if task.number in worker.assigned:
                    if task in worker.begun():
                        task.attempts += 1
                    worker.take_away(task.number)
                    worker.note_begun()
                    self._abandon(worker)
            self._input.remove(task)  # where it has come back meanwhile
            self._attempts.fail(task, "cancelled", "it was cancelled")

    def _look_at_clock(self) -> None:
        now_s = time.monotonic()
        if again := self._attempts.due(now_s):
            self._input.put_back(again)
        if not threading.main_thread().is_alive() and self._stopping != "now":
            self._input.close()
            self._stopping, self._attempts.are_over = "now", True
        if self._stopping == "now":
            self._cancel_everything()
        if now_s >= self._next_check_s:
            self._check_deadlines(now_s)
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + self._config.health_check_interval
            for worker in self.workers:
                if worker.state in {"ready", "retiring"} and worker.is_stopped():
                    worker.was_stopped = True
                    self._lose(worker)

    def _check_deadlines(self, now_s: float) -> None:
        for worker in list(self.workers):
            if now_s >= worker.until_s:
                worker.until_s = _NEVER_S
                worker.was_stuck, worker.is_asked = worker.is_asked, False
                self._kill(worker)
            elif worker.overdue(now_s) and not worker.is_asked:
                if worker.is_sequential:
                    self._read_outbox(worker)
                if worker.is_sequential or len(worker.begun()) <= 1:
                    self._end_overdue(worker, now_s)
                else:
                    # One that holds Python's lock keeps all others from returning: then any may be to blame.
                    worker.is_asked = True
                    self._ask(worker)
        self._next_check_s = min(
            (min(worker.next_deadline_s(), worker.until_s) for worker in self.workers), default=_NEVER_S
        )

    def _end_overdue(self, worker: Worker, now_s: float) -> None:
        """Fail what a worker should have been through with."""
        begun = worker.begun()
        for task in worker.overdue(now_s):
            if task not in begun:
                worker.begins_only_now(task)
                continue
            worker.take_away(task.number)
            worker.note_begun()
            task.attempts += 1
            self._attempts.fail(task, "timeout", task.overdue_sentence, worker.name, task.timeout_s)
            self._abandon(worker)

    def _ask(self, worker: Worker) -> None:
        """Let a worker show that it is not stuck, or end it."""
        worker.until_s = time.monotonic() + PING_S
        self._next_check_s = min(self._next_check_s, worker.until_s)
        worker.ping()

    def _abandon(self, worker: Worker) -> None:
        """Get rid of a worker that is at something that nobody waits for any more."""
        if worker.is_sequential or not worker.assigned:
            self._kill(worker)
        elif worker.state == "ready":
            self._retire(worker)

    def _retire(self, worker: Worker) -> None:
        """Give a worker nothing more, and end it when it is through."""
        worker.state = "retiring"
        self._is_staffed = False
        if worker.is_sequential or not worker.assigned:
            self._kill(worker)
            return
        # What is overdue may hold Python's lock for ever: then nothing else runs there.
        self._ask(worker)
        retiring = [each for each in self.workers if each.state == "retiring" and each.kind == worker.kind]
        if len(retiring) > self.counts[worker.kind]:
            self._kill(retiring[0])

    def _kill(self, worker: Worker) -> None:
        worker.was_killed = True
        worker.state = "ending"
        worker.kill()

    def _settle_ended(self) -> None:
        """Close workers whose processes have ended, and see what becomes of the tasks they had."""
        while self._ended:
            worker = self._ended.popleft()
            with suppress(LinkBrokenError):
                while True:
                    worker.link.flush()
                    before = worker.done
                    self._hear(worker)
                    if worker.done == before:
                        break
            self._read_outbox(worker)
            with suppress(KeyError, ValueError):
                self._selector.unregister(worker.link)
            worker.kill()  # and what it has started; the id is its own until it is reaped
            worker.close()
            self.workers.remove(worker)
            self._is_staffed = False
            self._blame(worker, worker.begun(), worker.take_all())
            if not worker.was_ready and not worker.was_killed:
                self._starts.note_failed(worker)
            elif self._stopping is None:
                self.restarts += 1

    def _blame(self, worker: Worker, begun: list[WaitingTask], tasks: list[WaitingTask]) -> None:
        """Fail the task that has ended a worker, if it is known; the others are tried again."""
        if len(begun) == 1 and (worker.was_stuck or not worker.was_killed):
            task = begun[0]
            tasks.remove(task)
            task.attempts += 1
            self._attempts.fail(task, *worker.how_it_ended(task), worker.name)
        elif not worker.is_sequential:
            for task in begun:
                task.attempts += 1
                task.alone = worker.was_stuck or not worker.was_killed
        self._input.put_back([task for task in tasks if not task.is_done])

    def _fail_waiting(self, kind: TaskType, error: str) -> None:
        for task in self._input.take(kind, self._input.size_of(kind), lambda _: True):
            self._attempts.fail(task, "no_worker", error)

    # What begins.

    def _start_workers(self) -> None:
        if self._is_staffed:  # as nearly always: to count them at every turn is a tenth of a task's way
            return
        if self._stopping == "now" or (self._stopping == "finish" and not self._output.unfinished):
            return
        now_s = time.monotonic()
        self._is_staffed = not any(self._starts.hopeless(kind) for kind in TaskType)
        for kind in TaskType:
            for _ in range(self._starts.missing(kind, self.workers, now_s)):
                self._start_worker(kind)
            if self._starts.missing(kind, self.workers, _NEVER_S):
                self._is_staffed = False
            if (why := self._starts.hopeless(kind)) is not None:
                self._fail_waiting(kind, f"no worker process for {kind.value}-bound tasks: {why}")

    def _start_worker(self, kind: TaskType) -> None:
        ours = [each.link.fileno() for each in self.workers]
        ours += [self._wakes.fileno(), self._waker.fileno(), self._selector.fileno()]
        worker = self._starts.start(kind, ours)
        if worker is None:
            return
        self._next_check_s = min(self._next_check_s, worker.until_s)
        self.workers.append(worker)
        self._selector.register(worker.link, selectors.EVENT_READ, worker)
        self._selector.register(worker.end, selectors.EVENT_READ, worker)

    def _assign(self) -> None:
        """Give waiting tasks to the workers that have least to do."""
        if not self._input.size and not any(len(worker.assigned) > 1 for worker in self.workers):
            return
        now_s = time.monotonic()
        for kind in TaskType:
            ready = [each for each in self.workers if each.kind == kind and each.state == "ready"]
            late = [each for each in ready if each.is_late(now_s)]
            ready = [each for each in ready if each not in late]
            if any(not each.assigned for each in ready) and not self._input.size_of(kind):
                for worker in late:
                    if len(worker.assigned) > 1:
                        self._input.put_back(worker.take_back())
            while ready and self._input.size_of(kind):
                worker = min(ready, key=lambda each: each.load)
                tasks = self._portions.next_for(worker, len(ready))
                if not tasks:
                    break
                try:
                    worker.give(tasks)
                    if worker.link.is_full:
                        self._listen(worker)
                except LinkBrokenError:
                    ready.remove(worker)
                    self._lose(worker)
                self._next_check_s = min(self._next_check_s, worker.next_deadline_s())

    # The end.

    def _is_over(self) -> bool:
        if self._stopping is None or self._output.unfinished:
            return False
        now_s = time.monotonic()
        for worker in self.workers:
            if worker.state == "ready":
                worker.state, worker.until_s, worker.was_killed = "ending", now_s + END_S, True
                self._next_check_s = min(self._next_check_s, worker.until_s)
                worker.tell_to_end()
            elif worker.state in {"starting", "retiring"}:
                self._kill(worker)
        return not self.workers

    def _cancel_everything(self) -> None:
        waiting = [*self._input.clear(), *self._attempts.clear()]
        for worker in self.workers:
            waiting += worker.take_all()
            if worker.state != "ending":
                self._kill(worker)
        for task in waiting:
            self._attempts.fail(task, "cancelled", "the engine was shut down")

    def _end_all(self) -> None:
        """Leave nothing behind, also where the loop has failed."""
        self._input.close()
        self._hand_in()
        self._output.end("the engine has ended")
        for worker in self.workers:
            worker.kill()
            worker.close()
        self.workers = []
        self._selector.close()
        self._wakes.close()
        self._waker.close()
