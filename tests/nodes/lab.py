"""A small lab for tests: real nodes on free ports, all in the test's own event loop, and an ear for reports."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, WebSocket

from nodes.app import make_app
from nodes.node import Node, NodeStart, running
from topology import LabConfig, Topology
from wire.observations import Event, Events, Load, decode_observation
from wire.serve import serving

DEADLINE = 10.0
"""Seconds after which a test that waits for a state gives up."""


def listener() -> socket.socket:
    """Return a socket on a free port of the loopback."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", 0))
    return found


@dataclass
class RunningNode:
    """A node of the test lab with its server."""

    node: Node
    server: uvicorn.Server
    stack: AsyncExitStack


@dataclass
class Lab:
    """The running lab and what its nodes reported."""

    topology: Topology
    config: LabConfig
    nodes: dict[str, RunningNode] = field(default_factory=dict[str, RunningNode])
    events: dict[str, list[tuple[str, Event]]] = field(default_factory=dict[str, list[tuple[str, Event]]])
    loads: dict[str, Load] = field(default_factory=dict[str, Load])
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    listeners: dict[str, socket.socket] = field(default_factory=dict[str, socket.socket])
    blocks: int = 0

    def node(self, name: str) -> Node:
        """Return the running node of that name."""
        return self.nodes[name].node

    def url(self, name: str, path: str = "") -> str:
        """Return the HTTP address of a node."""
        return f"http://127.0.0.1:{self.topology.node(name).port}{path}"

    @property
    def ear(self) -> str:
        """The WebSocket that stands for the balancer's `/ws`."""
        return f"ws://127.0.0.1:{self.config.balancer_port}/ws"

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; it is looked at after every report and answer."""
        async with asyncio.timeout(DEADLINE), self.changed:
            await self.changed.wait_for(condition)

    def count(self, wave: str, event: str) -> int:
        """Return how many events of a kind were reported for a wave."""
        return sum(e.event == event for _, e in self.events.get(wave, []))

    async def start(self, name: str) -> Node:
        """Start a node, for the first time or again, in a new life."""
        self.blocks += 1
        held = self.listeners[name].dup()
        stack = AsyncExitStack()
        start = NodeStart(self.topology, self.config, name, held, self.blocks, True, lambda: None)
        node = await stack.enter_async_context(running(start))
        server = await stack.enter_async_context(serving(make_app(node), held))
        self.nodes[name] = RunningNode(node, server, stack)
        return node

    async def stop(self, name: str) -> None:
        """Stop a node; its port stays bound, as with the real orchestrator."""
        await self.nodes.pop(name).stack.aclose()


def _ear(lab: Lab) -> FastAPI:
    app = FastAPI()

    @app.websocket("/observe")
    async def observe(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            report = decode_observation(text)
            if isinstance(report, Events):
                lab.events.setdefault(report.wave, []).extend((report.node, event) for event in report.events)
            else:
                lab.loads[report.node] = report
            async with lab.changed:
                lab.changed.notify_all()

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        async for frame in websocket.iter_json():
            lab.answers.append(frame)
            async with lab.changed:
                lab.changed.notify_all()

    @app.post("/answer")
    async def answer(frame: dict[str, Any]) -> None:
        lab.answers.append(frame)
        async with lab.changed:
            lab.changed.notify_all()

    return app


def with_free_ports(tree: dict[str, Any], listeners: dict[str, socket.socket]) -> dict[str, Any]:
    """Return the nested tree with a free port for every node, keeping its socket in `listeners`."""
    held = listeners[tree["name"]] = listener()
    children = [with_free_ports(child, listeners) for child in tree.get("children", [])]
    return {"cpu": 2} | tree | {"port": held.getsockname()[1], "children": children}


@asynccontextmanager
async def running_lab(tree: dict[str, Any], **settings: Any) -> AsyncGenerator[Lab]:
    """Run a lab on a nested tree of names; those with `"launch": False` are left to the test."""
    listeners: dict[str, socket.socket] = {}
    topology = Topology.from_json(with_free_ports(tree, listeners))
    ear = listener()
    config = LabConfig(balancer_port=ear.getsockname()[1], page_port=1, **settings)
    lab = Lab(topology, config, listeners=listeners)
    async with serving(_ear(lab), ear):
        try:
            for node in topology.nodes:
                listeners[node.name].listen(128)
                if node.launch:
                    await lab.start(node.name)
            yield lab
        finally:
            for name in reversed(list(lab.nodes)):
                await lab.stop(name)
            for held in listeners.values():
                held.close()


@asynccontextmanager
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """An HTTP client that ignores the machine's proxies."""
    async with httpx.AsyncClient(timeout=DEADLINE, trust_env=False) as found:
        yield found


def tree(*levels: int, name: str = "root") -> dict[str, Any]:
    """Return a nested tree whose nodes have `levels[0]` children, those `levels[1]`, and so on."""
    if not levels:
        return {"name": name}
    children = [tree(*levels[1:], name=f"{name}{i}") for i in range(levels[0])]
    return {"name": name, "children": children}
