"""The engine: runs scripts on this machine, in processes that whatever a script does cannot harm for long."""

from __future__ import annotations

import asyncio
import itertools
import logging
import multiprocessing
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self, cast

from topowave.engine.components import Components
from topowave.engine.config import EngineConfig
from topowave.engine.dispatcher import Dispatcher
from topowave.engine.input_queue import InputQueue
from topowave.engine.output_queue import OutputQueue
from topowave.engine.problems import found_text, waiting_time
from topowave.engine.status import ComponentStatus, EngineHealth
from topowave.engine.task import Priority, Task, TaskType, params_text
from topowave.engine.task_result import FailureReason, TaskResult
from topowave.engine.waiting_task import WaitingTask


class Engine:
    """Runs tasks in worker processes: those that compute one by one, those that wait in many threads.

    Every task gets exactly one result, whatever its script does; see `TaskResult.reason`. All methods may be
    called from any thread; those with `_async` in their names wait without holding up an event loop.

        with Engine() as engine:
            task = engine.submit_task(Task("pi.py", {"samples": 100_000}))
            print(engine.get_result(task).data)

    Args:
        config: the settings; by default those of `EngineConfig`.
    """

    def __init__(self, config: EngineConfig | None = None) -> None:
        if config is not None and not isinstance(cast("object", config), EngineConfig):
            raise TypeError(f"the settings of an Engine are an EngineConfig, {found_text(config)}")
        self.config = config or EngineConfig()
        self._input = InputQueue(self.config.input_queue_size)
        self._output = OutputQueue(self.config.output_queue_size)
        self._dispatcher: Dispatcher | None = None
        self._starting = threading.Lock()
        self._is_shut = False
        self._process = 0
        self._prefix = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    # The life of an engine.

    def start(self) -> Self:
        """Start the worker processes, without waiting for them.

        Raises:
            RuntimeError: it was shut down, or this process may have none (one of a `multiprocessing.Pool`).
        """
        if multiprocessing.current_process().daemon:
            raise RuntimeError(
                "an engine cannot start in a daemonic process, as those of multiprocessing.Pool are: it may "
                "have no processes of its own; those of concurrent.futures.ProcessPoolExecutor may"
            )
        with self._starting:  # of two threads at once one starts it
            if self._is_shut:
                raise RuntimeError("this engine was shut down; make a new one")
            if self._dispatcher is None:
                logging.getLogger("topowave.engine").setLevel(self.config.log_level)
                self._process = os.getpid()
                dispatcher = Dispatcher(self.config, self._input, self._output)
                dispatcher.start()
                self._dispatcher = dispatcher
        return self

    def shutdown(self, wait: bool = True, timeout: float | None = None) -> None:
        """End the engine. What was not done has a result all the same, as cancelled.

        Args:
            wait: whether everything that was submitted is still to be done. If not, what waits is cancelled,
                and what runs is ended.
            timeout: how long to wait for it (s); what is not done by then is cancelled.

        Raises:
            TypeError: `timeout` is no number; nothing was ended.
        """
        timeout_s = waiting_time(timeout)
        if self._is_elsewhere():
            self._is_shut = True
            return  # a copy of the process: the workers are not its own, and go on
        with self._starting:
            self._is_shut = True
        self._input.close()
        if self._dispatcher is not None and not self._dispatcher.stop(finish=wait, timeout_s=timeout_s):
            self._dispatcher.stop(finish=False)

    async def shutdown_async(self, wait: bool = True, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as in `shutdown`
        """Do what `shutdown` does."""
        await asyncio.to_thread(self.shutdown, wait, timeout)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(wait=kind is None)

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown_async(wait=kind is None)

    # Tasks.

    def submit_task(self, task: Task) -> str:
        """Let a task be run and return its id.

        Where the input queue stays full for `queue_poll_timeout` and `max_queue_full_retries` times more, the
        task fails. Where so many results wait to be asked for as are kept, it is refused after that time.

        Raises:
            ValueError: its parameters are no JSON, or too much.
            TypeError: it is no `Task`.
            OutputQueueFullError: `output_queue_size` results wait to be asked for.
            RuntimeError: the engine does not run, or not in this process.
        """
        return self.submit_batch([task])[0]

    def submit_batch(self, tasks: Iterable[Task]) -> list[str]:
        """Let tasks be run and return their ids, in their order.

        There may be more of them than the input queue holds: this returns when all are in, or nothing has
        been taken out of it for as long as `submit_task` waits; those that are not in fail. There may
        also be more than `output_queue_size`: as many results are kept from now on.

        Raises:
            ValueError: the parameters of one are no JSON, or too much; then none is run.
            TypeError: one is no `Task`; then none is run.
            OutputQueueFullError: `output_queue_size` results wait to be asked for; none is run.
            RuntimeError: the engine does not run, or not in this process.
        """
        self._running()
        self._output.wait_for_room(self._patience_s)
        new = self._new_tasks(tasks)
        self._put(new, 0)
        return [task.id for task in new]

    async def submit_task_async(self, task: Task) -> str:
        """Do what `submit_task` does."""
        return (await self.submit_batch_async([task]))[0]

    async def submit_batch_async(self, tasks: Iterable[Task]) -> list[str]:
        """Do what `submit_batch` does."""
        self._running()
        if self._output.is_full:
            await asyncio.to_thread(self._output.wait_for_room, self._patience_s)
        new = self._new_tasks(tasks)
        done = self._input.put(new, 0.0)
        self._running().wake()
        if done < len(new):
            await asyncio.to_thread(self._put, new, done)
        return [task.id for task in new]

    def get_result(self, id: str, timeout: float | None = None) -> TaskResult:
        """Return the result of a task; waits for it.

        Args:
            id: of the task.
            timeout: how long to wait (s); None for as long as it takes.

        Raises:
            TimeoutError: there is none yet.
            ResultGoneError: there is no such task, or it was asked for before and made room for others.
            TypeError: it is no id, or `timeout` is no number.
            RuntimeError: this process was forked from the engine's.
        """
        self._check(id)
        timeout_s = waiting_time(timeout)
        found = self._output.get(id)
        if isinstance(found, TaskResult):
            return found
        try:
            return found.result(timeout_s)
        except TimeoutError:
            self._output.forget(id, found)
            raise TimeoutError(f"task {id} has no result after {timeout} s") from None

    async def get_result_async(self, id: str, timeout: float | None = None) -> TaskResult:  # noqa: ASYNC109 - as in `get_result`
        """Do what `get_result` does."""
        self._check(id)
        timeout_s = waiting_time(timeout)
        found = self._output.get(id)
        if isinstance(found, TaskResult):
            return found
        try:
            return await asyncio.wait_for(asyncio.wrap_future(found), timeout_s)
        except TimeoutError:
            raise TimeoutError(f"task {id} has no result after {timeout} s") from None
        finally:
            self._output.forget(id, found)

    def wait_all(self, ids: Iterable[str] | None = None, timeout: float | None = None) -> list[TaskResult]:
        """Wait until tasks have their results, and return those.

        Args:
            ids: which tasks, and in which order; None for all, in the order in which they were submitted, as
                far as their results are kept.
            timeout: how long to wait for all of them together (s).

        Raises:
            TimeoutError: not all have one.
            ResultGoneError, TypeError, RuntimeError: as in `get_result`.
        """
        wanted, timeout_s = self._wanted(ids), waiting_time(timeout)
        if wanted is None:
            if not self._output.wait_all(timeout_s):
                raise TimeoutError(f"{self._output.unfinished:,} tasks have no result after {timeout} s")
            return sorted(self._output.kept(), key=_number)
        collected = self._output.collect(wanted)
        try:
            collected.all_there.result(timeout_s)
        except TimeoutError:
            raise TimeoutError(f"{len(collected.missing):,} tasks have no result after {timeout} s") from None
        finally:
            self._output.give_up(collected)
        return [collected.found[each] for each in wanted]

    async def wait_all_async(
        self,
        ids: Iterable[str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as in `wait_all`
    ) -> list[TaskResult]:
        """Do what `wait_all` does."""
        wanted, timeout_s = self._wanted(ids), waiting_time(timeout)
        try:
            async with asyncio.timeout(timeout_s):
                if wanted is not None:
                    found = await self._collect(wanted)
                    return [found[each] for each in wanted]
                while self._output.unfinished:
                    await self._collect(None)
        except TimeoutError:
            raise TimeoutError(f"not all tasks have a result after {timeout} s") from None
        return sorted(self._output.kept(), key=_number)

    async def _collect(self, ids: Iterable[str] | None) -> dict[str, TaskResult]:
        collected = self._output.collect(ids)
        try:
            await asyncio.wrap_future(collected.all_there)
        finally:
            self._output.give_up(collected)
        return collected.found

    def cancel(self, id: str) -> bool:
        """Cancel a task, whether it waits or runs; returns False where it has its result already."""
        self._check(id)
        task = self._output.task(id)
        if task is None:
            return False
        task.is_cancelled = True
        if self._input.remove(task):
            self._output.put([TaskResult(id, "cancelled", "it was cancelled", attempts=task.attempts)])
        elif self._dispatcher is not None:  # which still runs during a shutdown that waits
            self._dispatcher.cancel(task)
        return True

    # Status.

    def get_status(self) -> dict[str, object]:
        """Return how the engine and its components are, as plain data.

        Each of `engine`, `input_queue`, `output_queue`, `process_pool`, `executor` and, under `workers`, each
        worker has `health`, `is_running` and `metrics`.
        """
        return self._components().to_json()

    def get_component_status(self, name: str) -> ComponentStatus:
        """Return the status of one component or worker. Raises LookupError where there is no such one."""
        return self._components().status(name)

    def get_health(self) -> EngineHealth:
        """Return how the components are together."""
        return self._components().health()

    # Inside.

    def _components(self) -> Components:
        return Components(self.config, self._input, self._output, self._dispatcher)

    def _running(self) -> Dispatcher:
        self._check_process()
        if self._is_shut:
            raise RuntimeError("the engine does not run any more: it was shut down; make a new one")
        if self._dispatcher is None:
            raise RuntimeError("the engine does not run: call start(), or use it in a `with` block")
        return self._dispatcher

    @property
    def _patience_s(self) -> float:
        """How long who submits waits for room in a queue (s)."""
        return self.config.queue_poll_timeout * (self.config.max_queue_full_retries + 1)

    def _is_elsewhere(self) -> bool:
        """Return whether this process is a copy (by `os.fork`) of the one that the engine runs in."""
        return self._process not in (0, os.getpid())

    def _check_process(self) -> None:
        if self._is_elsewhere():  # no result would ever come here
            raise RuntimeError(
                f"the engine runs in process {self._process}, from which this one was forked; "
                "make a new one here"
            )

    def _check(self, id: object) -> None:
        self._check_process()
        if not isinstance(id, str):
            raise TypeError(_no_id(id))

    def _wanted(self, ids: Iterable[str] | None) -> list[str] | None:
        """Return the ids that somebody waits for, None for all."""
        self._check_process()
        if ids is None:
            return None
        if isinstance(ids, str):
            raise TypeError(f"wait_all takes a list of ids, {found_text(ids)}; get_result waits for one task")
        wanted = list(ids)
        for each in wanted:
            if not isinstance(cast("object", each), str):
                raise TypeError(_no_id(each))
        return wanted

    def _new_tasks(self, tasks: Iterable[Task]) -> list[WaitingTask]:
        self._running()
        if not isinstance(cast("object", tasks), Iterable):
            raise TypeError(f"what is submitted are Tasks, {found_text(tasks)}")
        paths: dict[object, str] = {}
        new = [self._new_task(task, paths) for task in tasks]
        self._output.keep_at_least(len(new))
        self._output.expect(new)
        return new

    def _new_task(self, task: Task, paths: dict[object, str]) -> WaitingTask:
        """Return a task as it is inside. `paths` are those of its batch: to make one absolute is dear."""
        if not isinstance(cast("object", task), Task):
            raise TypeError(f"what is submitted is a Task, {found_text(task)}")
        number = next(self._numbers)
        named = task.script_path if type(task.script_path) is str else os.fspath(task.script_path)
        script = paths.get(named)
        if script is None:
            script = paths[named] = os.path.abspath(named)  # noqa: PTH100 - links stay as they are
        return WaitingTask(
            f"{self._prefix}-{number}",
            number,
            script,
            params_text(task.params),
            cast("TaskType", task.task_type),
            cast("Priority", task.priority),
            self.config.task_timeout if task.timeout is None else task.timeout,
            task.retries,
        )

    def _put(self, tasks: Sequence[WaitingTask], done: int) -> None:
        """Put the tasks from number `done` on into the input queue, or fail them."""
        dispatcher = self._running()
        config = self.config
        full = 0
        while done < len(tasks) and full <= config.max_queue_full_retries and self._input.is_open:
            taken = self._input.put(tasks[done:], config.queue_poll_timeout)
            done += taken
            full = 0 if taken else full + 1
            dispatcher.wake()
        if done < len(tasks):
            self._refuse(tasks[done:])

    def _refuse(self, tasks: Sequence[WaitingTask]) -> None:
        reason: FailureReason = "queue_full"
        sentence = (
            f"the input queue was full, with {self._input.capacity:,} tasks, for {self._patience_s:g} s"
        )
        if not self._input.is_open:
            reason, sentence = "cancelled", "the engine was shut down"
        self._output.put([TaskResult(task.id, reason, sentence) for task in tasks])


def _no_id(value: object) -> str:
    return f"a task is known by the id that submit_task returned, {found_text(value)}"


def _number(result: TaskResult) -> int:
    return int(result.id.rpartition("-")[2])
