"""The routes about tasks: giving them, asking after them, cancelling them."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import quote

import httpx
import msgspec
from fastapi import Body, FastAPI, Query
from pydantic import Field

from topowave.balancer import limits
from topowave.balancer.api.responses import TaskCancelled, TaskHistory, Tasks, TasksAdded
from topowave.balancer.api.waves import Name
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.tasks.limits import PAGE_TASKS
from topowave.tasks.states import State
from topowave.web.problem_details import Problem
from topowave.wire.limits import ADD_TASKS

PASSED_ON = frozenset({409, 503, 507})
"""Statuses of a refusal that the balancer gives on: the queue is full, or the journal fails."""


class TaskOrder(Order):
    """Tasks for a node."""

    node: Name
    count: int = Field(default=1, ge=1, le=ADD_TASKS, strict=True)


def add_task_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about tasks."""

    @app.post("/tasks")
    async def tasks(order: Annotated[TaskOrder, Body()]) -> TasksAdded:
        """Add tasks to a node; they are journalled when this answers."""
        said = await _give(balancer, order.node, order.count)
        added = "1 task" if order.count == 1 else f"{order.count} tasks"
        balancer.feed.notify("task", f"{added} for {order.node}", node=order.node)
        return TasksAdded(node=order.node, count=order.count, tasks=said.tasks)

    @app.get("/tasks")
    async def some(
        state: Annotated[State | None, Query(description="only those")] = None,
        node: Annotated[str | None, Query(description="only those of this node", max_length=200)] = None,
        after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`next` of the page before")] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_TASKS, description="most tasks")] = 100,
    ) -> Tasks:
        """Return tasks in the order in which they were added, a page at a time."""
        return Tasks.model_validate(await balancer.journal.page(state, node, after, limit))

    @app.get("/tasks/{id:path}")
    async def one(id: str) -> TaskHistory:
        """Return a task with its history."""
        return TaskHistory.model_validate(await balancer.journal.task(id))

    @app.delete("/tasks/{id:path}")
    async def cancel(id: str) -> TaskCancelled:
        """Cancel a task that is queued or running, through its node."""
        task = await balancer.journal.task(id)
        if task["state"] not in {"queued", "running"}:
            raise Problem(409, "Not to be cancelled", f"{id} is {task['state']}")
        node = str(task["node"])
        said = await ask_node(balancer, "DELETE", node, f"/tasks/{quote(id, safe='')}")
        balancer.feed.notify("task", f"{id} is cancelled", node=node)
        return TaskCancelled(task=id, node=node, was=said.was)


async def _give(balancer: Balancer, name: str, count: int) -> _Said:
    """Give tasks to a node. Raises Problem where it does not take them all."""
    port = port_of(balancer, name)
    if balancer.lab.topology.by_port(port).launch:
        return await ask_node(balancer, "POST", name, "/add_task", count=count)
    address = balancer.lab.address_at(port)
    given, why = 0, None
    try:
        async with asyncio.timeout(limits.TASK_TIMEOUT):
            while given < count and why is None:  # such a program takes one at a time
                why = await balancer.foreign_tasks.give(balancer.client, address)
                given += why is None
    except TimeoutError:
        why = f"not more in {limits.TASK_TIMEOUT:g} s"
    if why is not None:
        raise Problem(502, "Node refused", f"{name} took {given} of {count} tasks: {why[:500]}")
    return _Said()


class _Said(msgspec.Struct):
    """What a node answers; a program that is not ours may leave everything out."""

    tasks: list[str] = []
    was: str | None = None
    title: str | None = None
    detail: str = ""


async def ask_node(balancer: Balancer, method: str, node: str, path: str, **params: float) -> _Said:
    """Ask a node for something. Raises Problem where it does not do it."""
    url = balancer.lab.address_at(port_of(balancer, node)).http(path)
    try:
        async with asyncio.timeout(limits.TASK_TIMEOUT):
            response = await balancer.client.request(method, url, params=params)
    except (TimeoutError, httpx.HTTPError) as error:
        detail = f"{node} does not answer ({type(error).__name__}); it may still do what was asked"
        raise Problem(504, "Node does not answer", detail) from None
    try:
        said = msgspec.json.decode(response.content, type=_Said)
    except msgspec.MsgspecError:
        said = _Said()
    if response.status_code in PASSED_ON and said.title is not None:
        raise Problem(response.status_code, said.title, said.detail[:500])
    if response.is_error:
        detail = f"{node} answered {response.status_code}: {response.text[:500]}"
        raise Problem(502, "Node refused", detail)
    return said


def port_of(balancer: Balancer, name: str) -> int:
    """Return the port of a node. Raises Problem (404) where there is none of that name."""
    try:
        return balancer.lab.topology.node(name).port
    except KeyError:
        raise Problem(404, "No such node", f"there is no node {name!r} in this topology") from None
