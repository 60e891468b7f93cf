"""Runs the tasks of one node: each holds some of its cores, for a time or as long as a script runs.

An emulated task holds its cores for its own duration, or `task_time` seconds, and burns none. A task gets its
cores once its start is in the journal. That it is done is journalled together with the start of the next one.

A script that gives no result is to be tried again, on whatever node, where its task says so: then it is
pending, and no concern of this node any more. What is not over by its deadline is failed, waiting or running.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from topowave.logs import bounded_fields
from topowave.nodes.tasks.deadlines import Deadlines
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import Journal, LabTask, Outcome, ScriptRun, TaskQueue
from topowave.tasks.commands import Expire, Fail, Finish, Interrupt, Retry, Start
from topowave.tasks.limits import COMMIT_ROWS
from topowave.tasks.script import DEADLINE

log = logging.getLogger(__name__)


class Executor:
    """Gives free cores to waiting tasks and takes them back when their time is over.

    Args:
        node: the node's name.
        queue: the node's tasks.
        journal: where starts and ends are entered.
        task_time: seconds for which an emulated task holds its core that has no duration of its own; may be
            changed for those that start later.
        on_change: called after anything has changed in the queue.
        scripts: what script tasks are run with.
    """

    def __init__(
        self,
        node: str,
        queue: TaskQueue,
        journal: Journal,
        task_time: float,
        on_change: Callable[[], None],
        scripts: ScriptRunner,
    ) -> None:
        self._node = node
        self._queue = queue
        self._journal = journal
        self.task_time = task_time
        self._on_change = on_change
        self._scripts = scripts
        self._working: dict[str, asyncio.TimerHandle | asyncio.Task[None]] = {}
        self._over: dict[str, tuple[LabTask, Outcome | None]] = {}
        self._pauses: dict[str, float] = {}
        self._deadlines = Deadlines(self._late)
        self._stopped = False

    def watch(self, tasks: Iterable[LabTask]) -> None:
        """Mind the deadlines of tasks that have come to this node, from the next `proceed` on."""
        self._deadlines.watch(tasks)

    def proceed(self) -> None:
        """Start what can start; to be called whenever the queue has changed."""
        if self._stopped:
            return
        self._deadlines.look()
        self._start()
        self._on_change()

    def _start(self) -> None:
        started = self._queue.start()
        if started:
            self._journal.write(Start(self._node, tuple(started)), partial(self._run, started))

    def release(self, task: str) -> None:
        """Take the core of a task that was cancelled, or interrupted."""
        working = self._working.pop(task, None)
        if working is not None:
            working.cancel()
        self._over.pop(task, None)
        self._pauses.pop(task, None)

    def go_on(self, task: str) -> None:
        """Finish a task that was neither cancelled nor interrupted, where it was through meanwhile."""
        over = self._over.pop(task, None)
        if over is not None and not self._stopped:
            self.finish(*over)

    def stop(self) -> None:
        """Run nothing any more; what runs is assigned again in the journal, for the next incarnation."""
        if self._queue.counts().running and not self._stopped:
            self._journal.write(Interrupt(self._node), _nothing)
        self._stopped = True
        self._deadlines.close()
        for working in self._working.values():
            working.cancel()
        self._working.clear()

    def _run(self, tasks: Sequence[LabTask], started: Mapping[str, ScriptRun | None]) -> None:
        if self._stopped:
            return
        loop = asyncio.get_running_loop()
        for task in tasks:
            if task.id not in started:
                self._queue.drop(task)  # cancelled from outside, as with a journal that was edited
            elif self._queue.is_running(task):
                run = started[task.id]
                if run is None:
                    lasts = self.task_time if task.duration is None else task.duration
                    self._working[task.id] = loop.call_later(lasts, self.finish, task)
                else:
                    if run.pause is not None:
                        self._pauses[task.id] = run.pause
                    self._working[task.id] = self._scripts.begin(task, run.script, partial(self.finish, task))
        if len(started) < len(tasks):
            self.proceed()

    def finish(self, task: LabTask, outcome: Outcome | None = None) -> None:
        """End a running task whose time is over, or whose script is through with `outcome`."""
        self._working.pop(task.id, None)
        if self._queue.is_held(task):  # whether it is done, cancelled or moves, the journal is about to say
            self._over[task.id] = task, outcome
            return
        pause = self._pauses.pop(task.id, None)
        if outcome is None or outcome.reason is None:
            self._queue.finish(task)
            self._journal.write(Finish(self._node, task, outcome), _nothing)
        elif pause is not None:
            self._queue.retry(task)
            self._journal.write(Retry(self._node, task, outcome, pause), _nothing)
        else:
            self._queue.fail(task)
            self._log_failed(task, outcome.reason)
            self._journal.write(Fail(self._node, task, outcome), _nothing)
        self.proceed()

    def _log_failed(self, task: LabTask, reason: str | None) -> None:
        log.info("task failed", extra=bounded_fields(task=task.id, node=self._node, reason=reason))

    def _late(self, ids: Collection[str]) -> list[str]:
        """Fail tasks whose deadline has passed; returns those about which something else is being decided."""
        again: list[str] = []
        late = self._queue.expire(ids)
        for task in late:
            self._log_failed(task, DEADLINE.reason)
        for at in range(0, len(late), COMMIT_ROWS):
            self._journal.write(Expire(self._node, tuple(late[at : at + COMMIT_ROWS])), _nothing)
        for each in {*ids}.difference(task.id for task in late):
            place = self._queue.place_of(each)
            if place == "held" or (place == "running" and each not in self._working):
                again.append(each)  # or its start is still to be written
            elif place == "running":
                self.release(each)
                task = self._queue.fail_running(each)
                self._log_failed(task, DEADLINE.reason)
                self._journal.write(Fail(self._node, task, DEADLINE), _nothing)
        if len(again) < len(ids):
            self._start()
            self._on_change()
        return again


def _nothing(_: object) -> None:
    """Do nothing: what has come to pass was said already."""
