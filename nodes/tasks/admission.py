"""What tasks a node lets in: as an executor it may be inactive, or have a limit of its own."""

from __future__ import annotations

from topowave.tasks import QueueFull, TaskQueue
from topowave.topology.executor import ExecutorSettings


class NotAdmitted(QueueFull):
    """A node takes no tasks, or not so many, as somebody has set it."""


def admit(queue: TaskQueue, settings: ExecutorSettings, count: int) -> None:
    """Keep room in a node's queue for tasks that are being entered.

    Raises:
        NotAdmitted: the node is inactive, or would have more than its limit.
        QueueFull: its queue has no room for them.
    """
    if not settings.active:
        raise NotAdmitted("it is inactive, and gets no new tasks")
    if settings.limit is not None:
        counts = queue.counts()
        has = counts.assigned + counts.running + counts.moving + queue.reserved
        if has + count > settings.limit:
            text = f"it is given at most {settings.limit} tasks and has {has}, so it takes no {count} more"
            raise NotAdmitted(text)
    queue.reserve(count)
