"""What follows an attempt at a task: its result, or another attempt later."""

from __future__ import annotations

import heapq
import itertools
import time

from topowave.engine.limits import RETRY_DELAY_MOST_S, RETRY_DELAY_S, SHORT_S, TINY_S
from topowave.engine.task_result import FINAL, FailureReason, TaskResult
from topowave.engine.waiting_task import WaitingTask

_USUAL_SCRIPTS = 1_000
_NEVER_S = float("inf")
_SMOOTHING = 0.2


class Attempts:
    """Keeps the tasks that wait for another attempt, and the results that nobody has taken yet.

    Attributes:
        are_over: whether what fails from now on is not tried again.
    """

    def __init__(self) -> None:
        self.are_over = False
        self._usual_s: dict[str, float] = {}
        self._retries: list[tuple[float, int, WaitingTask]] = []
        self._order = itertools.count()
        self._results: list[TaskResult] = []

    def succeed(self, task: WaitingTask, value: str, duration_s: float, output: str, worker: str) -> None:
        """Give a task its result.

        Args:
            task: it.
            value: what its script returned, as JSON.
            duration_s: how long it took.
            output: what it printed.
            worker: the name of the worker that ran it.
        """
        usual_s = self._usual_s.get(task.script)
        if usual_s is None:
            if len(self._usual_s) >= _USUAL_SCRIPTS:
                self._usual_s.clear()
            self._usual_s[task.script] = duration_s
        else:
            self._usual_s[task.script] = usual_s + _SMOOTHING * (duration_s - usual_s)
        self._results.append(
            TaskResult(task.id, None, None, duration_s, task.attempts, output, worker, value)
        )

    def fail(
        self,
        task: WaitingTask,
        reason: FailureReason,
        error: str,
        worker: str | None = None,
        duration_s: float = 0.0,
        output: str = "",
    ) -> None:
        """Try a task again later, or give it its result.

        Args:
            task: it.
            reason: why this attempt gave no result.
            error: the same as a sentence.
            worker: the name of the worker that it had.
            duration_s: how long the attempt took.
            output: what it printed.
        """
        task.failures += 1
        if task.is_cancelled:
            reason, error = "cancelled", "it was cancelled"
        elif task.failures <= task.retries and reason not in FINAL and not self.are_over:
            delay_s = min(RETRY_DELAY_MOST_S, RETRY_DELAY_S * 2.0 ** min(task.failures - 1, 10))
            heapq.heappush(self._retries, (time.monotonic() + delay_s, next(self._order), task))
            return
        self._results.append(TaskResult(task.id, reason, error, duration_s, task.attempts, output, worker))

    def usual_s(self, script: str) -> float | None:
        """Return how long a script usually takes; None where it never returned a result."""
        return self._usual_s.get(script)

    def is_tiny(self, task: WaitingTask) -> bool:
        """Whether a task may be given together with others."""
        usual_s = self._usual_s.get(task.script)
        return usual_s is not None and usual_s <= TINY_S and not task.alone

    def is_short(self, task: WaitingTask) -> bool:
        """Whether a task may be given to a worker that is busy with others of this kind."""
        usual_s = self._usual_s.get(task.script)
        return usual_s is not None and usual_s <= SHORT_S and not task.alone

    @property
    def next_s(self) -> float:
        """When the next attempt is due, by the monotonic clock."""
        return self._retries[0][0] if self._retries else _NEVER_S

    def due(self, now_s: float) -> list[WaitingTask]:
        """Take out the tasks whose next attempt is due."""
        due: list[WaitingTask] = []
        while self._retries and self._retries[0][0] <= now_s:
            task = heapq.heappop(self._retries)[2]
            if not task.is_done:
                due.append(task)
        return due

    def clear(self) -> list[WaitingTask]:
        """Take out all tasks that wait for another attempt."""
        tasks = [task for _, _, task in self._retries]
        self._retries = []
        return tasks

    def take_results(self) -> list[TaskResult]:
        """Take out the results."""
        results, self._results = self._results, []
        return results
