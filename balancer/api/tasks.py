"""The routes about tasks that are there: asking after them, cancelling, changing and putting them back."""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import quote

from fastapi import Body, FastAPI, Query, Response

from topowave.balancer import limits
from topowave.balancer.api.node_requests import ask_node
from topowave.balancer.api.responses import TaskCancelled, TaskChanged, TaskHistory, TaskPutBack
from topowave.balancer.api.task_list import add_task_list_route
from topowave.balancer.api.task_orders import add_task_order_route
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.tasks import LabTask, Priority
from topowave.tasks.commands import Cancel, SetPriority
from topowave.tasks.states import UNFINISHED
from topowave.translation import Text, text
from topowave.web.problem_details import RETRY_SOON, Problem

_STATUSES: dict[object, Text] = {
    "pending": text("pending"),
    "assigned": text("assigned"),
    "moving": text("moving"),
    "running": text("running"),
    "completed": text("completed"),
    "failed": text("failed"),
    "cancelled": text("cancelled"),
}
"""The statuses of a task, inside of a sentence."""
LOOKS = 5
"""How often a task is looked for that goes to a node meanwhile."""


class TaskChange(Order):
    """What is to change of a task that waits."""

    priority: Priority


def add_task_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about tasks."""
    add_task_list_route(app, balancer)
    add_task_order_route(app, balancer)

    @app.get("/tasks/{id:path}", response_model=TaskHistory)
    async def one(
        id: str,
        wait: Annotated[
            float, Query(ge=0, le=limits.TASK_WAIT, description="how long to wait for its end (s)")
        ] = 0,
    ) -> Response:
        """Return a task with its history and result; with `wait` once it is over, or that time is."""
        task = await balancer.journal.task(id)
        if wait and task["status"] in UNFINISHED:
            await balancer.task_ends.wait(id, wait)
            task = await balancer.journal.task(id)
        # As it is: what a script says may be a number of any size, or half a character.
        return Response(json.dumps(task), media_type="application/json")

    @app.delete("/tasks/{id:path}")
    async def cancel(id: str) -> TaskCancelled:
        """Cancel a task that is pending, assigned or running; one on a node through its node."""
        node = await _node_of(
            balancer, id, {"pending", "assigned", "running"}, Cancel("", LabTask(id), "pending")
        )
        was: str | None = "pending"
        if node is not None:
            was = (await ask_node(balancer, "DELETE", node, f"/tasks/{quote(id, safe='')}")).was
        balancer.feed.notify("task", text("{task} is cancelled", task=id), node=node)
        return TaskCancelled(task=id, node=node, was=was)

    @app.patch("/tasks/{id:path}")
    async def change(id: str, order: Annotated[TaskChange, Body()]) -> TaskChanged:
        """Change how urgent a task is that waits; it comes after those that are as urgent."""
        change = SetPriority("", LabTask(id), order.priority)
        node = await _node_of(balancer, id, {"pending", "assigned"}, change)
        if node is not None:
            path = f"/tasks/{quote(id, safe='')}"
            await ask_node(balancer, "PATCH", node, path, body={"priority": order.priority})
        return TaskChanged(task=id, node=node, priority=order.priority)

    @app.post("/tasks/{id:path}/retry")
    async def retry(id: str) -> TaskPutBack:
        """Put a failed task back: it is pending, and its attempts begin anew."""
        task = await balancer.journal.task(id)
        if not await balancer.journal.put_back(id):
            why = text(
                "{task} is {status}; only a task that has failed is put back",
                task=id,
                status=_STATUSES[task["status"]],
            )
            raise Problem(409, text("Not failed"), why)
        balancer.dispatcher.wake()
        balancer.feed.notify("task", text("{task} is put back, after it had failed", task=id))
        return TaskPutBack(task=id)


async def _node_of(
    balancer: Balancer, id: str, states: set[str], pending: Cancel | SetPriority
) -> str | None:
    """Return the node of a task that is in one of these states.

    Args:
        balancer: the lab's.
        id: of the task.
        states: in which something may be done to it.
        pending: what is done to it while it is pending; then no node is returned.

    Raises:
        Problem: 404 if it is unknown, 409 in another state.
    """
    for _ in range(LOOKS):
        task = await balancer.journal.task(id)
        if task["status"] not in states:
            raise Problem(
                409,
                f"Not {' or '.join(sorted(states))}",
                text("{task} is {status}", task=id, status=_STATUSES[task["status"]]),
            )
        if task["node"] is not None:
            return str(task["node"])
        (done,) = await balancer.journal.execute(pending)
        if done:
            return None
    raise Problem(
        503, text("On its way"), text("{task} goes from node to node; ask again", task=id), headers=RETRY_SOON
    )
