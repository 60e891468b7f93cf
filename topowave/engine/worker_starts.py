"""How worker processes begin: as many as there are to be, and not without end where they end at once."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterable, Sequence

from topowave.engine.config import EngineConfig
from topowave.engine.limits import FAILED_STARTS, RETRY_DELAY_S, START_S
from topowave.engine.task import TaskType
from topowave.engine.worker import Worker

logger = logging.getLogger("topowave.engine")


class WorkerStarts:
    """Starts workers.

    Args:
        config: the settings.

    Attributes:
        counts: how many of each kind there are to be.
        failed: how many of each kind in a row have ended while they started.
    """

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self.counts = {
            TaskType.CPU_BOUND: config.cpu_bound_workers,
            TaskType.IO_BOUND: config.io_bound_workers,
        }
        self._limits = {
            TaskType.CPU_BOUND: config.cpu_bound_task_limit,
            TaskType.IO_BOUND: config.io_bound_task_limit,
        }
        self.failed = dict.fromkeys(TaskType, 0)
        self._started = dict.fromkeys(TaskType, 0)
        self._next_s = dict.fromkeys(TaskType, 0.0)

    def missing(self, kind: TaskType, workers: Sequence[Worker], now_s: float) -> int:
        """Return how many of a kind are to be started now."""
        if now_s < self._next_s[kind]:
            return 0
        states = {"starting", "ready", "ending"}  # one that retires has its place taken at once
        there = sum(each.kind == kind and each.state in states for each in workers)
        return max(0, self.counts[kind] - there)

    def start(self, kind: TaskType, of_engine: Iterable[int]) -> Worker | None:
        """Start one; returns None where that cannot be done now.

        Args:
            kind: of the tasks that it is to run.
            of_engine: descriptors that a forked process must not keep.
        """
        self._started[kind] += 1
        worker = Worker(f"{kind.value}-{self._started[kind]}", kind, self._limits[kind])
        try:
            worker.start(self._config.start_method, self._config.memory_limit_mb, of_engine)
        except (OSError, RuntimeError) as error:  # no more processes; or the program ends
            self.failed[kind] += 1
            self._next_s[kind] = time.monotonic() + 1.0
            logger.warning("worker %s cannot be started: %s", worker.name, error)
            return None
        worker.until_s = time.monotonic() + START_S
        return worker

    def note_failed(self, worker: Worker) -> None:
        """Note that one has ended while it started; the next one starts a moment later."""
        kind = worker.kind
        self.failed[kind] += 1
        self._next_s[kind] = time.monotonic() + min(1.0, RETRY_DELAY_S * self.failed[kind])
        # A SIGTERM is somebody's wish, as at the end of a program with all its processes.
        level = logging.INFO if worker.exit_code == -signal.SIGTERM else logging.WARNING
        logger.log(
            level, "worker %s ended while it started, with exit code %s", worker.name, worker.exit_code
        )

    def hopeless(self, kind: TaskType) -> str | None:
        """Return why no task of a kind can be run; None where it can."""
        if not self.counts[kind]:
            return "it has none"
        return "they end while they start" if self.failed[kind] >= FAILED_STARTS else None
