"""What whoever submits a task says of it besides what it does; and a task that waits for a node."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.tasks.limits import BACKOFF_USUAL
from topowave.tasks.model import LabTask
from topowave.tasks.script import Kind, Priority, Script


@dataclass(frozen=True, slots=True)
class Attributes:
    """Of a task of either kind.

    Attributes:
        title, category: words for people.
        priority: how urgent it is.
        weight: cores that it holds while it runs.
        deadline: when it is given up if it is not over by then (s since 1970); None: never.
        roles: it may run on a node that has one of them; none: on any node.
        request: the request that it came with; empty where there was none.
        max_attempts: how often its script may be tried that gives no result.
        backoff: seconds before the second attempt; they double with each further one.
        duration: how long it lasts, of a script an estimate (s); None: an emulated one as long as the lab's
            tasks do, of a script nobody knows.
    """

    title: str = ""
    category: str = ""
    priority: Priority = "medium"
    weight: int = 1
    deadline: float | None = None
    roles: tuple[str, ...] = ()
    request: str = ""
    max_attempts: int = 1
    backoff: float = BACKOFF_USUAL
    duration: float | None = None

    def task(self, id: str, kind: Kind = "emulated") -> LabTask:
        """Return a new task that they are of, as nodes have it in memory."""
        return LabTask(
            id,
            kind=kind,
            priority=self.priority,
            weight=self.weight,
            deadline=self.deadline,
            roles=self.roles,
            duration=self.duration,
        )


USUAL = Attributes()
"""Those of a task of which nothing is said."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that no node has yet; `script` is what it is to do, None for an emulated one."""

    attributes: Attributes = USUAL
    script: Script | None = None


@dataclass(frozen=True, slots=True)
class PendingTask:
    """A task that waits for a node.

    Attributes:
        task: which.
        number: its turn among those that are as urgent.
        move: the one under which it was offered to a node last; None where it never was.
    """

    task: LabTask
    number: int
    move: str | None
