"""What is done to tasks that are there, one or many: cancelling them, and changing how urgent they are."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Body, FastAPI
from pydantic import Field

from topowave.balancer import limits
from topowave.balancer.api.node_requests import ask_node
from topowave.balancer.api.responses import TaskCancelled, TaskChanged
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm, Order
from topowave.tasks import LabTask, Priority
from topowave.tasks.commands import Cancel, SetPriority
from topowave.translation import Text, counted, text, told
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
LOOKS = 5
"""How often a task is looked for that goes to a node meanwhile."""
ID_CHARS = 200
"""Longest id of a task that is looked for."""
Ids = Annotated[
    list[Annotated[str, Field(max_length=ID_CHARS)]],
    Field(min_length=1, max_length=limits.BULK_TASKS, description="of the tasks, each once"),
]


class BulkOrder(Order):
    """The same for many tasks: all are cancelled, or all that wait become as urgent as `priority` says."""

    action: Literal["cancel", "priority"]
    priority: Priority | None = None
    ids: Ids


class BulkRefused(JsonForm):
    """A task to which it was not done, and why, as the answer to a request for it alone would say.

    `code` and `parameters` say what the detail is made of, so that it can be said in another language.
    """

    task: str
    status: int
    title: str
    detail: str
    code: str | None
    parameters: dict[str, Any]


class BulkDone(JsonForm):
    """To which tasks it was done, and to which not."""

    done: list[str]
    refused: list[BulkRefused]


def add_bulk_route(app: FastAPI, balancer: Balancer) -> None:
    """Add the route that changes many tasks at once."""

    @app.post("/tasks/bulk")
    async def bulk(order: Annotated[BulkOrder, Body()]) -> BulkDone:
        """Cancel many tasks or change how urgent they are; what is not done to one is told of that one."""
        priority = order.priority
        if (order.action == "priority") != (priority is not None):
            why = text("body.priority: is said with the action priority, and with no other")
            raise Problem(422, text("Invalid request"), why)
        room = asyncio.Semaphore(limits.BULK_AT_ONCE)

        async def change(id: str) -> BulkRefused | None:
            async with room:
                try:
                    if priority is None:
                        await cancel_task(balancer, id)
                    else:
                        await set_priority(balancer, id, priority)
                except Problem as problem:  # also where the journal fails, or the node
                    return _refused(id, problem)
            return None

        ids = list(dict.fromkeys(order.ids))
        refused = [each for each in await asyncio.gather(*map(change, ids)) if each is not None]
        not_done = {each.task for each in refused}
        done = [each for each in ids if each not in not_done]
        if done and priority is None:
            said = counted("{count} task is cancelled", "{count} tasks are cancelled", len(done))
            balancer.feed.notify("task", said)
        return BulkDone(done=done, refused=refused)


def _refused(id: str, problem: Problem) -> BulkRefused:
    said = told(problem.detail) or {"code": None, "parameters": {}}
    return BulkRefused(
        task=id, status=problem.status, title=str(problem.title), detail=str(problem.detail), **said
    )


async def cancel_task(balancer: Balancer, id: str) -> TaskCancelled:
    """Cancel a task that is pending, assigned or running; one on a node through its node.

    Raises:
        Problem: 404 if it is unknown, 409 in another state, or what its node said.
    """
    node = await _node_of(
        balancer, id, {"pending", "assigned", "running"}, Cancel("", LabTask(id), "pending")
    )
    was: str | None = "pending"
    if node is not None:
        was = (await ask_node(balancer, "DELETE", node, f"/tasks/{quote(id, safe='')}")).was
    return TaskCancelled(task=id, node=node, was=was)


async def set_priority(balancer: Balancer, id: str, priority: Priority) -> TaskChanged:
    """Change how urgent a task is that waits.

    Raises:
        Problem: 404 if it is unknown, 409 where it waits no more, or what its node said.
    """
    node = await _node_of(balancer, id, {"pending", "assigned"}, SetPriority("", LabTask(id), priority))
    if node is not None:
        path = f"/tasks/{quote(id, safe='')}"
        await ask_node(balancer, "PATCH", node, path, body={"priority": priority})
    return TaskChanged(task=id, node=node, priority=priority)


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
                text("{task} is {status}", task=id, status=STATUSES[task["status"]]),
            )
        if task["node"] is not None:
            return str(task["node"])
        (done,) = await balancer.journal.execute(pending)
        if done:
            return None
    raise Problem(
        503, text("On its way"), text("{task} goes from node to node; ask again", task=id), headers=RETRY_SOON
    )
