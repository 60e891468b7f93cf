"""How the components of an engine are: its queues, its workers, and the thread between them."""

from __future__ import annotations

import time
from typing import cast

from topowave.engine.config import EngineConfig
from topowave.engine.dispatcher import Dispatcher
from topowave.engine.input_queue import InputQueue
from topowave.engine.limits import FAILED_STARTS
from topowave.engine.output_queue import OutputQueue
from topowave.engine.problems import found_text
from topowave.engine.status import ComponentHealth, ComponentStatus, EngineHealth, together
from topowave.engine.worker import Worker
from topowave.short_text import short_sentence

COMPONENTS = ("input_queue", "output_queue", "process_pool", "executor")
_SILENT_CHECKS = 25
"""So many times the interval of checks the dispatcher may be silent before it counts as stuck."""
Metrics = dict[str, "float | str | None"]


class Components:
    """Tells of each component how it is.

    Args:
        config: the settings of the engine.
        waiting: its input queue.
        results: its output queue.
        dispatcher: the thread between them and the workers; None where the engine was not started.
    """

    def __init__(
        self, config: EngineConfig, waiting: InputQueue, results: OutputQueue, dispatcher: Dispatcher | None
    ) -> None:
        self._config = config
        self._input = waiting
        self._output = results
        self._dispatcher = dispatcher

    def status(self, name: str) -> ComponentStatus:
        """Return the status of "engine", of one of COMPONENTS, or of a worker. Raises LookupError."""
        workers = {worker.name: worker for worker in self._workers()}
        if not isinstance(cast("object", name), str):
            raise TypeError(f"a component is known by its name, {found_text(name)}")
        if name in workers:
            return self._worker(workers[name])
        tell = {
            "engine": self._engine,
            "input_queue": self._input_queue,
            "output_queue": self._output_queue,
            "process_pool": self._process_pool,
            "executor": self._executor,
        }
        if name not in tell:
            known = ", ".join([*tell, *workers])
            raise LookupError(f"there is no component {short_sentence(repr(name))}; there are {known}")
        return tell[name]()

    def to_json(self) -> dict[str, object]:
        """Return the status of all, the workers by name under `workers`."""
        workers = self._workers()
        return {
            **{name: self.status(name).to_json() for name in ("engine", *COMPONENTS)},
            "workers": {worker.name: self._worker(worker).to_json() for worker in workers},
        }

    def health(self) -> EngineHealth:
        """Return how all are together."""
        healths = [self.status(name).health for name in COMPONENTS]
        healths += [self._worker(worker).health for worker in self._workers()]
        healthy = healths.count(ComponentHealth.HEALTHY)
        return EngineHealth(together(healths), healthy, len(healths) - healthy)

    def _workers(self) -> list[Worker]:
        return self._dispatcher.workers.copy() if self._dispatcher else []

    def _made(self, health: ComponentHealth, metrics: Metrics, *, is_running: bool = True) -> ComponentStatus:
        if self._dispatcher is None or not self._dispatcher.is_running:
            health, is_running = ComponentHealth.STOPPED, False
        return ComponentStatus(health, is_running, metrics if self._config.enable_metrics else {})

    def _engine(self) -> ComponentStatus:
        finished = self._output.finished
        metrics: Metrics = {
            "waiting": self._input.size,
            "unfinished": self._output.unfinished,
            **finished,
        }
        return self._made(self.health().overall_health, metrics)

    def _input_queue(self) -> ComponentStatus:
        size, capacity = self._input.size, self._input.capacity
        full = size >= capacity
        return self._made(
            ComponentHealth.DEGRADED if full else ComponentHealth.HEALTHY,
            {"size": size, "capacity": capacity, "fullness": min(1.0, size / capacity)},
        )

    def _output_queue(self) -> ComponentStatus:
        size, capacity = self._output.size, self._output.capacity
        metrics: Metrics = {
            "size": size,
            "capacity": capacity,
            "fullness": min(1.0, size / capacity),
            "unread": self._output.unread,
        }
        # It fills with what was asked for, as is meant: only what nobody has seen keeps others out.
        return self._made(
            ComponentHealth.DEGRADED if self._output.is_full else ComponentHealth.HEALTHY, metrics
        )

    def _process_pool(self) -> ComponentStatus:
        dispatcher = self._dispatcher
        workers = self._workers()
        ready = sum(worker.state == "ready" for worker in workers)
        wanted = self._config.cpu_bound_workers + self._config.io_bound_workers
        starting = any(worker.state == "starting" for worker in workers)
        failed_starts = max(dispatcher.failed_starts.values()) if dispatcher else 0
        if failed_starts >= FAILED_STARTS or not wanted:
            health = ComponentHealth.UNHEALTHY
        elif ready < wanted and not starting:
            health = ComponentHealth.DEGRADED
        else:
            health = ComponentHealth.HEALTHY
        metrics: Metrics = {
            "workers": len(workers),
            "ready": ready,
            "active_tasks": sum(worker.active for worker in workers),
            "restarts": dispatcher.restarts if dispatcher else 0,
        }
        return self._made(health, metrics)

    def _executor(self) -> ComponentStatus:
        silent_s = time.monotonic() - self._dispatcher.beat_s if self._dispatcher else 0.0
        stuck = silent_s > max(5.0, _SILENT_CHECKS * self._config.health_check_interval)
        active = sum(worker.active for worker in self._workers())
        return self._made(
            ComponentHealth.UNHEALTHY if stuck else ComponentHealth.HEALTHY,
            {"active_tasks": active, **self._output.finished},
        )

    def _worker(self, worker: Worker) -> ComponentStatus:
        metrics: Metrics = {
            "type": worker.kind.value,
            "state": worker.state,
            "pid": worker.pid,
            "active_tasks": worker.active,
            "task_limit": worker.limit,
            "done_tasks": worker.done,
        }
        up = worker.state in {"starting", "ready"}
        return self._made(ComponentHealth.HEALTHY if up else ComponentHealth.DEGRADED, metrics, is_running=up)
