"""What a queue discipline is: a number for each task that waits. The smallest starts first.

A discipline has no clock, no randomness and no state, so that the same tasks start in the same order: in a
live node, after a restart, and in virtual time. None of them preempts: a task that runs goes on until it is
over, whatever comes meanwhile.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

from topowave.tasks.script import Kind, Priority


class Waiting(Protocol):
    """What a discipline may read of a task; a `LabTask` and a `TaskFacts` have it."""

    @property
    def kind(self) -> Kind:
        """What it does."""
        ...

    @property
    def priority(self) -> Priority:
        """How urgent it is."""
        ...

    @property
    def deadline(self) -> float | None:
        """When it is given up, on any one clock (s); None: never."""
        ...

    @property
    def duration(self) -> float | None:
        """How long it runs (s), of a script an estimate; None: nobody said."""
        ...


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What disciplines read of a task, where there is no more of it than that."""

    kind: Kind = "emulated"
    priority: Priority = "medium"
    deadline: float | None = None
    duration: float | None = None


class Discipline(ABC):
    """In which order tasks start that wait at one node; those with equal keys in the order of their arrival.

    Args:
        task_time: how long an emulated task lasts that has no duration of its own (s).
    """

    name: ClassVar[str]
    """In config.json."""
    title: ClassVar[str]
    """On pages."""
    summary: ClassVar[str]
    """What it does, in one sentence."""
    source: ClassVar[str]
    """Who described it: author and year."""
    reads: ClassVar[tuple[str, ...]] = ()
    """The settings of config.json that its keys depend on."""
    knows: ClassVar[str]
    """What it reads of a task, as a sentence."""
    bound: ClassVar[str]
    """What is proven of it, as a sentence; empty where nothing is."""
    wins: ClassVar[str]
    """When it is better than others, and when not, as sentences."""

    def __init__(self, task_time: float) -> None:
        self.task_time = task_time

    @abstractmethod
    def key(self, task: Waiting) -> float:
        """Return the number by which the task waits; never NaN."""
