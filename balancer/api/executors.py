"""The routes of the nodes as executors: what tasks each takes, and what it has to do now."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Body, FastAPI
from pydantic import BaseModel, ConfigDict, Field, model_validator

from topowave.balancer.api.responses import Executor, ExecutorChanged, Executors
from topowave.balancer.api.waves import Name
from topowave.balancer.balancer import Balancer
from topowave.tasks.limits import PAGE_TASKS
from topowave.tasks.listing import TaskFilter
from topowave.topology import Node, Problems
from topowave.topology.executor import EXECUTOR_KEYS
from topowave.topology.limits import MAX_LIMIT, MAX_NAME, MAX_ROLES, MAX_WEIGHT, MIN_WEIGHT
from topowave.topology.problems import did_you_mean
from topowave.topology.validation import changed_executor
from topowave.translation import Sentences, text
from topowave.web.problem_details import Problem

Role = Annotated[str, Field(min_length=1, max_length=MAX_NAME, description="a word without a comma")]


class ExecutorOrder(BaseModel):
    """What is to change of the tasks that a node takes; a `limit` of null is none."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    roles: list[Role] = Field(default=[], max_length=MAX_ROLES)
    weight: float = Field(default=1.0, ge=MIN_WEIGHT, le=MAX_WEIGHT)
    limit: int | None = Field(default=None, ge=1, le=MAX_LIMIT)
    active: bool = True

    @model_validator(mode="before")
    @classmethod
    def _something_known(cls, said: object) -> object:
        if isinstance(said, dict):
            said = cast("dict[object, object]", said)
            if not said:
                raise ValueError(f"expected at least one of {', '.join(EXECUTOR_KEYS)}")
            for name in map(str, said):
                meant = did_you_mean(name, EXECUTOR_KEYS)
                if name not in EXECUTOR_KEYS and meant:
                    raise ValueError(f"{name}: unknown{meant}")
        return said

    def changes(self) -> dict[str, object]:
        """Return what is to change."""
        return self.model_dump(exclude_unset=True)


def add_executor_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes of the executors."""

    @app.get("/executors")
    async def executors() -> Executors:
        """Return the nodes of this lab as executors: what tasks each takes, and what it runs now.

        Nodes that are somebody else's programs are none. Of the tasks that run, the first 1,000 are named.
        """
        running = await _running(balancer, None)
        nodes = (node for node in balancer.lab.topology.nodes if node.launch)
        return Executors(executors=[_executor(balancer, node, running) for node in nodes])

    @app.get("/executors/{name}")
    async def one(name: Name) -> Executor:
        """Return one node as an executor."""
        running = await _running(balancer, name)  # meanwhile it may have left
        return _executor(balancer, _own(balancer, name), running)

    @app.patch("/executors/{name}")
    async def change(name: Name, order: Annotated[ExecutorOrder, Body()]) -> ExecutorChanged:
        """Change what tasks a node takes, as long as this topology runs.

        When this answers, the nodes know it, except those in `not_yet`: they are stopped, or busy. An
        inactive node gets nothing new and finishes what it has. The file topology.json stays as it is.
        """
        node = _own(balancer, name)
        try:
            changed_executor(node.executor, order.changes())
        except Problems as problems:
            found = list(problems.problems)
            raise Problem(
                422, text("Executor refused"), text("{problems}", problems=Sentences(found)), problems=found
            ) from None
        not_yet = await balancer.set_executor(name, order.changes())
        running = await _running(balancer, name)
        executor = _executor(balancer, _own(balancer, name), running)
        return ExecutorChanged(executor=executor, not_yet=not_yet)


def _own(balancer: Balancer, name: str) -> Node:
    """Return a node of this lab. Raises Problem: 404 where there is none, 409 where it is no executor."""
    try:
        node = balancer.lab.topology.node(name)
    except KeyError:
        raise Problem(
            404, text("No such node"), text("there is no node {name!r} in this topology", name=name)
        ) from None
    if not node.launch:
        raise Problem(409, text("Not our node"), text("{name} is run by somebody else", name=name))
    return node


async def _running(balancer: Balancer, node: str | None) -> dict[str, list[str]]:
    """Return the ids of the tasks that run, by their nodes; none where there is no journal to read."""
    running = TaskFilter(("running",), nodes=() if node is None else (node,))
    try:
        page = await balancer.journal.page(running, "submitted", None, PAGE_TASKS)
    except Problem:
        return {}
    found: dict[str, list[str]] = {}
    for task in cast("list[dict[str, str]]", page["tasks"]):
        found.setdefault(task["node"], []).append(task["id"])
    return found


def _executor(balancer: Balancer, node: Node, running: dict[str, list[str]]) -> Executor:
    status, settings = balancer.lab.status[node.name], node.executor
    return Executor(
        name=node.name,
        role=node.role,
        roles=list(settings.roles),
        cpu=node.cpu,
        weight=settings.weight,
        limit=settings.limit,
        active=settings.active,
        status="down" if not balancer.lab.is_up(node.name) else "active" if settings.active else "inactive",
        load=status.load,
        assigned=status.assigned,
        running=status.running,
        tasks=running.get(node.name, []),
    )
