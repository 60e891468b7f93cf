"""A worker, as the engine sees it: a process, what it was given, and since when it is at it.

The process is one of `multiprocessing` by itself, not of a pool: docs/adr/0016 says why.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from topowave.engine.claims import Claims
from topowave.engine.limits import LATE_S
from topowave.engine.outbox import Outbox, shared_bytes
from topowave.engine.outcomes import Outcome
from topowave.engine.start_methods import new_process
from topowave.engine.task import TaskType
from topowave.engine.task_result import FailureReason
from topowave.engine.waiting_task import WaitingTask
from topowave.engine.worker_link import Chunk, EngineEnd, LinkBrokenError
from topowave.engine.worker_process import END, PING, serve

_SCRIPT = attrgetter("script")
State = Literal["starting", "ready", "retiring", "ending", "ended"]


class Worker:
    """One worker process.

    Attributes:
        state: "starting"; "ready" for tasks; "retiring" while it finishes what it has and gets nothing new;
            "ending" when it was told to end, or killed; "ended".
        assigned: what it has, by number, in the order in which it was given.
        is_tiny: whether what it has is so little that it may get more before it is through.
        was_killed: whether the engine ended it, so that no task of its is to blame.
        was_ready: whether it ever was.
        was_stopped: whether a signal had stopped it, so that it was ended.
        done: how many tasks it was through with.
        until_s: when it has to have started, answered or ended.
        is_asked: whether it was asked, when a task was overdue, if it still answers.
        was_stuck: whether it did not, so that any of its tasks may be to blame.
        exit_code: how the process ended; negative for a signal.
    """

    def __init__(self, name: str, kind: TaskType, limit: int) -> None:
        self.name = name
        self.kind = kind
        self.limit = limit
        self.state: State = "starting"
        self.assigned: dict[int, WaitingTask] = {}
        self.is_tiny = False
        self.was_killed = False
        self.was_ready = False
        self.was_stopped = False
        self.done = 0
        self.until_s = 0.0
        self.is_asked = False
        self.was_stuck = False
        self.exit_code: int | None = None
        self._begun_s: dict[int, float] = {}
        self._next: deque[int] = deque()
        self._batch = 1
        self._outbox: Outbox | None = None
        self._claims: Claims | None = None

    def start(self, method: str, memory_mb: int, of_engine: Iterable[int]) -> None:
        """Start the process.

        Args:
            method: how, as in `multiprocessing`.
            memory_mb: how much it may take.
            of_engine: descriptors of the engine's that a forked process must not keep.

        Raises:
            OSError: it cannot be started.
        """
        ours, theirs = socket.socketpair()
        self.link = EngineEnd(ours)
        shared = shared_bytes(method)
        self._outbox = Outbox(shared)
        self._claims = Claims(method, self.limit)
        closes = (*of_engine, ours.fileno()) if method == "fork" else ()
        args = (theirs, shared, self._claims, closes, self.limit, memory_mb)
        self._process = new_process(method, self.name, serve, args)
        try:
            self._process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()

    @property
    def is_sequential(self) -> bool:
        """Whether it runs one task after the other."""
        return self.limit == 1

    @property
    def load(self) -> float:
        """How much of what it may have at once it has."""
        return len(self.assigned) / self.limit

    @property
    def pid(self) -> int | None:
        """The id of the process; None when it has ended."""
        return None if self.state == "ended" else self._process.pid

    @property
    def end(self) -> int:
        """A descriptor that can be read when the process has ended."""
        return self._process.sentinel

    def give(self, tasks: Sequence[WaitingTask]) -> None:
        """Let it run tasks. Raises LinkBrokenError; they are its own all the same."""
        self.assigned.update((task.number, task) for task in tasks)
        self._next.extend(task.number for task in tasks)
        self.note_begun()
        self.link.send([self._chunk(script, same) for script, same in groupby(tasks, _SCRIPT)])

    def _chunk(self, script: str, tasks: Iterable[WaitingTask]) -> Chunk:
        together = list(tasks)
        numbers = tuple([task.number for task in together])
        return Chunk(self._batch, script, numbers, tuple([task.params for task in together]))

    def take_away(self, number: int) -> WaitingTask | None:
        """Return a task that it is through with, or is not to have any more; None if it has none such.

        What it begins in its place is noted by `note_begun`.
        """
        self._begun_s.pop(number, None)
        return self.assigned.pop(number, None)

    def note_begun(self) -> None:
        """Note what it is at now: it begins its tasks in their order, as many as its limit says at once."""
        while self._next and len(self._begun_s) < self.limit:
            number = self._next.popleft()
            if number in self.assigned:
                self._begun_s[number] = time.monotonic()

    def take_back(self) -> list[WaitingTask]:
        """Return what one that runs a task after the other has not begun; it will not begin it."""
        last = self._claims.take_back(self._batch) if self._claims else None
        if last is None:
            return []
        self._batch += 1
        numbers = list(self.assigned)
        begun = numbers.index(last) + 1 if last in self.assigned else 0
        self._next.clear()
        for number in numbers[begun:]:
            self._begun_s.pop(number, None)
        return [self.assigned.pop(number) for number in numbers[begun:]]

    def is_late(self, now_s: float) -> bool:
        """Whether it has been at a task for longer than one that comes with others should take."""
        return self.is_sequential and bool(self.assigned) and now_s - self.since_s > LATE_S

    def take_all(self) -> list[WaitingTask]:
        """Return all that it has; from now on it has nothing."""
        tasks = list(self.assigned.values())
        self.assigned.clear()
        self._begun_s.clear()
        self._next.clear()
        return tasks

    @property
    def active(self) -> int:
        """How many tasks it is at now; any thread may ask."""
        return len(self._begun_s)

    def begun(self) -> list[WaitingTask]:
        """Return what it has begun and not said to be through with."""
        numbers = self._begun_s if self.is_sequential or not self._claims else self._claims.begun()
        return [self.assigned[number] for number in numbers if number in self.assigned]

    def begins_only_now(self, task: WaitingTask) -> None:
        """Note that it had no thread for a task yet, so that its time counts from now."""
        self._begun_s[task.number] = time.monotonic()

    def overdue(self, now_s: float) -> list[WaitingTask]:
        """Return what it should have been through with."""
        begun = ((self.assigned[number], begun_s) for number, begun_s in self._begun_s.items())
        return [task for task, begun_s in begun if now_s >= begun_s + task.timeout_s]

    def next_deadline_s(self) -> float:
        """Return when the first of its tasks is overdue, or when it is to have answered that it is asked."""
        if self.is_asked:
            return self.until_s
        begun = self._begun_s.items()
        return min(
            (begun_s + self.assigned[number].timeout_s for number, begun_s in begun), default=float("inf")
        )

    def receive(self) -> list[Any]:
        """Return what it has said. Raises LinkBrokenError."""
        return self.link.receive()

    @property
    def since_s(self) -> float:
        """Since when one that runs a task after the other is at what it is at, by the monotonic clock."""
        return next(iter(self._begun_s.values()), time.monotonic())

    @since_s.setter
    def since_s(self, since_s: float) -> None:
        self._begun_s = dict.fromkeys(self._begun_s, since_s)

    def read_outbox(self) -> list[Outcome]:
        """Return what it has kept for later, and may have said by now."""
        return self._outbox.outcomes() if self._outbox else []

    def tell_to_end(self) -> None:
        """Let it end by itself."""
        with suppress(LinkBrokenError):
            self.link.send(END)

    def is_stopped(self) -> bool:
        """Whether a signal has stopped the process, as far as the system tells."""
        if self.pid is None or not hasattr(os, "waitid"):
            return False
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
        return False

    def ping(self) -> None:
        """Ask it whether it still answers."""
        with suppress(LinkBrokenError):
            self.link.send(PING)

    def kill(self) -> None:
        """End the process, and all in its group."""
        pid = self.pid
        if pid is None:
            return
        if self.was_ready:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
                return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def how_it_ended(self, task: WaitingTask) -> tuple[FailureReason, str]:
        """Return why a task that has ended it failed, as a word and as a sentence."""
        code = self.exit_code
        if self.was_stuck:
            return "timeout", task.overdue_sentence
        if self.was_stopped:
            return "killed", f"{task.script}: its process was stopped by a signal, and ended"
        if code is not None and code < 0:
            with suppress(ValueError):
                return "killed", f"{task.script}: its process was killed by {signal.Signals(-code).name}"
            return "killed", f"{task.script}: its process was killed by signal {-code}"
        return "exited", f"{task.script}: it ended its process with exit code {code}"

    def close(self) -> None:
        """Give back what it took, when the process has ended or was killed."""
        self.link.close()
        self._process.join()
        self._outbox = None
        # Not closed: at the end of a program without a shutdown `multiprocessing` joins it, too.
        self.exit_code = self._process.exitcode
        self.state = "ended"
