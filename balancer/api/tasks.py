"""The routes about tasks: giving them, asking after them, cancelling them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import msgspec
from fastapi import Body, FastAPI, Query, Response
from pydantic import Discriminator, Field, Tag

from topowave.balancer import limits
from topowave.balancer.api.responses import (
    PlacedTask,
    ScriptsAdded,
    TaskCancelled,
    TaskHistory,
    TasksAdded,
)
from topowave.balancer.api.task_list import add_task_list_route
from topowave.balancer.api.waves import Name
from topowave.balancer.balancer import Balancer, named
from topowave.balancer.json_form import Order
from topowave.balancer.placement import ANYWHERE
from topowave.balancer.script_orders import Ordered, checked
from topowave.tasks.limits import SCRIPTS_AT_ONCE
from topowave.tasks.states import UNFINISHED
from topowave.web.problem_details import Problem
from topowave.web.script_form import ScriptForm
from topowave.wire.limits import ADD_TASKS

PASSED_ON = frozenset({409, 503, 507})
"""Statuses of a refusal that the balancer gives on: the queue is full, or the journal fails."""


class TaskOrder(Order):
    """Emulated tasks for a node."""

    node: Name
    count: int = Field(default=1, ge=1, le=ADD_TASKS, strict=True)


class ScriptOrder(Order, ScriptForm):
    """A script task, `count` times; without `node` the least loaded node gets each."""

    node: Name | None = None
    count: int = Field(default=1, ge=1, le=SCRIPTS_AT_ONCE, strict=True)


def _kind_of(order: object) -> str:
    if isinstance(order, list):
        return "scripts"
    return "script" if isinstance(order, Mapping) and "script" in order else "emulated"


AnyOrder = Annotated[
    Annotated[TaskOrder, Tag("emulated")]
    | Annotated[ScriptOrder, Tag("script")]
    | Annotated[list[ScriptOrder], Field(min_length=1, max_length=SCRIPTS_AT_ONCE), Tag("scripts")],
    Discriminator(_kind_of),
]


def add_task_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about tasks."""
    add_task_list_route(app, balancer)

    @app.post("/tasks")
    async def tasks(order: Annotated[AnyOrder, Body()]) -> TasksAdded | ScriptsAdded:
        """Add tasks: emulated ones to a node, a script task, or a list of those; they are journalled then."""
        if not isinstance(order, TaskOrder):
            orders = order if isinstance(order, list) else [order]
            return await _add_scripts(balancer, orders, is_list=isinstance(order, list))
        said = await _give(balancer, order.node, order.count)
        added = "1 task" if order.count == 1 else f"{order.count} tasks"
        balancer.feed.notify("task", f"{added} for {order.node}", node=order.node)
        return TasksAdded(node=order.node, count=order.count, tasks=said.tasks)

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
        """Cancel a task that is assigned or running, through its node."""
        task = await balancer.journal.task(id)
        if task["status"] not in {"assigned", "running"}:
            raise Problem(409, "Not to be cancelled", f"{id} is {task['status']}")
        node = str(task["node"])
        said = await ask_node(balancer, "DELETE", node, f"/tasks/{quote(id, safe='')}")
        balancer.feed.notify("task", f"{id} is cancelled", node=node)
        return TaskCancelled(task=id, node=node, was=said.was)


async def _add_scripts(balancer: Balancer, orders: Sequence[ScriptOrder], *, is_list: bool) -> ScriptsAdded:
    """Give script tasks to their nodes. Raises Problem where not all are added; it says which were."""
    places = [f"body.{number}" if is_list else "body" for number in range(len(orders))]
    asked = [
        Ordered(order, order.count, order.node, place) for order, place in zip(orders, places, strict=True)
    ]
    for order in asked:
        if order.node is None:
            continue
        if not balancer.lab.topology.by_port(port_of(balancer, order.node)).launch:
            text = f"{order.node} is somebody else's program, which runs no scripts"
            raise Problem(409, "No scripts there", text)
        balancer.placement.check(order.node)
    forms = await checked(asked, balancer.lab.config)
    nodes = _placed(balancer, [node for _, node in forms])
    by_node: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, ((form, _), node) in enumerate(zip(forms, nodes, strict=True)):
        by_node.setdefault(node, []).append((number, form))
    results = await asyncio.gather(
        *(_give_scripts(balancer, node, [form for _, form in own]) for node, own in by_node.items())
    )
    added: dict[int, PlacedTask] = {}
    for (node, own), said in zip(by_node.items(), results, strict=True):
        if not isinstance(said, Problem):
            numbers = [number for number, _ in own]
            placed = [PlacedTask(id=task, node=node) for task in said]
            added |= dict(zip(numbers, placed, strict=True))
    tasks = [added[number] for number in sorted(added)]
    if tasks:
        what = "1 script task" if len(tasks) == 1 else f"{len(tasks)} script tasks"
        balancer.feed.notify("task", f"{what} for {named(list(dict.fromkeys(each.node for each in tasks)))}")
    problem = next((said for said in results if isinstance(said, Problem)), None)
    if problem is not None:
        detail = problem.detail
        if tasks:
            detail = f"{len(tasks)} of {len(forms)} tasks were added, and not the others: {detail}"
        raise Problem(problem.status, problem.title, detail, added=[each.id for each in tasks])
    return ScriptsAdded(count=len(tasks), tasks=tasks)


def _placed(balancer: Balancer, named: Sequence[str | None]) -> list[str]:
    """Return the node of each task: the one that is named, else one that takes it. Raises Problem (503)."""
    for name in named:
        if name is not None:
            balancer.placement.give(name)
    chosen = balancer.placement.place([ANYWHERE] * sum(name is None for name in named))
    if None in chosen:
        text = "no node of this lab takes a task now: each is down, inactive, or has as many as its limit"
        raise Problem(503, "No node takes it", text)
    free = iter(name for name in chosen if name is not None)
    return [next(free) if name is None else name for name in named]


async def _give_scripts(balancer: Balancer, node: str, forms: list[dict[str, Any]]) -> list[str] | Problem:
    """Give a node script tasks; returns their ids, or why it did not take them."""
    try:
        said = await ask_node(balancer, "POST", node, "/tasks", body={"tasks": forms})
        if len(said.tasks) != len(forms):
            raise Problem(502, "Node refused", f"{node} took {len(said.tasks)} of {len(forms)} tasks")
    except Problem as problem:
        balancer.placement.refused(node, len(forms))
        return problem
    return said.tasks


async def _give(balancer: Balancer, name: str, count: int) -> _Said:
    """Give tasks to a node. Raises Problem where it does not take them all."""
    port = port_of(balancer, name)
    balancer.placement.check(name)
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


async def ask_node(
    balancer: Balancer, method: str, node: str, path: str, *, body: object = None, **params: float
) -> _Said:
    """Ask a node for something. Raises Problem where it does not do it."""
    content = None if body is None else json.dumps(body).encode()
    headers = None if body is None else {"content-type": "application/json"}
    url = balancer.lab.address_at(port_of(balancer, node)).http(path)
    try:
        async with asyncio.timeout(limits.TASK_TIMEOUT):
            response = await balancer.client.request(
                method, url, params=params, content=content, headers=headers
            )
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
