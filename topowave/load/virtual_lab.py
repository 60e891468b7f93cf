"""The kernel of load in virtual time: tasks come, wait on nodes, hold cores, end, and move.

Theory of operation. A task is a number into the workload's columns; a node is a number too. What is known of
tasks is in columns as well (where each is, when it began, when it ends), so a million tasks are a few lists.
Three sources of events are merged:

    arrivals   the workload's column, which is sorted
    ends       a heap of times alone, and a table from a time to the task that ends then: comparing numbers
               costs a third of comparing pairs. Ends at one time take turns, in the order of their beginnings
    plans      what was scheduled, deadlines included: a small heap of (time, number), its data in a table

Of what happens at one instant plans come first, in their order, then ends, then arrivals; so a core that is
free at an instant is free for what comes then.

A task is in one place: yet to come, pending (no node takes it), waiting or running on a node, moving between
two, over, or given up at its deadline. `tests/unit/load` counts them after every event.

What must hold:
- `load` of a node is the weight of what waits and runs there, `busy` of what runs; `busy` is above the cores
  only by a single task that is heavier than the node.
- Nothing waits on a node that is up while the first of its queue would fit in.
- A time in the heap of ends that the table does not know is of a task that was interrupted, and is passed
  over: nothing is ever taken out of the heap's middle.
- What a node loses when it goes down begins anew there, first in the queue; what is interrupted to move
  begins anew where it goes, and is not interrupted again. Both as in a live lab (`topowave.tasks.queue`).

There are two loops. Where all tasks hold one core, start in the order of their arrival, stay where they are
and may take as long as they like, an end is a few operations on lists (`_run_plain`); else `_run`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from heapq import heappop, heappush, heapreplace
from typing import Any

from topowave.load.node_queues import ArrivalQueue, KeyedQueue, NodeQueue, Turns
from topowave.load.placing import Placer
from topowave.load.workloads.workload import Workload

NOWHERE = -1
"""The node of a task that has none: it is yet to come, pending or moving."""
NEVER = math.inf
COMPLETED, GIVEN_UP = 1, 2
"""How a task is over."""


class VirtualLab:
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
        self.came = self.completed = self.given_up = self.moving = 0
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

    def advance(self, until: float = NEVER) -> None:
        """Let all happen that does before the time `until` (s), or until no task is left."""
        run = self._run_plain if self._plain else self._run
        while self.left:
            run(min(until, self._plans[0][0]) if self._plans else until)
            if not self.left or not self._plans or self._plans[0][0] >= until:
                break
            self.now, number = heappop(self._plans)
            kind, data, ahead = self._planned.pop(number)
            self._ahead -= ahead
            self._actions[kind](data)

    def _run_plain(self, bound: float) -> None:  # noqa: C901, PLR0912, PLR0915 - calls cost time
        """Let tasks come and end before `bound`, on nodes on which they stay."""
        times, durations, fixed = self.workload.times, self.workload.durations, self.fixed
        waiting, busy, cpus = self.waiting, self.busy, self.cpus
        node_of, starts, ends, over = self.node_of, self.starts, self.ends, self.over
        heap, ending, tied = self._ends, self._ending, self._tied
        place, given, gone = self.placer.place, self.placer.given, self.placer.gone
        came, completed, tasks = self.came, self.completed, len(ends)
        coming = times[came] if came < tasks else NEVER
        while True:
            time = heap[0]
            if time <= coming:
                if time >= bound:
                    break
                task = ending.pop(time)
                node = node_of[task]
                over[task] = COMPLETED
                completed += 1
                queue = waiting[node]
                if queue:
                    task = queue.popleft()
                    starts[task] = time
                    ends[task] = end = time + durations[task]
                    if end in ending:
                        tied.setdefault(end, []).append(task)
                        heappop(heap)
                    else:
                        ending[end] = task
                        heapreplace(heap, end)
                else:
                    heappop(heap)
                    busy[node] -= 1
                if tied and time in tied:
                    self._next_tied(time)
                gone(node, 1, time)
            else:
                if coming >= bound:
                    break
                task, time = came, coming
                came += 1
                coming = times[came] if came < tasks else NEVER
                if fixed is None or fixed[task] < 0:
                    node = place(1, time)
                    if node < 0:
                        self.pending.append(task)
                        continue
                else:
                    node = fixed[task]
                    given(node, 1)
                node_of[task] = node
                if busy[node] < cpus[node]:
                    busy[node] += 1
                    starts[task] = time
                    ends[task] = end = time + durations[task]
                    if end in ending:
                        tied.setdefault(end, []).append(task)
                    else:
                        ending[end] = task
                        heappush(heap, end)
                else:
                    waiting[node].append(task)
        self.came, self.completed = came, completed

    def _run(self, bound: float) -> None:  # noqa: C901, PLR0912, PLR0915 - calls cost time
        """Let tasks come and end before `bound`, whatever they are and do."""
        times, deadlines, weights = self.workload.times, self.workload.deadlines, self.weights
        durations, fixed, waiting, running = self.workload.durations, self.fixed, self.waiting, self.running
        load, busy, node_of, over = self.load, self.busy, self.node_of, self.over
        starts, ends, simple, up = self.starts, self.ends, self._simple, self.up
        heap, ending, tied = self._ends, self._ending, self._tied
        placer = self.placer
        place, given, gone, limited = placer.place, placer.given, placer.gone, placer.limited
        came, completed, tasks = self.came, self.completed, len(ends)
        coming = times[came] if came < tasks else NEVER
        while True:
            time = heap[0]
            if time <= coming:
                if time >= bound:
                    break
                task = ending.pop(time, NOWHERE)
                if task < 0:  # of a task that was interrupted
                    heappop(heap)
                    continue
                node, weight = node_of[task], weights[task]
                over[task] = COMPLETED
                completed += 1
                load[node] -= weight
                del running[node][task]
                queue = waiting[node]
                if simple and queue:
                    task = queue.popleft()
                    running[node][task] = None
                    starts[task] = time
                    ends[task] = end = time + durations[task]
                    if end in ending:
                        tied.setdefault(end, []).append(task)
                        heappop(heap)
                    else:
                        ending[end] = task
                        heapreplace(heap, end)
                else:
                    heappop(heap)
                    busy[node] -= weight
                    if queue:
                        self._start(node, time)
                if tied and time in tied:
                    self._next_tied(time)
                gone(node, weight, time)
                if limited and self.pending:
                    self._place_pending(time)
            else:
                if coming >= bound:
                    break
                task, time = came, coming
                came += 1
                coming = times[came] if came < tasks else NEVER
                if deadlines is not None and deadlines[task] < NEVER:
                    self.schedule(time + deadlines[task], "deadline", task)
                    bound = min(bound, time + deadlines[task])
                weight = weights[task]
                if fixed is None or fixed[task] < 0:
                    node = place(weight, time)
                    if node < 0:
                        self.pending.append(task)
                        continue
                else:
                    node = fixed[task]
                    given(node, weight)
                node_of[task] = node
                load[node] += weight
                waiting[node].append(task)
                if up[node]:
                    self._start(node, time)
        self.came, self.completed = came, completed

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

    # What is done to nodes and tasks, now.

    def go_down(self, node: int) -> None:
        """Let a node end, as a process does that is killed: what ran waits again, before all else."""
        if not self.up[node]:
            return
        self.up[node] = False
        ran = [*self.running[node]]
        for task in reversed(ran):
            self._stop(task)
            self.waiting[node].appendleft(task)
        self.placer.set_takes(node, takes=False)

    def come_up(self, node: int) -> None:
        """Let a node that was down be there again, with what it had."""
        if self.up[node]:
            return
        self.up[node] = True
        self.placer.set_takes(node, takes=True)
        self._start(node, self.now)
        self._place_pending(self.now)

    def take(self, node: int, most: int, keep: int) -> tuple[list[int], list[int]]:
        """Take tasks from a node that are to move, as `TaskQueue.begin_move` does.

        Args:
            node: the giver.
            most: how much weight.
            keep: where not enough wait, those that began last are interrupted while more load stays.

        Returns:
            Those that waited, and those that ran, each in order.
        """
        weights = self.weights
        waited = self.waiting[node].take_last(most, weights, self.over)
        weight = sum(weights[task] for task in waited)
        ran = self.began_last(node, min(most - weight, self.load[node] - weight - keep))
        for task in ran:
            self._stop(task)
            self.interrupted[task] = 1
            weight += weights[task]
        for task in (*waited, *ran):
            self.node_of[task] = NOWHERE
        count = len(waited) + len(ran)
        if count:
            self.load[node] -= weight
            self.moving += count
            self.placer.gone(node, weight, self.now, count)
            if self.up[node]:
                self._start(node, self.now)
        return waited, ran

    def began_last(self, node: int, most: int) -> list[int]:
        """Return those of `most` weight that began last on a node and may be interrupted, in order."""
        ran: list[int] = []
        for task in reversed([*self.running[node]]) if most > 0 else ():
            if most <= 0:
                break
            if not self.interrupted[task] and self.weights[task] <= most:
                ran.append(task)
                most -= self.weights[task]
        return ran[::-1]

    def receive(self, node: int, last: Sequence[int], first: Sequence[int] = ()) -> None:
        """Let tasks that moved wait on a node.

        Args:
            node: which.
            last: those that come after all that wait.
            first: those that come before them.
        """
        queue = self.waiting[node]
        self.moving -= len(last) + len(first)
        here = [task for task in (*last, *first) if not self.over[task]]  # else its deadline has passed
        for task in last:
            queue.append(task)
        for task in reversed(first):
            queue.appendleft(task)
        weight = sum(self.weights[task] for task in here)
        for task in here:
            self.node_of[task] = node
        self.load[node] += weight
        self.placer.arrived(node, weight, self.now, len(here))
        if self.up[node]:
            self._start(node, self.now)

    def _late(self, task: int) -> None:
        """Give a task up whose deadline is now, wherever it is, unless it is over."""
        if self.over[task]:
            return
        node = self.node_of[task]
        self.over[task] = GIVEN_UP
        self.given_up += 1
        if node != NOWHERE:
            weight = self.weights[task]
            if task in self.running[node]:
                self._stop(task)
            self.load[node] -= weight
            self.placer.gone(node, weight, self.now)
            if self.up[node]:
                self._start(node, self.now)
        elif task in self.pending:
            self.pending.remove(task)
        self.ends[task] = self.now

    def _place_pending(self, time: float) -> None:
        """Offer tasks that no node took to the nodes again, in the order in which they came."""
        pending, self.pending = self.pending, []
        for task in pending:
            node = self.placer.place(self.weights[task], time)
            if node < 0:
                self.pending.append(task)
                continue
            self.node_of[task] = node
            self.load[node] += self.weights[task]
            self.waiting[node].append(task)
            if self.up[node]:
                self._start(node, time)
