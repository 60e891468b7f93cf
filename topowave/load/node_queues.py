"""What waits on a node in virtual time: numbers of tasks in the order in which they are to start.

Where no discipline makes a difference that is a deque. Else it is a heap of (key, turn, task): the key is the
discipline's, the turn counts arrivals on all nodes, downwards for those that come first again.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Reversible, Sequence
from heapq import heappop, heappush
from typing import Any

from topowave.tasks.limits import MOVE_LOOK

Entry = tuple[Any, int, int]


class ArrivalQueue(deque[int]):
    """Tasks in the order in which they came."""

    def first(self) -> int:
        """Return the task that is to start next."""
        return self[0]

    def take_last(self, most: int, weights: Sequence[int], over: Sequence[int]) -> list[int]:
        """Take out tasks from the end, and return them in order.

        Args:
            most: what they hold together at the most (cores).
            weights: what each holds.
            over: which are given up and only lie here still; they are dropped where they are met.
        """
        taken, stays, looked = split_last(self, most, weights, over)
        for _ in range(looked):
            self.pop()
        self.extend(stays)
        return taken


class Turns:
    """Counts arrivals, for all queues of a run."""

    def __init__(self) -> None:
        self.later = itertools.count(1).__next__
        self.earlier = itertools.count(-1, -1).__next__


class KeyedQueue:
    """Tasks by their keys, and of one key in the order in which they came.

    Args:
        keys: of all tasks, by their numbers.
        turns: of all queues.
    """

    def __init__(self, keys: Sequence[Any], turns: Turns) -> None:
        self._heap: list[Entry] = []
        self._keys = keys
        self._turns = turns

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[int]:
        return (entry[2] for entry in sorted(self._heap))

    def append(self, task: int) -> None:
        """Add a task after those with its key."""
        heappush(self._heap, (self._keys[task], self._turns.later(), task))

    def appendleft(self, task: int) -> None:
        """Add a task before those with its key."""
        heappush(self._heap, (self._keys[task], self._turns.earlier(), task))

    def first(self) -> int:
        """Return the task with the smallest key."""
        return self._heap[0][2]

    def popleft(self) -> int:
        """Take out the task with the smallest key."""
        return heappop(self._heap)[2]

    def take_last(self, most: int, weights: Sequence[int], over: Sequence[int]) -> list[int]:
        """Take out tasks from the end; see `ArrivalQueue`."""
        heap = self._heap
        heap.sort()  # a sorted list is a heap, and stays one whatever is left out of it
        taken, stays, looked = split_last([entry[2] for entry in heap], most, weights, over)
        kept = {*stays}
        end = len(heap) - looked
        heap[end:] = [entry for entry in heap[end:] if entry[2] in kept]
        return taken


NodeQueue = ArrivalQueue | KeyedQueue
"""What waits on one node."""


def split_last(
    queue: Reversible[int], most: int, weights: Sequence[int], over: Sequence[int]
) -> tuple[list[int], list[int], int]:
    """Return what is taken from the end of a queue, what stays of what was met, and how many were met."""
    taken: list[int] = []
    stays: list[int] = []
    looked = 0
    for task in reversed(queue):
        if looked >= MOVE_LOOK or most <= 0:
            break
        looked += 1
        if over[task]:
            continue
        if weights[task] <= most:
            taken.append(task)
            most -= weights[task]
        else:
            stays.append(task)
    return taken[::-1], stays[::-1], looked
