"""The tasks of a node that wait, in the order of a queue discipline.

There is a queue for each key that a task has now: the discipline's number, by which the smallest starts
first. Those with equal keys are in the order of their turns, which is that in which they came. So with few
different keys, as of `fcfs` and `priority`, all is done at the two ends of a few queues; with many, as of
`edf`, a start or an arrival costs a look into a sorted list of keys.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from topowave.tasks.limits import MOVE_LOOK
from topowave.tasks.model import LabTask

FEW_KEYS = 4
"""So many different keys are kept though nothing waits by them: all that `priority` has."""
_Level = deque[tuple[int, LabTask]]
"""Tasks with equal keys, each with its turn, which grows."""


class WaitingTasks:
    """Tasks in the order in which they are to start.

    Args:
        key: says by which number a task waits.

    Attributes:
        weight: the cores that all of them together are to hold.
    """

    def __init__(self, key: Callable[[LabTask], float]) -> None:
        self._key = key
        self._levels: dict[float, _Level] = {}
        self._keys: list[float] = []
        self._count = 0
        self._first, self._next = 0, 0
        """Turns: one more than that of what comes first next, and that of what comes last next."""
        self.weight = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[LabTask]:
        for key in self._keys:
            for _, task in self._levels[key]:
                yield task

    def __contains__(self, task: LabTask) -> bool:
        return any(task == other for other in self)

    def extend(self, tasks: Iterable[LabTask]) -> None:
        """Add tasks, each after those with the same key."""
        turn, levels, key_of = self._next, self._levels, self._key
        for task in tasks:
            key = key_of(task)
            level = levels.get(key)
            if level is None:
                level = self._new_level(key)
            level.append((turn, task))
            turn += 1
            self.weight += task.weight
        self._count += turn - self._next
        self._next = turn

    def extend_first(self, tasks: Iterable[LabTask]) -> None:
        """Add tasks, in their order, each before those with the same key."""
        for task in reversed(tuple(tasks)):
            self._first -= 1
            self._level(self._key(task)).appendleft((self._first, task))
            self._came(task)

    def sort_by(self, key: Callable[[LabTask], float]) -> None:
        """Let tasks wait by other keys from now on, those with equal ones in the order in which they came."""
        waiting = sorted((entry for level in self._levels.values() for entry in level), key=_turn)
        self._key = key
        self._levels, self._keys = {}, []
        for turn, task in waiting:
            self._level(key(task)).append((turn, task))

    def start(self, free: int, suspect_runs: bool = False) -> LabTask | None:
        """Take out the first task; None where there is none, or it cannot start now.

        Nothing overtakes it then: it would wait for ever behind smaller ones.

        Args:
            free: it cannot if it wants more cores than these.
            suspect_runs: whether one of those runs of which no two do at once.
        """
        if not self._count:
            return None
        for key in self._keys:
            level = self._levels[key]
            if level:
                task = level[0][1]
                if task.weight > free or (suspect_runs and task.suspect):
                    return None
                level.popleft()
                if not level and len(self._keys) > FEW_KEYS:
                    self._drop(key)
                self._count -= 1
                self.weight -= task.weight
                return task
        return None

    def take_last(self, most: int, may: Callable[[LabTask], bool] | None = None) -> list[LabTask]:
        """Take out tasks from the end, of `most` weight together; returns them in order.

        Args:
            most: largest weight of all of them.
            may: says which may be taken; None for all. It is asked for MOVE_LOOK tasks at the most.
        """
        taken: list[LabTask] = []
        looks = MOVE_LOOK
        for key in reversed(self._keys):
            if most <= 0 or looks <= 0:
                break
            level, stays = self._levels[key], _Level()
            while level and most > 0 and looks > 0:
                looks -= 1
                task = level[-1][1]
                if task.weight <= most and (may is None or may(task)):
                    level.pop()
                    taken.append(self._gone(task))
                    most -= task.weight
                else:
                    stays.append(level.pop())
            level.extend(reversed(stays))
        self._drop_empty()
        return taken[::-1]

    def take_out(self, id: str) -> tuple[LabTask, int] | None:
        """Take out a task; returns it and its turn, None where it is not here."""
        for key, level in self._levels.items():
            for at, (turn, task) in enumerate(level):
                if task.id == id:
                    del level[at]
                    if not level and len(self._keys) > FEW_KEYS:
                        self._drop(key)
                    return self._gone(task), turn
        return None

    def take_out_all(self, ids: Collection[str]) -> list[LabTask]:
        """Take out those of these tasks that are here, in one pass; returns them in order."""
        found: list[LabTask] = []
        for key in self._keys:
            level = self._levels[key]
            late = [task for _, task in level if task.id in ids]
            if late:
                self._levels[key] = _Level(entry for entry in level if entry[1].id not in ids)
                found += map(self._gone, late)
        if found:
            self._drop_empty()
        return found

    def put_back(self, task: LabTask, turn: int) -> None:
        """Add a task that was taken out, where its turn is among those with its key."""
        level = self._level(self._key(task))
        later = next((at for at, (other, _) in enumerate(level) if other > turn), len(level))
        level.insert(later, (turn, task))
        self._came(task)

    def is_as_urgent(self, task: LabTask, other: LabTask) -> bool:
        """Return whether two tasks have the same key."""
        return self._key(task) == self._key(other)

    def _level(self, key: float) -> _Level:
        level = self._levels.get(key)
        return self._new_level(key) if level is None else level

    def _new_level(self, key: float) -> _Level:
        insort(self._keys, key)
        level = self._levels[key] = _Level()
        return level

    def _drop(self, key: float) -> None:
        del self._levels[key], self._keys[bisect_left(self._keys, key)]

    def _drop_empty(self) -> None:
        if len(self._keys) <= FEW_KEYS:
            return
        self._levels = {key: level for key, level in self._levels.items() if level}
        self._keys = [key for key in self._keys if key in self._levels]

    def _came(self, task: LabTask) -> None:
        self._count += 1
        self.weight += task.weight

    def _gone(self, task: LabTask) -> LabTask:
        self._count -= 1
        self.weight -= task.weight
        return task


def _turn(entry: tuple[int, LabTask]) -> int:
    return entry[0]
