"""The state of load in virtual time: where each task is, what each node does, and what is to happen when.

It changes by the steps here, of one task or one event; see `virtual_lab` for what must hold.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from heapq import heappush
from typing import Any

from topowave.load.node_queues import ArrivalQueue, KeyedQueue, NodeQueue, Turns
from topowave.load.placing import Placer
from topowave.load.workloads.workload import Workload

NOWHERE = -1
"""The node of a task that has none: it is yet to come, pending or moving."""
NEVER = math.inf
COMPLETED, GIVEN_UP = 1, 2
"""How a task is over."""


class LabState(ABC):
    """A lab in virtual time, at one moment.

    Args:
        cpus: cores of each node.
        workload: the tasks that come.
        placer: chooses the nodes of tasks that name none.
        keys: of all tasks, as the discipline has them; None where they start in the order of their arrival.
        fixed: the number of the node that each task comes in at, NOWHERE for none; None: none does.
        still: whether tasks stay on their nodes and those never go down, which is quicker.

    Attributes:
        now: time of the last event that was scheduled (s).
        load, busy, up: of each node; its load is what `loads` returns.
        waiting, running: of each node; what runs is in the order in which it began.
        node_of, starts, ends: of each task; an end counts once the task is over, and NEVER is none.
        over: of each task COMPLETED or GIVEN_UP, else 0.
        interrupted: 1 for each task that was interrupted to move.
        came, completed, given_up, moving: how many tasks.
        lost: core-seconds of work that was begun and had to begin anew, or was for nothing.
    """

    def __init__(
        self,
        cpus: Sequence[int],
        workload: Workload,
        placer: Placer,
        keys: Sequence[Any] | None = None,
        fixed: Sequence[int] | None = None,
        *,
        still: bool = False,
    ) -> None:
        tasks = len(workload)
        self.cpus = cpus
        self.workload = workload
        self.placer = placer
        self.now = 0.0
        self.load = [0] * len(cpus)
        self.busy = [0] * len(cpus)
        self.up = [True] * len(cpus)
        turns = Turns()
        self.waiting: Sequence[NodeQueue] = [
            ArrivalQueue() if keys is None else KeyedQueue(keys, turns) for _ in cpus
        ]
        self.running: list[dict[int, None]] = [{} for _ in cpus]
        self.weights: Sequence[int] = [1] * tasks if workload.weights is None else workload.weights
        self.node_of = [NOWHERE] * tasks
        self.starts = [NEVER] * tasks
        self.ends = [NEVER] * tasks
        self.over = bytearray(tasks)
        self.came: int = 0
        self.completed: int = 0
        self.given_up: int = 0
        self.moving: int = 0
        self.lost = 0.0
        self.pending: list[int] = []
        self.fixed = fixed
        self.interrupted = bytearray(tasks)
        self._simple = keys is None and workload.weights is None and workload.deadlines is None
        self._plain = still and self._simple
        self._ends: list[float] = [NEVER]
        self._ending: dict[float, int] = {}
        self._tied: dict[float, list[int]] = {}
        self._plans: list[tuple[float, int]] = []
        self._planned: dict[int, tuple[str, Any, bool]] = {}
        self._number = 0
        self._ahead = 0
        self._actions: dict[str, Callable[[Any], None]] = {"deadline": self._late}

    # What happens by and by.

    def on(self, kind: str, action: Callable[[Any], None]) -> None:
        """Let `action` be called with the data of each event of a kind, at its time."""
        self._actions[kind] = action

    def schedule(self, at: float, kind: str, data: Any = None, *, ahead: bool = False) -> None:
        """Let something happen.

        Args:
            at: when (s).
            kind: what, as `on` has it.
            data: given to the action.
            ahead: whether it changes what becomes of tasks, so that the run waits for it though nothing runs.
        """
        self._number += 1
        self._ahead += ahead
        self._planned[self._number] = kind, data, ahead
        heappush(self._plans, (at, self._number))

    @property
    def left(self) -> int:
        """How many tasks are not over yet, those to come included."""
        return len(self.ends) - self.completed - self.given_up

    @property
    def is_alive(self) -> bool:
        """Whether anything can still change: tasks come, run or move, or a node will be up again."""
        return self.came < len(self.ends) or self.moving > 0 or self._ahead > 0 or bool(self._ending)

    def loads(self) -> list[int]:
        """Return the load of each node; while nothing moves, the quick loop leaves `load` as it is."""
        if self._plain:
            return [busy + len(queue) for busy, queue in zip(self.busy, self.waiting, strict=True)]
        return self.load

    def next_time(self) -> float:
        """Return when something happens next (s); NEVER where nothing does."""
        coming = self.workload.times[self.came] if self.came < len(self.ends) else NEVER
        return min(coming, self._ends[0], self._plans[0][0] if self._plans else NEVER)

    @abstractmethod
    def _late(self, task: int) -> None:
        """Give a task up whose deadline is now."""

    # Steps of one task.

    def _start(self, node: int, time: float) -> None:
        """Give free cores of a node that is up to the first tasks that wait.

        Nothing overtakes one that has to wait for more: it would wait for ever behind smaller ones.
        """
        queue, running, cpu, over = self.waiting[node], self.running[node], self.cpus[node], self.over
        busy = self.busy[node]
        while busy < cpu and queue:
            task = queue.first()
            weight = self.weights[task]
            if not over[task]:
                if running and weight > cpu - busy:
                    break
                busy += weight
                running[task] = None
                self.starts[task] = time
                self.ends[task] = end = time + self.workload.durations[task]
                if end in self._ending:
                    self._tied.setdefault(end, []).append(task)
                else:
                    self._ending[end] = task
                    heappush(self._ends, end)
            queue.popleft()
        self.busy[node] = busy

    def _next_tied(self, time: float) -> None:
        """Let the next of the tasks end that end at one time."""
        tied = self._tied[time]
        self._ending[time] = tied.pop(0)
        heappush(self._ends, time)
        if not tied:
            del self._tied[time]

    def _stop(self, task: int) -> None:
        """Take the cores of a running task, whose work is lost."""
        node, weight, end = self.node_of[task], self.weights[task], self.ends[task]
        del self.running[node][task]
        self.busy[node] -= weight
        self.lost += weight * (self.now - self.starts[task])
        self.starts[task] = self.ends[task] = NEVER
        if self._ending.get(end) != task:
            self._tied[end].remove(task)
        elif end in self._tied:
            self._ending[end] = self._tied[end].pop(0)
        else:
            del self._ending[end]
        if end in self._tied and not self._tied[end]:
            del self._tied[end]
