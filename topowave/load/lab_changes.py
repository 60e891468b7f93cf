"""What is done to nodes and tasks in virtual time: faults, moves, deadlines, another try to place."""

from __future__ import annotations

from collections.abc import Sequence

from topowave.load.lab_state import GIVEN_UP, NOWHERE, LabState


class LabChanges(LabState):
    """A lab in virtual time whose nodes may end and whose tasks may move; see `LabState`."""

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
