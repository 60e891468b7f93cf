"""The tasks of a node that wait: urgent ones first, and as urgent ones in the order in which they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from topowave.tasks.model import LabTask
from topowave.tasks.script import PRIORITIES, Priority


class WaitingTasks:
    """Tasks in the order in which they are to start. Emulated ones have the middle priority."""

    def __init__(self) -> None:
        self._levels: dict[Priority, deque[LabTask]] = {priority: deque() for priority in PRIORITIES}
        self._started = dict.fromkeys(PRIORITIES, 0)

    def __len__(self) -> int:
        return sum(map(len, self._levels.values()))

    def __iter__(self) -> Iterator[LabTask]:
        return chain.from_iterable(self._levels.values())

    def __contains__(self, task: LabTask) -> bool:
        return any(task in level for level in self._levels.values())

    def extend(self, tasks: Iterable[LabTask]) -> None:
        """Add tasks, each after those that are as urgent."""
        for task in tasks:
            self._levels[task.priority].append(task)

    def extend_first(self, tasks: Iterable[LabTask]) -> None:
        """Add tasks, in their order, each before those that are as urgent."""
        for task in reversed(tuple(tasks)):
            self._levels[task.priority].appendleft(task)

    def start(self) -> LabTask:
        """Take out the first task. Raises IndexError where there is none."""
        for priority, level in self._levels.items():
            if level:
                self._started[priority] += 1
                return level.popleft()
        raise IndexError("no task waits")

    def take_last(self, most: int, *, scripts: bool) -> list[LabTask]:
        """Take out up to `most` tasks from the end, scripts among them or not; returns them in order."""
        taken: list[LabTask] = []
        for priority in reversed(PRIORITIES):
            level, more = self._levels[priority], most - len(taken)
            if more <= 0:
                break
            if scripts:
                taken += [level.pop() for _ in range(min(more, len(level)))]
                continue
            found = list(islice((each for each in reversed(level) if each.kind != "script"), more))
            gone = {task.id for task in found}
            if gone:
                self._levels[priority] = deque(each for each in level if each.id not in gone)
            taken += found
        return taken[::-1]

    def take_out(self, id: str) -> tuple[LabTask, int] | None:
        """Take out a task; returns it and its turn, None where it is not here.

        The turn is how many as urgent ones start before it, counted from the first that ever did.
        """
        for priority, level in self._levels.items():
            try:
                before = level.index(LabTask(id))
            except ValueError:
                continue
            task = level[before]
            del level[before]
            return task, before + self._started[priority]
        return None

    def put_back(self, task: LabTask, turn: int) -> None:
        """Add a task that was taken out, where it was."""
        self._levels[task.priority].insert(max(0, turn - self._started[task.priority]), task)
