"""Runs the scripts of all nodes of a process, in an engine's worker processes.

An engine is made when the first script of its type begins, with a worker for each core that the nodes of this
process have and the machine has too. How many tasks run at once is the nodes' affair: each gives one a core.
The workers end with this process, however it ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from topowave.engine import Engine, EngineConfig, Task, TaskResult
from topowave.engine.script_folders import ScriptFolders, ScriptRefusedError
from topowave.tasks import LabTask, Outcome, Script, ScriptType
from topowave.tasks.limits import RESULT_BYTES
from topowave.topology import LabConfig
from topowave.topology.config import SCRIPT_DIRS

_log = logging.getLogger(__name__)
THREADS = 20
"""Most IO-bound scripts that one process runs at once."""


class ScriptRunner:
    """What the nodes of one process run scripts with; used in its event loop.

    Args:
        config: the lab's settings: which folders are allowed, and what a script may take.
        cores: of all nodes of this process together.
    """

    def __init__(self, config: LabConfig, cores: int) -> None:
        self._config = config
        self._cores = cores
        self._folders = ScriptFolders(config.allowed_script_dirs, SCRIPT_DIRS)
        self._engines: dict[ScriptType, asyncio.Task[Engine]] = {}
        self._runs: set[asyncio.Task[None]] = set()

    def begin(self, task: LabTask, script: Script, ended: Callable[[Outcome], None]) -> asyncio.Task[None]:
        """Run a task's script; `ended` is called with what came of it, unless that is cancelled before."""
        run = asyncio.get_running_loop().create_task(self._run(task, script, ended))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)
        return run

    def engines(self) -> dict[ScriptType, Engine]:
        """Return the engines that have been needed so far, by the type of the scripts that they run."""
        found: dict[ScriptType, Engine] = {}
        for kind, starting in self._engines.items():
            if starting.done() and starting.exception() is None:
                found[kind] = starting.result()
        return found

    async def close(self) -> None:
        """End what runs, and the workers."""
        for run in [*self._runs]:
            run.cancel()
        if self._runs:
            await asyncio.wait([*self._runs])
        for starting in self._engines.values():
            engine = await starting
            await engine.shutdown_async(wait=False)
        self._engines.clear()

    async def _run(self, task: LabTask, script: Script, ended: Callable[[Outcome], None]) -> None:
        try:
            outcome = await self._outcome(task, script)
        except Exception as error:  # noqa: BLE001 - whatever it is, the task is over
            _log.exception("a script task cannot be run")
            outcome = Outcome(reason="no_worker", error=f"{type(error).__name__}: {error}")
        ended(outcome)

    async def _outcome(self, task: LabTask, script: Script) -> Outcome:
        try:  # the folders may have changed since it was submitted
            path = await asyncio.to_thread(self._folders.find, script.path)
        except ScriptRefusedError as refused:
            return Outcome(reason="no_script", error=str(refused))
        longest = self._config.script_timeout
        timeout = min(longest, script.timeout or longest)
        order = Task(path, json.loads(script.params), script.type, task.priority, timeout)
        engine = await self._engine(script.type)
        running = engine.submit_task(order)
        try:
            return _outcome(await engine.get_result_async(running))
        except asyncio.CancelledError:
            engine.cancel(running)
            raise

    async def _engine(self, kind: ScriptType) -> Engine:
        if kind not in self._engines:
            self._engines[kind] = asyncio.get_running_loop().create_task(self._start(kind))
        return await asyncio.shield(self._engines[kind])

    async def _start(self, kind: ScriptType) -> Engine:
        def start() -> Engine:
            usual = EngineConfig()
            config = EngineConfig(
                input_queue_size=2 * self._cores,
                output_queue_size=2 * self._cores,
                cpu_bound_count=min(self._cores, usual.cpu_bound_workers) if kind == "cpu" else 0,
                io_bound_count=1 if kind == "io" else 0,
                io_bound_task_limit=min(self._cores, THREADS),
                memory_limit_mb=self._config.script_memory,
            )
            return Engine(config).start()

        return await asyncio.to_thread(start)


def _outcome(result: TaskResult) -> Outcome:
    if not result.is_success:
        return Outcome(None, result.reason, result.error, result.duration, result.output)
    text = json.dumps(result.data)
    if len(text) > RESULT_BYTES:
        error = f"it returned {len(text):,} bytes of JSON, more than a lab keeps, {RESULT_BYTES:,}"
        return Outcome(None, "too_large", error, result.duration, result.output)
    return Outcome(text, None, None, result.duration, result.output)
