"""The deadlines of a node's tasks: who is too late, and when to look again.

A heap with one timer. What a move or a cancellation is deciding about is looked at again a moment later; what
has left the node, or is over, is passed over when its time comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush

from topowave.tasks import LabTask

LOOK_AGAIN = 0.05
"""Seconds until it is looked again at a task about which something is being decided."""
LONGEST_SLEEP = 60.0
"""Seconds between two looks at the clock at the most: somebody may have set it."""


class Deadlines:
    """Calls `late` with the ids of tasks whose deadline has passed.

    Args:
        late: returns those for which it is to be asked again a moment later.
    """

    def __init__(self, late: Callable[[Collection[str]], Collection[str]]) -> None:
        self._late = late
        self._due: list[tuple[float, str]] = []
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, tasks: Iterable[LabTask]) -> None:
        """Mind the deadlines of tasks that have come to this node."""
        for task in tasks:
            if task.deadline is not None:
                heappush(self._due, (task.deadline, task.id))

    def look(self) -> None:
        """Call `late` for what is too late by now, and set the timer for the next one."""
        if not self._due:
            return
        now = time.time()
        passed: set[str] = set()
        while self._due and self._due[0][0] <= now:
            passed.add(heappop(self._due)[1])
        if passed:
            for task in self._late(passed):
                heappush(self._due, (now + LOOK_AGAIN, task))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            wait = min(self._due[0][0] - now, LONGEST_SLEEP)
            self._timer = asyncio.get_running_loop().call_later(wait, self.look)

    def close(self) -> None:
        """Call `late` no more."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
