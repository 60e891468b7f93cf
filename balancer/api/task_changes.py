"""What is done to a task that is there: cancelling it, and changing how urgent it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from topowave.balancer.api.node_requests import ask_node
from topowave.balancer.api.responses import TaskCancelled, TaskChanged
from topowave.balancer.balancer import Balancer
from topowave.tasks import LabTask, Priority
from topowave.tasks.commands import Cancel, SetPriority
from topowave.tasks.states import State
from topowave.translation import Text, text
from topowave.web.problem_details import RETRY_SOON, Problem

STATUSES: dict[object, Text] = {
    "pending": text("pending"),
    "assigned": text("assigned"),
    "moving": text("moving"),
    "running": text("running"),
    "completed": text("completed"),
    "failed": text("failed"),
    "cancelled": text("cancelled"),
}
"""The statuses of a task, inside of a sentence."""
CANCELLABLE: tuple[State, ...] = ("pending", "assigned", "running")
WAITING: tuple[State, ...] = ("pending", "assigned")
LOOKS = 5
"""How often a task is looked for that goes to a node meanwhile."""


async def cancel_task(balancer: Balancer, id: str) -> TaskCancelled:
    """Cancel a task that is pending, assigned or running; one on a node through its node.

    Raises:
        Problem: 404 if it is unknown, 409 in another state, or what its node said.
    """
    task = await _ready(balancer, id, CANCELLABLE, Cancel("", LabTask(id), "pending"))
    node: str | None = task["node"]
    was: str | None = "pending"
    if node is not None:
        was = (await ask_node(balancer, "DELETE", node, f"/tasks/{quote(id, safe='')}")).was
    return TaskCancelled(task=id, node=node, was=was)


async def set_priority(balancer: Balancer, id: str, priority: Priority) -> TaskChanged:
    """Change how urgent a task is that waits.

    Raises:
        Problem: 404 if it is unknown, 409 where it waits no more, or what its node said.
    """
    task = await _ready(balancer, id, WAITING, SetPriority("", LabTask(id), priority))
    node = task["node"]
    if node is not None:
        path = f"/tasks/{quote(id, safe='')}"
        await ask_node(balancer, "PATCH", node, path, body={"priority": priority})
    return TaskChanged(task=id, node=node, priority=priority, was=task["priority"])


async def _ready(
    balancer: Balancer, id: str, states: Collection[str], pending: Cancel | SetPriority
) -> dict[str, Any]:
    """Return a task that is in one of these states, as it was.

    Args:
        balancer: the lab's.
        id: of the task.
        states: in which something may be done to it.
        pending: what is done to it while it is pending; then it has no node.

    Raises:
        Problem: 404 if it is unknown, 409 in another state.
    """
    for _ in range(LOOKS):
        task = await balancer.journal.task(id)
        if task["status"] not in states:
            raise Problem(
                409,
                f"Not {' or '.join(sorted(states))}",
                text("{task} is {status}", task=id, status=STATUSES[task["status"]]),
            )
        if task["node"] is not None:
            return task
        (done,) = await balancer.journal.execute(pending)
        if done:
            return task
    raise Problem(
        503, text("On its way"), text("{task} goes from node to node; ask again", task=id), headers=RETRY_SOON
    )
