"""How much a worker is given at once.

One task at a time would be right if it cost nothing to give it. So of tasks that usually take long each
worker has one, of short ones another one that waits, and of tiny ones a chunk, but never so many that a more
urgent task, or another worker, would have to wait for long. A worker with threads has up to twice as
many as it runs at once, where they are short.
"""

from __future__ import annotations

from topowave.engine.attempts import Attempts
from topowave.engine.input_queue import InputQueue
from topowave.engine.limits import CHUNK_S, CHUNK_TASKS, TINY_S
from topowave.engine.waiting_task import WaitingTask
from topowave.engine.worker import Worker


class Portions:
    """Takes tasks for workers.

    Args:
        waiting: where they wait.
        attempts: knows how long their scripts usually take.
    """

    def __init__(self, waiting: InputQueue, attempts: Attempts) -> None:
        self._input = waiting
        self._attempts = attempts

    def next_for(self, worker: Worker, ready: int) -> list[WaitingTask]:
        """Take out of the input queue what a worker can be given now.

        Args:
            worker: one that is ready.
            ready: how many of its kind are, this one among them.
        """
        kind, has = worker.kind, len(worker.assigned)
        if not worker.is_sequential:
            if has < worker.limit:
                alone = any(task.alone for task in worker.assigned.values())
                return [] if alone else self._input.take(kind, 1, lambda task: not (has and task.alone))
            # Its threads are not to wait for the next task while this process is asked for it.
            is_short = self._attempts.is_short
            ahead = has <= worker.limit * 3 // 2 and all(map(is_short, worker.assigned.values()))
            return self._input.take(kind, worker.limit * 2 - has, is_short) if ahead else []
        if not has:
            tasks = self._input.take(kind, 1, lambda _: True)
            worker.is_tiny = bool(tasks) and self._attempts.is_tiny(tasks[0])
        else:
            tasks = []
        if worker.is_tiny:
            script = (tasks or list(worker.assigned.values()))[0].script
            most = min(CHUNK_TASKS, int(CHUNK_S / max(self._attempts.usual_s(script) or TINY_S, 1e-6)))
            if has <= most // 4:
                share = -(-self._input.size_of(kind) // ready)
                tasks += self._input.take(kind, min(share, most - has) - len(tasks), self._attempts.is_tiny)
        elif has == 1 and all(map(self._attempts.is_short, worker.assigned.values())):
            tasks = self._input.take(kind, 1, self._attempts.is_short)
        return tasks
