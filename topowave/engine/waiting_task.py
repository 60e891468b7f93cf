"""A task inside the engine, from when it is submitted until it has a result."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.engine.task import Priority, TaskType


@dataclass(slots=True, eq=False)
class WaitingTask:
    """A task that has no result yet.

    Attributes:
        id: as the user knows it.
        number: as worker processes know it.
        script: the file, absolute.
        params: as JSON.
        timeout_s: how long an attempt may take.
        retries: how often it may still be tried again.
        attempts: how often it was begun.
        failures: how often it has failed.
        alone: whether it must be the only task of its worker, since one that it ran beside broke the last
            one.
        is_cancelled: whether somebody wants no result any more.
        is_done: whether it has its result.
    """

    id: str
    number: int
    script: str
    params: str
    kind: TaskType
    priority: Priority
    timeout_s: float
    retries: int
    attempts: int = 0
    failures: int = 0
    alone: bool = False
    is_cancelled: bool = False
    is_done: bool = False

    @property
    def overdue_sentence(self) -> str:
        """What is said of it when it took too long."""
        return f"{self.script}: it did not return within {self.timeout_s:g} s"
