"""The FastAPI app of one node: what the balancer, other nodes and people may ask of it.

The operations are built once, when this module is imported: that costs some 15 ms and 14 MB, which all nodes
share that are forked later, or that live in the same process. Each node has an app of its own around them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, cast
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Body, Depends, FastAPI, Header, Query, Response, WebSocket
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute

from topowave.algorithms.waves.echo import Echo
from topowave.nodes.inbox import Inbox
from topowave.nodes.metrics import NodeMetrics
from topowave.nodes.node import Node
from topowave.nodes.tasks.admission import NotAdmitted
from topowave.nodes.waves.wave import RefusedError, Wave
from topowave.tasks import JournalError, JournalFullError, JournalLostError, Priority, QueueFull
from topowave.tasks.limits import MOVE_TASKS, TASKS_AT_ONCE
from topowave.translation import Text, text
from topowave.web.access import Guard, cookie_name
from topowave.web.api_docs import install_docs
from topowave.web.body_limit import BodyLimit
from topowave.web.empty_parameters import NoEmptyParameters
from topowave.web.metrics_answer import MetricsAnswer
from topowave.web.node_addresses import node_address
from topowave.web.problem_details import PROBLEMS, RETRY_SOON, Problem, install_problems
from topowave.web.request_forms import RequestForms
from topowave.web.task_form import TaskForm
from topowave.web.uvicorn_adapter.websocket import take_texts
from topowave.wire import limits
from topowave.wire.addresses import LOOPBACK
from topowave.wire.observations import NETWORK_CHANGED

_router = APIRouter(responses=PROBLEMS)

READS = ("/health", "/specs", "/metrics", "/docs", "/openapi.json")
"""Addresses that change nothing."""


def make_app(node: Node) -> FastAPI:
    """Return the app of `node`."""
    app = FastAPI(title=f"Topowave node {node.spec.name}", version="1", docs_url=None, redoc_url=None)
    app.state.node = node
    # A route of Starlette's, and the first: FastAPI's way takes a quarter of a handshake, and a lab may have
    # tens of thousands of them.
    app.router.routes[:0] = [_WS]
    app.router.routes.extend(_router.routes)
    install_problems(app)
    config = node.config
    install_docs(app, config.docs_files_port)
    if config.allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.allow_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["content-type", "authorization"],
        )
    app.add_middleware(BodyLimit)
    app.add_middleware(NoEmptyParameters)
    app.add_middleware(
        Guard,
        hosts={*LOOPBACK, node_address(node.spec, node.config).host},
        origin_ports=config.pages_of_ours,
        origins=config.allow_origins,
        reads=READS,
        token=node.token,
        cookie=cookie_name(node.config.page_port),
    )
    app.add_middleware(RequestForms)
    return app


async def _node(connection: HTTPConnection) -> Node:
    return cast("Node", connection.app.state.node)


Here = Annotated[Node, Depends(_node)]
TaskCount = Annotated[int, Query(ge=1, le=limits.ADD_TASKS, description="how many tasks")]
TasksKept = Annotated[
    int, Query(ge=0, description="running tasks move while more than so many tasks stay here")
]
PortNumber = Annotated[int, Query(ge=1, le=65535, description="port of the node that receives")]
CutSeconds = Annotated[float, Query(ge=limits.CUT_LEAST, le=limits.CUT_MOST, description="for how long (s)")]


class TasksBody(BaseModel):
    """Tasks for this node."""

    tasks: Annotated[list[TaskForm], Field(min_length=1, max_length=TASKS_AT_ONCE)]


class PriorityBody(BaseModel):
    """How urgent a task is to be."""

    model_config = ConfigDict(extra="forbid")

    priority: Priority


class OfferBody(BaseModel):
    """Tasks that another node offers: how many, so that there is room for them."""

    count: Annotated[int, Field(ge=1, le=MOVE_TASKS)]


@_router.get("/health")
async def health(node: Here) -> dict[str, object]:
    """Say that the node is up, and how the engines are that its process runs scripts with, if it does."""
    engines = {kind: engine.get_health().overall_health.value for kind, engine in node.engines().items()}
    return {"status": "ok", "name": node.spec.name, "engines": engines}


@_router.get("/specs")
async def specs(node: Here) -> dict[str, object]:
    """Return what the node is, and its children in the tree: by their ports, as the lab course has it.

    `child_nodes` has them by name and port.
    """
    children = [node.topology.node(name) for name in node.spec.children]
    return node.report() | {
        "children": [child.port for child in children],
        "child_nodes": [{"name": child.name, "port": child.port} for child in children],
    }


@_router.get("/metrics", response_class=PlainTextResponse)
async def metrics(
    node: Here,
    accept: Annotated[str | None, Header(description="application/openmetrics-text for OpenMetrics")] = None,
) -> Response:
    """Return the node's metrics in Prometheus' text format, or as OpenMetrics to who asks for it."""
    return MetricsAnswer(NodeMetrics(node).collect).to(accept)


@_router.get("/add_task", operation_id="add_task_by_get")
@_router.post("/add_task", operation_id="add_task")
async def add_task(node: Here, count: TaskCount = 1) -> dict[str, object]:
    """Add tasks to this node's queue; they are journalled when this answers."""
    with _refusals(node):
        ids = await node.tasks.add(count)
    return {"status": "ok", "added": count, "load": node.queue.load, "tasks": ids}


@_router.post("/tasks")
async def add_tasks(node: Here, order: Annotated[TasksBody, Body()]) -> dict[str, object]:
    """Add tasks to this node's queue; they are journalled when this answers."""
    with _refusals(node):
        ids = await node.tasks.add_tasks([form.to_task() for form in order.tasks])
    return {"status": "ok", "added": len(ids), "load": node.queue.load, "tasks": ids}


