"""The FastAPI app of one node: what the balancer, other nodes and people may ask of it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import Body, FastAPI, Query, Response, WebSocket
from pydantic import BaseModel, Field

from algorithms import Echo
from nodes.handover import Target
from nodes.intake import take
from nodes.metrics import metrics_text
from nodes.node import Node
from nodes.waves import RefusedError, Wave
from tasks import Handover, QueueFull, Task
from wire import frames, limits
from wire.addresses import LOOPBACK
from wire.guard import Guard
from wire.problems import Problem, install_problems

TaskCount = Annotated[int, Query(ge=1, le=limits.ADD_TASKS, description="how many tasks")]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class Offer(BaseModel):
    """Tasks that another node offers to hand over."""

    giver: Identifier
    tasks: list[Identifier] = Field(min_length=1, max_length=limits.QUEUE_TASKS)


def make_app(node: Node) -> FastAPI:
    """Return the app of `node`."""
    app = FastAPI(title=f"Topowave node {node.spec.name}", version="1", redoc_url=None)
    install_problems(app)
    app.add_middleware(Guard, hosts={*LOOPBACK, node.config.host}, origin_ports=(node.config.page_port,))
    _add_facts(app, node)
    _add_tasks(app, node)
    _add_moves(app, node)
    _add_waves(app, node)
    _add_frames(app, node)
    return app


def _add_facts(app: FastAPI, node: Node) -> None:
    @app.get("/health")
    async def health() -> dict[str, str]:
        """Say that the node is up."""
        return {"status": "ok", "name": node.spec.name}

    @app.get("/specs")
    async def specs() -> dict[str, object]:
        """Return what the node is, and its children in the tree."""
        children = [node.topology.node(name) for name in node.spec.children]
        return node.report() | {"children": [{"name": c.name, "port": c.port} for c in children]}

    @app.get("/metrics")
    async def metrics() -> Response:
        """Return the node's figures in Prometheus' text format."""
        return Response(metrics_text(node), media_type="text/plain; version=0.0.4")


def _add_tasks(app: FastAPI, node: Node) -> None:
    @app.api_route("/add_task", methods=["GET", "POST"])
    async def add_task(count: TaskCount = 1) -> dict[str, object]:
        """Add tasks to this node's queue."""
        try:
            node.add_tasks(count)
        except QueueFull as full:
            raise Problem(409, "Queue full", f"{node.spec.name}: {full}") from None
        return {"status": "ok", "added": count, "load": node.queue.load}

    @app.post("/rebalance")
    async def rebalance(
        target: Annotated[int, Query(ge=1, le=65535, description="port of the node that receives")],
        count: TaskCount = 1,
    ) -> dict[str, object]:
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


def _add_moves(app: FastAPI, node: Node) -> None:
    @app.put("/moves/{id}")
    async def offer(id: str, offer: Annotated[Offer, Body()]) -> dict[str, str]:
        """Hold offered tasks, the first step of a handover."""
        giver = _node_named(node, offer.giver)
        handover = Handover(id, offer.giver, tuple(Task(task) for task in offer.tasks))
        try:
            return {"answer": node.mover.hold(handover, giver)}
        except QueueFull as full:
            raise Problem(409, "Queue full", f"{node.spec.name}: {full}") from None

    @app.post("/moves/{id}/commit")
    async def commit(id: str) -> dict[str, str]:
        """Make held tasks this node's own, the second step of a handover."""
        return {"answer": node.mover.accept(id)}

    @app.delete("/moves/{id}")
    async def cancel(id: str) -> dict[str, str]:
        """Let held tasks go."""
        return {"answer": node.mover.drop(id)}

    @app.get("/moves/{id}")
    async def ask(id: str) -> dict[str, str]:
        """Say, as the giver, how a handover stands."""
        return {"answer": node.mover.standing(id)}


def _node_named(node: Node, name: str) -> Target:
    try:
        found = node.target(node.topology.node(name).port)
    except KeyError:
        found = None
    if found is None:
        raise Problem(422, "No such node", f"{name!r} is no node of this topology")
    return found


def _add_waves(app: FastAPI, node: Node) -> None:
    @app.get("/echo")
    async def echo() -> Response:
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
        return Response(msgspec.json.encode(tree), media_type="application/json", headers={"X-Wave": wave.id})


def _add_frames(app: FastAPI, node: Node) -> None:
    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        """Take frames until the peer leaves."""
        await websocket.accept()
        while True:
            event = await websocket.receive()
            if event["type"] != "websocket.receive":
                return
            error = take(node, event.get("text") or event.get("bytes") or "")
            if error is not None:
                try:
                    async with asyncio.timeout(limits.SEND_TIMEOUT):
                        await websocket.send_text(frames.encode_frame(error).decode())
                except (TimeoutError, RuntimeError):
                    return
