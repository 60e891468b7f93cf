"""The tasks of one running node: its queue in memory, its part of the journal, and what runs them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from topowave.logs import IDS_LOGGED, bounded_fields
from topowave.nodes.tasks.admission import admit
from topowave.nodes.tasks.executor import Executor
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import Journal, JournalError, Kind, LabTask, NewTask, QueueFull, Recovered, TaskQueue
from topowave.tasks.commands import Add, Cancel, Recover, SetPriority
from topowave.tasks.disciplines.priority import MostUrgentFirst
from topowave.tasks.disciplines.registry import find_discipline
from topowave.tasks.limits import COMMIT_ROWS, PROMISE_TIMEOUT
from topowave.tasks.script import Priority
from topowave.topology.executor import PLAIN, ExecutorSettings

log = logging.getLogger(__name__)


class NodeTasks:
    """A node's tasks.

    Args:
        node: its name.
        cpu: its cores.
        incarnation: number of this start of the node, unique in this run of the lab.
        journal: where everything is entered.
        task_time: seconds for which an emulated task holds a core.
        on_change: called after anything has changed.
        scripts: what script tasks are run with.
        settings: returns what tasks the node takes now.
        discipline: the name of the one by which they wait.
    """

    def __init__(
        self,
        node: str,
        cpu: int,
        incarnation: int,
        journal: Journal,
        task_time: float,
        on_change: Callable[[], None],
        scripts: ScriptRunner,
        settings: Callable[[], ExecutorSettings] = lambda: PLAIN,
        discipline: str = MostUrgentFirst.name,
    ) -> None:
        self.node = node
        self._settings = settings
        self._incarnation = incarnation
        self.journal = journal
        self.queue = TaskQueue(cpu, discipline=find_discipline(discipline)(task_time))
        self._discipline = discipline
        self.executor = Executor(node, self.queue, journal, task_time, on_change, scripts)
        self._numbers = itertools.count(1)
        self._position = 0
        self._run = 0
        self._recovered = asyncio.Event()

    def configure(self, task_time: float, discipline: str) -> None:
        """Take how long emulated tasks last that begin later, and by which discipline those that wait do."""
        before, self.executor.task_time = self.executor.task_time, task_time
        kind = find_discipline(discipline)
        if discipline != self._discipline or (task_time != before and "task_time" in kind.reads):
            self._discipline = discipline
            self.queue.set_discipline(kind(task_time))

    def recover(self) -> None:
        """Resume what an earlier incarnation of the node left, as soon as that can be journalled.

        Until then the node takes no tasks. All nodes of a process do this in one transaction.
        """
        self.journal.write(Recover(self.node), self._resume)

    def _resume(self, found: Recovered) -> None:
        self._position, self._run = found.position, found.run
        self.queue.recover(found)
        self.executor.watch(found.assigned)
        self._recovered.set()
        self.executor.proceed()

    async def ready(self) -> None:
        """Wait until this node knows its tasks. Raises JournalError where that takes PROMISE_TIMEOUT."""
        try:
            async with asyncio.timeout(PROMISE_TIMEOUT):
                await self._recovered.wait()
        except TimeoutError:
            raise self.journal.problem or JournalError("the journal could not be read yet") from None

    @property
    def incarnation_id(self) -> str:
        """A name for this incarnation of the node, unique over all runs of the lab on its journal."""
        return f"{self.node}.{self._run}-{self._incarnation}"

    def next_position(self) -> int:
        """Return the position in the queue of what is assigned next."""
        self._position += 1
        return self._position

    def admit(self, count: int) -> None:
        """Keep room for tasks that come, from whomever. Raises QueueFull where they are not let in."""
        admit(self.queue, self._settings(), count)

    async def add(self, count: int) -> list[str]:
        """Queue new emulated tasks and return their ids, once they are journalled.

        Raises:
            QueueFull: there is no room for all of them; none was added.
            JournalError: the journal cannot be written; those that were written before are there.
        """
        await self.ready()
        self.admit(count)
        return await self._add(self._new(count))

    async def add_tasks(self, new: Sequence[NewTask]) -> list[str]:
        """Queue tasks of which something is said and return their ids; as `add` does."""
        await self.ready()
        self.admit(len(new))
        kinds: Iterable[Kind] = ("emulated" if each.script is None else "script" for each in new)
        named = zip(new, self._next_ids(len(new)), kinds, strict=True)
        return await self._add(tuple(each.attributes.task(name, kind) for each, name, kind in named), new)

    async def _add(self, tasks: tuple[LabTask, ...], new: Sequence[NewTask] = ()) -> list[str]:
        """Enter tasks for which there is room."""
        count = len(tasks)
        parts = [slice(at, at + COMMIT_ROWS) for at in range(0, count, COMMIT_ROWS)]
        entering = [self._enter(tasks[part], new[part]) for part in parts]
        results = await asyncio.gather(*entering, return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            well = [part for part, result in zip(parts, results, strict=True) if result is None]
            added = sum(len(tasks[part]) for part in well)
            if isinstance(failures[0], JournalError) and added:
                partly = type(failures[0])(f"{failures[0]}; {added} of {count} tasks were added before")
                partly.is_partly = True
                raise partly
            raise failures[0]
        ids = [task.id for task in tasks]
        log.info("tasks submitted", extra=bounded_fields(count=count, tasks=ids[:IDS_LOGGED], node=self.node))
        return ids

    def add_one_soon(self) -> None:
        """Queue a new task soon, if there is room for it and the journal can be written."""
        if not self._recovered.is_set():
            return
        try:
            self.admit(1)
        except QueueFull:
            return
        tasks = self._new(1)
        add = Add(self.node, tasks, self.next_position())
        self.journal.write(add, lambda _: self._added(tasks), lambda _: self.queue.unreserve(1))

    def _new(self, count: int) -> tuple[LabTask, ...]:
        return tuple(map(LabTask, self._next_ids(count)))

    def _next_ids(self, count: int) -> list[str]:
        ours = self.incarnation_id
        return [f"{ours}.{number}" for number in itertools.islice(self._numbers, count)]

    async def _enter(self, tasks: tuple[LabTask, ...], new: Sequence[NewTask]) -> None:
        said = {task.id: each for task, each in zip(tasks, new, strict=bool(new))}
        scripts = {task: each.script for task, each in said.items() if each.script is not None}
        attributes = {task: each.attributes for task, each in said.items()}
        add = Add(self.node, tasks, self.next_position(), scripts, attributes)
        await self.journal.commit(add, lambda _: self._added(tasks), lambda: self.queue.unreserve(len(tasks)))

    def _added(self, tasks: tuple[LabTask, ...]) -> None:
        self.queue.unreserve(len(tasks))
        self.queue.submit(tasks)
        self.executor.watch(tasks)
        self.executor.proceed()

    async def cancel(self, id: str) -> Literal["assigned", "running"] | None:
        """Cancel a task; returns where it was, None where it is neither assigned nor running here.

        Raises:
            JournalError: the journal cannot be written; the task is not cancelled, and goes on.
        """
        await self.ready()
        state = self.queue.hold(id)
        if state is None:
            return None
        cancelled = False

        def then(ours: bool) -> None:
            nonlocal cancelled
            cancelled = ours
            if ours:
                self.queue.cancel(id)
            else:  # cancelled from outside, as with a journal that was edited
                self.queue.forget(id)
            self.executor.release(id)
            self.executor.proceed()

        # A running task's start may wait to be written, so it comes before this.
        await self.journal.commit(Cancel(self.node, LabTask(id), state), then, lambda: self._release(id))
        return state if cancelled else None

    async def set_priority(self, id: str, priority: Priority) -> bool:
        """Let a task that waits here be as urgent as `priority`; False where none of that id waits here.

        Raises:
            JournalError: the journal cannot be written; the task stays as urgent as it was.
        """
        await self.ready()
        state = self.queue.hold(id)
        if state != "assigned":
            if state is not None:
                self._release(id)
            return False
        changed = False

        def then(ours: bool) -> None:
            nonlocal changed
            changed = ours
            if ours:
                self.queue.set_priority(id, priority)
            else:
                self.queue.forget(id)
            self.executor.proceed()

        position = None if self.queue.stays_in_turn(id, priority) else self.next_position()
        change = SetPriority(self.node, LabTask(id), priority, position)
        await self.journal.commit(change, then, lambda: self._release(id))
        return changed

    def _release(self, id: str) -> None:
        """Let a held task go on where it was."""
        self.queue.release(id)
        self.executor.go_on(id)
        self.executor.proceed()
