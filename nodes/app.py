"""The FastAPI app of one node: what the balancer, other nodes and people may ask of it.

The operations are built once, when this module is imported: that costs some 15 ms and 14 MB, which all nodes
share that are forked later, or that live in the same process. Each node has an app of its own around them.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, cast
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Body, Depends, FastAPI, Query, Response, WebSocket
from fastapi.responses import PlainTextResponse
from pydantic import AfterValidator, BaseModel, Field
from starlette.requests import HTTPConnection

from algorithms import Echo
from nodes.handover import Target
from nodes.intake import take
from nodes.metrics import metrics_text
from nodes.node import Node
from nodes.wave import RefusedError, Wave
from tasks import Handover, QueueFull, Task
from wire import limits
from wire.addresses import LOOPBACK
from wire.body import BodyLimit
from wire.docs import install_docs
from wire.guard import Guard, cookie_name
from wire.inbound import take_texts
from wire.problems import PROBLEMS, Problem, install_problems

_router = APIRouter(responses=PROBLEMS)

READS = ("/health", "/specs", "/metrics", "/docs", "/openapi.json")
"""Addresses that change nothing."""


def make_app(node: Node) -> FastAPI:
    """Return the app of `node`."""
    app = FastAPI(title=f"Topowave node {node.spec.name}", version="1", docs_url=None, redoc_url=None)
    app.state.node = node
    app.router.routes.extend(_router.routes)
    install_problems(app)
    install_docs(app, node.config.page_port)
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Guard,
        hosts={*LOOPBACK, node.config.host},
        origin_ports=(node.config.page_port,),
        reads=READS,
        token=node.token,
        cookie=cookie_name(node.config.page_port),
    )
    return app


async def _node(connection: HTTPConnection) -> Node:
    return cast("Node", connection.app.state.node)


Here = Annotated[Node, Depends(_node)]
TaskCount = Annotated[int, Query(ge=1, le=limits.ADD_TASKS, description="how many tasks")]
PortNumber = Annotated[int, Query(ge=1, le=65535, description="port of the node that receives")]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]


def _all_different(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise ValueError("a task is offered twice")
    return ids


class Offer(BaseModel):
    """Tasks that another node offers to hand over."""

    giver: Identifier
    tasks: Annotated[
        list[Identifier], Field(min_length=1, max_length=limits.ADD_TASKS), AfterValidator(_all_different)
    ]


@_router.get("/health")
async def health(node: Here) -> dict[str, str]:
    """Say that the node is up."""
    return {"status": "ok", "name": node.spec.name}


@_router.get("/specs")
async def specs(node: Here) -> dict[str, object]:
    """Return what the node is, and its children in the tree."""
    children = [node.topology.node(name) for name in node.spec.children]
    return node.report() | {"children": [{"name": c.name, "port": c.port} for c in children]}


@_router.get("/metrics", response_class=PlainTextResponse)
async def metrics(node: Here) -> Response:
    """Return the node's figures in Prometheus' text format."""
    return Response(metrics_text(node), media_type="text/plain; version=0.0.4")


@_router.get("/add_task", operation_id="add_task_by_get")
@_router.post("/add_task", operation_id="add_task")
async def add_task(node: Here, count: TaskCount = 1) -> dict[str, object]:
    """Add tasks to this node's queue."""
    try:
        node.add_tasks(count)
    except QueueFull as full:
        raise _queue_full(node, full) from None
    return {"status": "ok", "added": count, "load": node.queue.load}


@_router.post("/rebalance")
async def rebalance(node: Here, target: PortNumber, count: TaskCount = 1) -> dict[str, object]:
    """Move queued tasks to the node on the port `target`."""
    receiver = node.target(target)
    if receiver is None or target == node.spec.port:
        raise Problem(422, "No such target", f"port {target} is no other node of this topology")
    outcome, moved = await node.mover.move(receiver, count)
    if outcome == "moved":
        return {"status": "ok", "moved": moved}
    return {"status": "error", "code": outcome, "message": _OUTCOMES[outcome], "moved": 0}


_OUTCOMES = {
    "nothing_left": "no task is waiting here",
    "refused": "the other node did not take the tasks; they are still here",
    "pending": "the other node has not answered yet; the move goes on until it does",
}


@_router.put("/moves/{id}")
async def offer_move(node: Here, id: str, offer: Annotated[Offer, Body()]) -> dict[str, str]:
    """Hold offered tasks, the first step of a handover."""
    giver = _node_named(node, offer.giver)
    handover = Handover(id, offer.giver, tuple(Task(task) for task in offer.tasks))
    try:
        return {"answer": node.mover.hold(handover, giver)}
    except QueueFull as full:
        raise _queue_full(node, full) from None


@_router.post("/moves/{id}/commit")
async def commit_move(node: Here, id: str) -> dict[str, str]:
    """Promise to keep held tasks, the second step of a handover."""
    return {"answer": node.mover.accept(id)}


@_router.post("/moves/{id}/release")
async def release_move(node: Here, id: str) -> dict[str, str]:
    """Make held tasks this node's own, which the giver has forgotten: the third step of a handover."""
    return {"answer": node.mover.own(id)}


@_router.delete("/moves/{id}")
async def cancel_move(node: Here, id: str) -> dict[str, str]:
    """Let held tasks go."""
    return {"answer": node.mover.drop(id)}


@_router.get("/moves/{id}")
async def ask_move(node: Here, id: str) -> dict[str, str]:
    """Say, as the giver, how a handover stands."""
    return {"answer": node.mover.standing(id)}


@_router.get("/echo")
async def echo(node: Here) -> Response:
    """Return this node's subtree, as an echo wave finds it."""
    found: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def answer(_: Wave, value: object) -> None:
        if not found.done():
            found.set_result(value)

    try:
        wave = node.waves.start(Echo, answer=answer, subtree=True)
        async with asyncio.timeout(node.config.wave_timeout):
            tree = await found
    except RefusedError as refused:
        raise Problem(503, "Too many waves", str(refused)) from None
    except TimeoutError:
        text = f"the wave did not come back within {node.config.wave_timeout:g} s"
        raise Problem(504, "Wave incomplete", text) from None
    return Response(
        msgspec.json.encode(tree), media_type="application/json", headers={"X-Wave": quote(wave.id)}
    )


@_router.websocket("/ws")
async def ws(websocket: WebSocket, node: Here) -> None:
    """Take frames until the peer leaves."""
    await websocket.accept()
    await take_texts(websocket, partial(take, node))


def _node_named(node: Node, name: str) -> Target:
    try:
        found = node.target(node.topology.node(name).port)
    except KeyError:
        found = None
    if found is None:
        raise Problem(422, "No such node", f"{name!r} is no node of this topology")
    return found


def _queue_full(node: Node, full: QueueFull) -> Problem:
    return Problem(409, "Queue full", f"{node.spec.name}: {full}")
