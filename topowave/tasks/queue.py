"""A node's tasks in memory: what waits, what runs, what moves. The journal is the truth that outlives it.

That no task is lost or doubled is checked in the journal (`tasks.store.schema`), where it holds over
the deaths of nodes; not here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.disciplines.priority import USUAL
from topowave.tasks.limits import QUEUE_TASKS, WEIGHT_MOST
from topowave.tasks.model import LabTask, Recovered
from topowave.tasks.script import Priority
from topowave.tasks.states import CommandName, InvalidTransition, State
from topowave.tasks.waiting import WaitingTasks


class QueueFull(Exception):  # noqa: N818 - a state, not a mistake
    """The queue has no room for so many tasks."""


@dataclass(frozen=True)
class QueueCounts:
    """How many tasks are here now; over all incarnations of the node, how they ended and how many came.

    `put_back` had failed and were put back before this incarnation began: they are not among the failed ones.
    Of those that are put back since, a node does not hear.
    """

    assigned: int
    running: int
    moving: int
    completed: int
    failed: int
    cancelled: int
    submitted: int
    put_back: int = 0


@dataclass(frozen=True, slots=True)
class _Held:
    """A task that is held.

    task: which.
    state: where it is.
    turn: of an assigned one: its turn, as `WaitingTasks.take_out` says it.
    """

    task: LabTask
    state: Literal["assigned", "running"]
    turn: int


@dataclass(frozen=True, slots=True)
class _Move:
    """The tasks of a move, in their order.

    waited: those that were assigned.
    run: those that are to be interrupted, and are held until then.
    ran: those that were interrupted.
    """

    waited: tuple[LabTask, ...]
    run: tuple[LabTask, ...] = ()
    ran: tuple[LabTask, ...] = ()

    @property
    def moving(self) -> tuple[LabTask, ...]:
        """Those that are here no more."""
        return self.waited + self.ran


class TaskQueue:
    """The tasks of one node, in the order of a queue discipline.

    Pure: no clock, no files, nothing runs by itself. A task runs where its weight is free; until then nothing
    that comes after it does. One that is heavier than the node, which nobody gives it, would hold all of it.
    Of those that are suspected to end their node one runs at a time.

    Args:
        cpu: cores; tasks of so much weight together run at once.
        capacity: most tasks that may wait in the queue.
        discipline: which of those that wait starts first.
    """

    def __init__(self, cpu: int, capacity: int = QUEUE_TASKS, discipline: Discipline = USUAL) -> None:
        self.cpu = cpu
        self.capacity = capacity
        self._assigned = WaitingTasks(discipline.key)
        self._running: dict[str, LabTask] = {}
        self._busy = 0
        self._suspects = 0
        self._moves: dict[str, _Move] = {}
        self._held: dict[str, _Held] = {}
        self._reserved = 0
        self._completed = self._failed = self._cancelled = self._submitted = self._put_back = 0

    def set_discipline(self, discipline: Discipline) -> None:
        """Let what waits start in another order from now on; what runs goes on."""
        self._assigned.sort_by(discipline.key)

    @property
    def load(self) -> int:
        """The weight of all tasks that wait or run here: as many as they are, if each holds one core."""
        held = sum(held.task.weight for held in self._held.values() if held.state == "assigned")
        return self._assigned.weight + held + self._busy

    @property
    def _held_assigned(self) -> int:
        return sum(held.state == "assigned" for held in self._held.values())

    def counts(self) -> QueueCounts:
        """Return how many tasks are where."""
        return QueueCounts(
            assigned=len(self._assigned) + self._held_assigned,
            running=len(self._running),
            moving=sum(len(move.moving) for move in self._moves.values()),
            completed=self._completed,
            failed=self._failed,
            cancelled=self._cancelled,
            submitted=self._submitted,
            put_back=self._put_back,
        )

    def recover(self, found: Recovered) -> None:
        """Take what an earlier incarnation of the node left, before what came since."""
        self._assigned.extend_first(found.assigned)
        self._submitted += found.submitted
        self._completed += found.completed
        self._failed += found.failed
        self._cancelled += found.cancelled
        self._put_back += found.put_back

    @property
    def reserved(self) -> int:
        """How many tasks are being entered."""
        return self._reserved

    def reserve(self, count: int) -> None:
        """Keep room for tasks that are being entered. Raises QueueFull where there is not enough."""
        free = self.capacity - len(self._assigned) - self._reserved
        if count > free:
            raise QueueFull(f"the queue has room for {max(free, 0)} more tasks, not for {count}")
        self._reserved += count

    def unreserve(self, count: int) -> None:
        """Free reserved room."""
        self._reserved -= count

    def submit(self, tasks: Iterable[LabTask]) -> None:
        """Queue new tasks, whether or not there is room."""
        before = len(self._assigned)
        self._assigned.extend(tasks)
        self._submitted += len(self._assigned) - before

    def start(self) -> list[LabTask]:
        """Give free cores to the first tasks that wait; returns the tasks that now run."""
        started: list[LabTask] = []
        while self._busy < self.cpu:
            free = self.cpu - self._busy if self._running else WEIGHT_MOST
            task = self._assigned.start(free, self._suspects > 0)
            if task is None:
                break
            self._running[task.id] = task
            self._busy += task.weight
            self._suspects += task.suspect
            started.append(task)
        return started

    def is_running(self, task: LabTask) -> bool:
        """Whether the task has a core."""
        return task.id in self._running

    def finish(self, task: LabTask) -> None:
        """Count a running task as completed. Raises InvalidTransition where it does not run."""
        self._end("finish", task)
        self._completed += 1

    def fail(self, task: LabTask) -> None:
        """Count a running task as failed. Raises InvalidTransition where it does not run."""
        self._end("fail", task)
        self._failed += 1

    def fail_running(self, id: str) -> LabTask:
        """Count a running task as failed, and return it."""
        task = self._running[id]
        self.fail(task)
        return task

    def retry(self, task: LabTask) -> None:
        """Forget a running task that is to be pending. Raises InvalidTransition where it does not run."""
        self._end("retry", task)

    def expire(self, ids: Collection[str]) -> list[LabTask]:
        """Count those of these tasks as failed that wait and are not held, and forget them; returns them."""
        late = self._assigned.take_out_all(ids)
        self._failed += len(late)
        return late

    def place_of(self, id: str) -> Literal["running", "held", "gone"]:
        """Return where a task is that does not wait: held while it moves, or is being decided about."""
        task = LabTask(id)
        if id in self._held or any(task in move.moving for move in self._moves.values()):
            return "held"
        return "running" if id in self._running else "gone"

    def _end(self, command: CommandName, task: LabTask) -> None:
        if not self._stop(task.id):
            raise self._invalid(command, task.id, self._state_of(task))

    def _stop(self, id: str) -> bool:
        """Take a task's cores; returns whether it had any."""
        task = self._running.pop(id, None)
        if task is not None:
            self._busy -= task.weight
            self._suspects -= task.suspect
        return task is not None

    def hold(self, id: str) -> Literal["assigned", "running"] | None:
        """Let nothing happen to a task until it is said whether it is cancelled.

        An assigned one does not start or move, and a running one keeps its core.

        Returns:
            Where it is; None where it is neither assigned nor running, or held already.
        """
        if id in self._held:
            return None
        if id in self._running:
            self._held[id] = _Held(self._running[id], "running", 0)
            return "running"
        found = self._assigned.take_out(id)
        if found is None:
            return None
        task, turn = found
        self._held[id] = _Held(task, "assigned", turn)
        return "assigned"

    def is_held(self, task: LabTask) -> bool:
        """Whether it is being decided if the task is cancelled, or interrupted to move."""
        return task.id in self._held

    def cancel(self, id: str) -> None:
        """Count a held task as cancelled, and forget it."""
        self.forget(id)
        self._cancelled += 1

    def forget(self, id: str) -> None:
        """Forget a held task that is not this node's any more."""
        del self._held[id]
        self._stop(id)

    def release(self, id: str) -> None:
        """Let a held task go on where it was."""
        held = self._held.pop(id)
        if held.state == "assigned":
            self._assigned.put_back(held.task, held.turn)

    def set_priority(self, id: str, priority: Priority) -> None:
        """Let a held task that waits be as urgent as `priority`, after those that are.

        With a discipline that does not look at priorities it stays where it was.
        """
        held = self._held.pop(id)
        task = replace(held.task, priority=priority)
        if self._assigned.is_as_urgent(held.task, task):
            self._assigned.put_back(task, held.turn)
        else:
            self._assigned.extend([task])

    def stays_in_turn(self, id: str, priority: Priority) -> bool:
        """Return whether a held task that waits stays where it was when it is as urgent as `priority`."""
        task = self._held[id].task
        return self._assigned.is_as_urgent(task, replace(task, priority=priority))

    def drop(self, task: LabTask) -> None:
        """Forget a running task that is not this node's any more."""
        self._stop(task.id)

    # Moves.

    def begin_move(
        self,
        move: str,
        count: int,
        keep: int | None = None,
        *,
        fits: Callable[[LabTask], bool] | None = None,
    ) -> tuple[LabTask, ...]:
        """Set the last assigned tasks moving, of `count` weight together; returns them in their order.

        Args:
            move: its id.
            count: how much weight: as many tasks, if each holds one core.
            keep: where not enough tasks wait, those that began to run last, and so lose least, move too,
                while more than so much load stays; None for those that wait only. They are held, and keep
                their cores, until `interrupt` or `abort_move`. One that was interrupted once is not again.
            fits: says which tasks the receiver may have; None for all.
        """
        assigned = self._assigned.take_last(count, fits)
        most = 0
        if keep is not None:
            leaving = sum(task.weight for other in self._moves.values() for task in other.run)
            most = min(count - sum(task.weight for task in assigned), self.load - leaving - keep)
        running = self._began_last(most, fits)
        for task in running:
            self._held[task.id] = _Held(task, "running", 0)
        if assigned or running:
            self._moves[move] = _Move(tuple(assigned), run=running)
        return (*assigned, *running)

    def _began_last(self, most: int, fits: Callable[[LabTask], bool] | None) -> tuple[LabTask, ...]:
        """Return running tasks that may be interrupted, of `most` weight, in the order of their beginning."""
        found: list[LabTask] = []
        for task in reversed(self._running.values()):
            if most <= 0:
                break
            if task.interrupted or task.id in self._held or task.weight > most:
                continue
            if fits is None or fits(task):
                found.append(task)
                most -= task.weight
        return tuple(reversed(found))

    def interrupt(self, move: str, offered: Collection[str]) -> tuple[LabTask, ...]:
        """Take the cores of the tasks that a move interrupts; returns them.

        Args:
            move: its id.
            offered: the tasks that move; the others are not this node's any more.
        """
        found = self._moves[move]
        for task in found.run:
            self.forget(task.id)
        ran = tuple(replace(task, interrupted=True) for task in found.run if task.id in offered)
        self._moves[move] = _Move(found.waited, ran=ran)
        return found.run

    def commit_move(self, move: str) -> None:
        """Forget moving tasks that another node has taken. Raises InvalidTransition where none do."""
        self._end_move("take", move)

    def finish_external(self, move: str) -> None:
        """Count moving tasks as completed that went to somebody else's program."""
        self._completed += len(self._end_move("finish_external", move).moving)

    def abort_move(self, move: str) -> tuple[LabTask, ...]:
        """Queue moving tasks again, at the end; they are ours whatever the capacity.

        Those that were interrupted come first again, as they did.

        Returns:
            Those that were to be interrupted and were not: they go on.
        """
        ended = self._end_move("take_back", move)
        self._assigned.extend(ended.waited)
        self._assigned.extend_first(ended.ran)
        for task in ended.run:
            self.release(task.id)
        return ended.run

    def receive(self, tasks: Iterable[LabTask]) -> None:
        """Queue tasks that another node sent."""
        self._assigned.extend(tasks)

    def _end_move(self, command: CommandName, move: str) -> _Move:
        found = self._moves.pop(move, None)
        if found is None:
            raise self._invalid(command, f"the move {move}", None)
        return found

    def _state_of(self, task: LabTask) -> State | None:
        if task.id in self._running:
            return "running"
        if task in self._assigned:
            return "assigned"
        return "moving" if any(task in move.moving for move in self._moves.values()) else None

    def _invalid(self, command: CommandName, what: str, state: State | None) -> InvalidTransition:
        moves = ", ".join(self._moves) or "none"
        return InvalidTransition(command, what, state, f"open moves: {moves}; {self.counts()}")

    def ids(self) -> list[str]:
        """Return the ids of all tasks that are here, running ones first, moving ones last."""
        moving = chain.from_iterable(move.moving for move in self._moves.values())
        held = (held.task for held in self._held.values() if held.state == "assigned")
        return [task.id for task in chain(self._running.values(), held, self._assigned, moving)]
