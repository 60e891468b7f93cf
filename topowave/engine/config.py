"""The settings of an engine: one frozen object, whose values are refused by name."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from typing import Literal, cast, get_args

from topowave.engine.limits import MEMORY_MB, QUEUE_SIZE, TASK_SECONDS, THREADS, TIMEOUT_S, WORKERS
from topowave.engine.problems import found_text, refuse, seconds, whole

StartMethod = Literal["spawn", "fork", "forkserver"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


@dataclass(frozen=True, kw_only=True)
class EngineConfig:
    """The settings of an engine.

    Attributes:
        input_queue_size: how many tasks may wait.
        output_queue_size: how many results are kept. While as many wait to be asked for, no more tasks are
            taken; those already asked for leave before, the oldest first.
        cpu_bound_count: worker processes for CPU-bound tasks; None for one a core that this process may use.
        io_bound_count: worker processes for IO-bound tasks; None for one for two cores.
        cpu_bound_task_limit: tasks that one of the former runs at once.
        io_bound_task_limit: tasks that one of the latter runs at once, each in a thread.
        queue_poll_timeout: how long `submit_task` waits for room in a full queue before it looks again (s).
        max_queue_full_retries: how often it looks again before the task fails.
        health_check_interval: how often the workers are looked after (s).
        task_timeout: how long a task may run that names no timeout (s).
        memory_limit_mb: memory that a worker process may take beyond what it begins with (MB); 0 for no
            limit.
        start_method: how worker processes are made, as in `multiprocessing`. "spawn" makes clean ones, also
            in programs with threads or sockets; "fork" is quicker.
        enable_metrics: whether components tell figures.
        log_level: of the logger `topowave.engine`.

    Raises:
        ValueError: a value makes no sense; it is named.
    """

    input_queue_size: int = 1000
    output_queue_size: int = 10_000
    cpu_bound_count: int | None = None
    io_bound_count: int | None = None
    cpu_bound_task_limit: int = 1
    io_bound_task_limit: int = 20
    queue_poll_timeout: float = 1.0
    max_queue_full_retries: int = 3
    health_check_interval: float = 0.2
    task_timeout: float = TIMEOUT_S
    memory_limit_mb: int = MEMORY_MB
    start_method: StartMethod = "spawn"
    enable_metrics: bool = True
    log_level: LogLevel = "WARNING"

    def __post_init__(self) -> None:
        known = multiprocessing.get_all_start_methods()
        flag = cast("object", self.enable_metrics)
        level = self.log_level
        refuse(
            "EngineConfig",
            [
                whole("input_queue_size", self.input_queue_size, 1, QUEUE_SIZE),
                whole("output_queue_size", self.output_queue_size, 1, QUEUE_SIZE),
                whole("cpu_bound_count", self.cpu_bound_workers, 0, WORKERS),
                whole("io_bound_count", self.io_bound_workers, 0, WORKERS),
                whole("cpu_bound_task_limit", self.cpu_bound_task_limit, 1, THREADS),
                whole("io_bound_task_limit", self.io_bound_task_limit, 1, THREADS),
                seconds("queue_poll_timeout", self.queue_poll_timeout, TASK_SECONDS),
                whole("max_queue_full_retries", self.max_queue_full_retries, 0, QUEUE_SIZE),
                seconds("health_check_interval", self.health_check_interval, 60),
                seconds("task_timeout", self.task_timeout, TASK_SECONDS),
                whole("memory_limit_mb", self.memory_limit_mb, 0, 1_000_000_000),
                None
                if self.start_method in known
                else f"start_method must be one of {', '.join(known)}, {found_text(self.start_method)}",
                None
                if isinstance(flag, bool)
                else f"enable_metrics must be true or false, {found_text(flag)}",
                None
                if level in get_args(LogLevel)
                else f"log_level must be one of {', '.join(get_args(LogLevel))}, {found_text(level)}",
            ],
        )

    @property
    def cpu_bound_workers(self) -> int:
        """How many worker processes for CPU-bound tasks there are."""
        return _cores() if self.cpu_bound_count is None else self.cpu_bound_count

    @property
    def io_bound_workers(self) -> int:
        """How many worker processes for IO-bound tasks there are."""
        return max(1, _cores() // 2) if self.io_bound_count is None else self.io_bound_count


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
