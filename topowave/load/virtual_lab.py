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

from heapq import heappop, heappush, heapreplace

from topowave.load.lab_changes import LabChanges
from topowave.load.lab_state import COMPLETED, NEVER, NOWHERE


class VirtualLab(LabChanges):
    """A lab in virtual time: lets happen what is to come, in the order of time; see `LabState`."""

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
                node = NOWHERE if fixed is None else fixed[task]
                if node >= 0:
                    given(node, 1)
                elif (node := place(1, time)) < 0:
                    self.pending.append(task)
                    continue
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
                node = NOWHERE if fixed is None else fixed[task]
                if node >= 0:
                    given(node, weight)
                elif (node := place(weight, time)) < 0:
                    self.pending.append(task)
                    continue
                node_of[task] = node
                load[node] += weight
                waiting[node].append(task)
                if up[node]:
                    self._start(node, time)
        self.came, self.completed = came, completed