@_router.delete("/tasks/{id:path}")
async def cancel_task(node: Here, id: str) -> dict[str, object]:
    """Cancel a task that is assigned or running here."""
    with _refusals(node):
        was = await node.tasks.cancel(id)
    if was is None:
        raise Problem(
            409,
            text("Not here"),
            text("{task} is neither assigned nor running on {name}", task=id, name=node.spec.name),
        )
    return {"status": "ok", "task": id, "was": was}


@_router.patch("/tasks/{id:path}")
async def change_task(node: Here, id: str, change: Annotated[PriorityBody, Body()]) -> dict[str, object]:
    """Let a task that is assigned, and does not run yet, be more or less urgent."""
    with _refusals(node):
        changed = await node.tasks.set_priority(id, change.priority)
    if not changed:
        raise Problem(
            409, text("Not here"), text("{task} does not wait on {name}", task=id, name=node.spec.name)
        )
    return {"status": "ok", "task": id, "priority": change.priority}


@_router.post("/rebalance")
async def rebalance(
    node: Here, target: PortNumber, count: TaskCount = 1, keep: TasksKept = 0
) -> dict[str, object]:
    """Move tasks to the node on the port `target`: those that wait, then those that began to run last.

    `count` is how many cores they hold together: as many tasks, where each holds one. Where not, the answer
    has the `cores` of those that moved. What runs is interrupted, once at the most, and begins anew
    there. Only what the other node may run moves.
    """
    receiver = node.target(target)
    if receiver is None or target == node.spec.port:
        raise Problem(
            422,
            text("No such target"),
            text("port {target} is no other node of this topology", target=target),
        )
    outcome, moved, cores = await node.migration.move(receiver, count, keep)
    if outcome == "moved":
        return {"status": "ok", "moved": moved, **({} if cores == moved else {"cores": cores})}
    why = {"code": outcome, "message": _OUTCOMES[outcome]}
    if outcome == "refused" and moved:  # a program that is not ours takes them one by one
        return {"status": "ok", **why, "moved": moved}
    return {"status": "error", **why, "moved": 0}


_OUTCOMES = {
    "nothing_left": "there is no task here that may move",
    "refused": "the other node did not take the tasks, or not all; those that it did not take are still here",
    "pending": "the journal cannot be written just now; the move ends as soon as it can",
}


@_router.put("/moves/{id:path}")
async def take_move(node: Here, id: str, offer: Annotated[OfferBody, Body()]) -> dict[str, str]:
    """Take the tasks that another node has set moving to this one."""
    with _refusals(node):
        taken = await node.migration.receive(id, offer.count)
    return {"answer": "taken" if taken else "ended"}


@_router.post("/cut")
async def cut(node: Here, seconds: CutSeconds = limits.CUT_USUAL) -> dict[str, object]:
    """Cut this node's links to its neighbours for a while; it goes on answering everybody else."""
    node.partition.begin(seconds)
    return {"status": "ok", "seconds": seconds}


@_router.get("/echo")
async def echo(node: Here) -> Response:
    """Return this node's subtree, as an echo wave finds it."""
    found: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def answer(_: Wave, value: object) -> None:
        if not found.done():
            found.set_result(value)

    def cut_short() -> None:
        if not found.done():
            found.set_exception(
                Problem(
                    503,
                    text("Network changed"),
                    text("{what}; ask again", what=NETWORK_CHANGED),
                    headers=RETRY_SOON,
                )
            )

    limit_s = node.wave_limit(Echo)
    try:
        wave = node.waves.start(Echo, answer=answer, subtree=True)
        wave.cut_short = cut_short
        async with asyncio.timeout(limit_s):
            tree = await found
    except RefusedError as refused:
        raise Problem(503, text("Too many waves"), str(refused), headers=RETRY_SOON) from None
    except TimeoutError:
        why = text("the wave did not come back within {seconds:g} s", seconds=limit_s)
        opening = node.openings.now
        if opening.left:
            why = text(
                "{what}; {left:,} of {links:,} connections are still to be opened in this process",
                what=why,
                left=opening.left,
                links=opening.links,
            )
        raise Problem(504, text("Wave incomplete"), why) from None
    return Response(
        msgspec.json.encode(tree), media_type="application/json", headers={"X-Wave": quote(wave.id)}
    )


async def _ws(websocket: WebSocket) -> None:
    """Take frames until the peer leaves."""
    node = cast("Node", websocket.app.state.node)
    await websocket.accept()
    inbox = Inbox(node, partial(node.partition.heard.add, websocket))
    try:
        await take_texts(websocket, inbox.take)
    finally:
        node.partition.heard.discard(websocket)


_WS = WebSocketRoute("/ws", _ws)


def _said(name: str, error: Exception) -> Text:
    """Return what a node refuses, in its error's own words."""
    ours = error.args[0] if error.args else None
    return text("{place}: {problem}", place=name, problem=ours if isinstance(ours, Text) else str(error))


@contextmanager
def _refusals(node: Node) -> Generator[None]:
    """Make problems of a full queue and of a journal that cannot be written."""
    name = node.spec.name
    try:
        yield
    except NotAdmitted as refused:
        raise Problem(409, text("Takes no tasks"), _said(name, refused)) from None
    except QueueFull as full:
        raise Problem(409, text("Queue full"), _said(name, full), headers=RETRY_SOON) from None
    except JournalFullError as full:
        headers = None if full.is_partly else RETRY_SOON
        raise Problem(
            507,
            text("No room for the journal"),
            _said(name, full),
            headers=headers,
        ) from None
    except JournalError as error:
        headers = None if error.is_partly or isinstance(error, JournalLostError) else RETRY_SOON
        raise Problem(503, text("No journal"), _said(name, error), headers=headers) from None
