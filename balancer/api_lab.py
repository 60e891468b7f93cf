"""The routes about the lab itself: how it is, tasks, rebalancing, its topology and its nodes."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Literal

import httpx
from fastapi import Body, FastAPI
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from balancer import limits
from balancer.api_waves import Name, answer
from balancer.metrics import CONTENT_TYPE, metrics_text
from balancer.parts import Parts, named
from topology import SHAPES, Problems, Topology, generate
from wire.addresses import http_url
from wire.limits import ADD_TASKS
from wire.problems import Problem


class TaskOrder(BaseModel):
    """Tasks for a node."""

    model_config = ConfigDict(extra="forbid")

    node: Name
    count: int = Field(default=1, ge=1, le=ADD_TASKS, strict=True)


class TopologyOrder(BaseModel):
    """Another topology: of a shape that is generated, or one that is given."""

    model_config = ConfigDict(extra="forbid")

    shape: str | None = Field(default=None, max_length=100)
    nodes: int | None = Field(default=None, ge=1, le=limits.GENERATED_NODES, strict=True)
    seed: int | None = Field(default=None, strict=True)
    topology: dict[str, object] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> TopologyOrder:
        if (self.shape is None) == (self.topology is None):
            raise ValueError("expected either `shape` or `topology`")
        if self.topology is not None and (self.nodes, self.seed) != (None, None):
            raise ValueError("`nodes` and `seed` belong to a `shape`")
        return self


def add_lab_routes(app: FastAPI, parts: Parts) -> None:
    """Add the routes about the lab."""
    _add_facts(app, parts)
    _add_work(app, parts)
    _add_control(app, parts)


def _add_facts(app: FastAPI, parts: Parts) -> None:
    lab = parts.lab

    @app.get("/health")
    async def health() -> Response:
        """Say that the balancer is up, and how many nodes are."""
        nodes = {"nodes": len(lab.status), "nodes_up": lab.states().get("up", 0)}
        return answer({"status": "ok", **nodes, "version": lab.version})

    @app.get("/status")
    async def status() -> Response:
        """Return how the lab is: its nodes, their tasks, its waves and its rebalancing."""
        counts = parts.rebalancer.counts
        body = {
            "title": lab.title,
            "version": lab.version,
            "uptime": round(time.time() - parts.began, 3),
            "states": lab.states(),
            "load": lab.load,
            "imbalance": round(lab.imbalance, 4),
            "waves_running": parts.book.running,
            "rebalancing": {
                "interval": lab.config.rebalance_interval,
                "rounds": counts.rounds,
                "moved": counts.moved,
                "nothing_left": counts.nothing_left,
                "failed": counts.failed,
            },
            "trace_waves_left_out": None if parts.trace is None else parts.trace.left_out,
            "nodes": [node | {"pid": lab.status[str(node["name"])].pid} for node in parts.picture.nodes()],
        }
        return answer(body)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Return the balancer's figures in Prometheus' text format."""
        return Response(metrics_text(parts), media_type=CONTENT_TYPE)


def _add_work(app: FastAPI, parts: Parts) -> None:
    @app.post("/tasks")
    async def tasks(order: Annotated[TaskOrder, Body()]) -> Response:
        """Add tasks to a node."""
        port = _port(parts, order.node)
        url = http_url(parts.lab.config.host, port, "/add_task")
        try:
            async with asyncio.timeout(limits.TASK_TIMEOUT):
                response = await parts.client.post(url, params={"count": order.count})
        except (TimeoutError, httpx.HTTPError) as error:
            detail = f"{order.node} does not answer ({type(error).__name__}); it may still get the tasks"
            raise Problem(504, "Node does not answer", detail) from None
        if response.is_error:
            detail = f"{order.node} answered {response.status_code}: {response.text[:500]}"
            raise Problem(502, "Node refused", detail)
        added = "1 task" if order.count == 1 else f"{order.count} tasks"
        parts.feed.tell("task", f"{added} for {order.node}", node=order.node)
        return answer({"status": "ok", "node": order.node, "count": order.count})

    @app.post("/rebalance")
    async def rebalance() -> Response:
        """Run a round of rebalancing now and answer with what was moved."""
        return answer(await parts.rebalancer.round())


def _add_control(app: FastAPI, parts: Parts) -> None:
    @app.post("/topology")
    async def topology(order: Annotated[TopologyOrder, Body()]) -> Response:
        """Replace the running topology by another one."""
        wanted = await asyncio.to_thread(_wanted, parts.lab.topology, order)
        shape = order.shape or "own topology"
        parts.next_title = f"{shape}, {len(wanted.nodes)} nodes"
        try:
            await parts.control.replace(wanted.to_json(), limits.REPLACE_TIMEOUT)
        finally:
            parts.next_title = None
        return answer({"status": "ok", "version": parts.lab.version, "nodes": len(wanted.nodes)})

    @app.post("/nodes/{name}/{action}")
    async def signal(name: str, action: Literal["kill", "stop", "continue"]) -> Response:
        """Kill a node's process (it is started again), stop it (SIGSTOP), or let it continue.

        `others` names the nodes that share the process, to which the same happens.
        """
        _port(parts, name)
        if parts.lab.status[name].state == "foreign":
            raise Problem(409, "Not our node", f"{name} is run by somebody else")
        others = parts.lab.others(name)
        await parts.control.signal(name, action, limits.SIGNAL_TIMEOUT)
        if others:
            text = f"{action} {name}: this takes {named(others)} with it, which share its process"
            parts.feed.tell("node", text, node=name)
        return answer({"status": "ok", "node": name, "action": action, "others": others})

    @app.post("/shutdown", status_code=202)
    async def shutdown() -> Response:
        """Stop the lab."""
        await parts.control.shutdown()
        return answer({"status": "stopping"}, 202)


def _wanted(now: Topology, order: TopologyOrder) -> Topology:
    try:
        if order.topology is not None:
            return Topology.from_json(order.topology, "topology")
        if order.shape not in SHAPES:
            text = f"there is no shape {order.shape!r}; there are {', '.join(SHAPES)}"
            raise Problem(422, "Unknown shape", text)
        base_port = min(node.port for node in now.nodes)
        return generate(order.shape, nodes=order.nodes, seed=order.seed, base_port=base_port)
    except Problems as problems:
        found = list(problems.problems)
        raise Problem(422, "Topology refused", "; ".join(found), problems=found) from None


def _port(parts: Parts, name: str) -> int:
    try:
        return parts.lab.topology.node(name).port
    except KeyError:
        raise Problem(404, "No such node", f"there is no node {name!r} in this topology") from None
