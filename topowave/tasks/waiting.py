"""The tasks of a node that wait: urgent ones first, and as urgent ones in the order in which they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from topowave.tasks.limits import MOVE_LOOK
from topowave.tasks.model import LabTask
from topowave.tasks.script import PRIORITIES, Priority


class WaitingTasks:
    """Tasks in the order in which they are to start.

    Attributes:
        weight: the cores that all of them together are to hold.
    """

    def __init__(self) -> None:
        self._levels: dict[Priority, deque[LabTask]] = {priority: deque() for priority in PRIORITIES}
        self._started = dict.fromkeys(PRIORITIES, 0)
        self.weight = 0

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
            self.weight += task.weight

    def extend_first(self, tasks: Iterable[LabTask]) -> None:
        """Add tasks, in their order, each before those that are as urgent."""
        for task in reversed(tuple(tasks)):
            self._levels[task.priority].appendleft(task)
            self.weight += task.weight

    def start(self, free: int) -> LabTask | None:
        """Take out the first task; None where there is none, or it wants more than `free` cores.

        Nothing overtakes it then: it would wait for ever behind smaller ones.
        """
        for priority, level in self._levels.items():
            if level:
                if level[0].weight > free:
                    return None
                self._started[priority] += 1
                return self._gone(level.popleft())
        return None

    def take_last(self, most: int, may: Callable[[LabTask], bool] | None = None) -> list[LabTask]:
        """Take out tasks from the end, of `most` weight together; returns them in order.

        Args:
            most: largest weight of all of them.
            may: says which may be taken; None for all. It is asked for MOVE_LOOK tasks at the most.
        """
        taken: list[LabTask] = []
        looks = MOVE_LOOK
        for priority in reversed(PRIORITIES):
            level, stays = self._levels[priority], list[LabTask]()
            while level and most > 0 and looks > 0:
                looks -= 1
                task = level.pop()
                if task.weight <= most and (may is None or may(task)):
                    taken.append(self._gone(task))
                    most -= task.weight
                else:
                    stays.append(task)
            level.extend(reversed(stays))
        return taken[::-1]

    def _gone(self, task: LabTask) -> LabTask:
        self.weight -= task.weight
        return task

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
            self._gone(task)
            return task, before + self._started[priority]
        return None

    def take_out_all(self, ids: Collection[str]) -> list[LabTask]:
        """Take out those of these tasks that are here, in one pass."""
        found: list[LabTask] = []
        for priority, level in self._levels.items():
            late = [task for task in level if task.id in ids]
            if late:
                self._levels[priority] = deque(task for task in level if task.id not in ids)
                found += map(self._gone, late)
        return found

    def put_back(self, task: LabTask, turn: int) -> None:
        """Add a task that was taken out, where it was."""
        self._levels[task.priority].insert(max(0, turn - self._started[task.priority]), task)
        self.weight += task.weight
