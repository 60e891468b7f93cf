"""A small lab for tests: real nodes on free ports, all in the test's own event loop, and an ear for reports.

A node can also run as a process of its own, to be killed or stopped, or be left to the test as a foreign one.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect

from tests.support.waiting import PATIENCE_S
from topowave.nodes.app import make_app
from topowave.nodes.node import Node, NodeStart, running
from topowave.nodes.process_context import process_context
from topowave.nodes.waves.wave import now_ms
from topowave.tasks import TaskCounts, begin_run, reader_at
from topowave.topology import LabConfig, Topology
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.frames import encode_frame
from topowave.wire.observations import Deliver, Event, Held, HeldMessage, Load, decode_report


def listener(host: str = "127.0.0.1") -> socket.socket:
    """Return a socket on a free port of the loopback."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((host, 0))
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
    journal: Path
    nodes: dict[str, RunningNode] = field(default_factory=dict[str, RunningNode])
    processes: dict[str, Process] = field(default_factory=dict[str, Process])
    events: dict[str, list[tuple[str, Event]]] = field(default_factory=dict[str, list[tuple[str, Event]]])
    held: dict[tuple[str, str], Held] = field(default_factory=dict[tuple[str, str], Held])
    observers: set[WebSocket] = field(default_factory=set[WebSocket])
    loads: dict[str, Load] = field(default_factory=dict[str, Load])
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    listeners: dict[str, socket.socket] = field(default_factory=dict[str, socket.socket])
    incarnations: int = 0

    def node(self, name: str) -> Node:
        """Return the running node of that name."""
        return self.nodes[name].node

    def port(self, name: str) -> int:
        """Return the port of a node."""
        return self.topology.node(name).port

    def url(self, name: str, path: str = "") -> str:
        """Return the HTTP address of a node."""
        return f"http://127.0.0.1:{self.port(name)}{path}"

    def ws(self, name: str) -> str:
        """Return the WebSocket of a node."""
        return f"ws://127.0.0.1:{self.port(name)}/ws"

    @property
    def ear(self) -> str:
        """The WebSocket that stands for the balancer's `/ws`."""
        return f"ws://127.0.0.1:{self.config.balancer_port}/ws"

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; it is looked at after every report and answer."""
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(condition)

    def count(self, wave: str, event: str) -> int:
        """Return how many events of a kind were reported for a wave."""
        return sum(e.event == event for _, e in self.events.get(wave, []))

    def tasks(self) -> int:
        """Return how many tasks there are on the nodes of this event loop."""
        return sum(running.node.queue.load for running in self.nodes.values())

    def task_counts(self) -> TaskCounts:
        """Return how many tasks of the lab are in each state, as the journal has it."""
        reader = reader_at(self.journal)
        try:
            return reader.counts()
        finally:
            reader.close()

    def exact(self, wave: str, messages: int) -> bool:
        """Whether that many messages of a wave were sent, and as many received."""
        return self.count(wave, "send") == messages == self.count(wave, "receive")

    async def until_exact(self, wave: str, messages: int) -> None:
        """Wait until as many messages of a wave were sent as were received, as many as expected."""
        await self.until(lambda: self.exact(wave, messages))

    async def brought(self, wave: str) -> dict[str, Any]:
        """Wait for the tree that a wave brings."""
        await self.until(lambda: any(answer.get("wave") == wave for answer in self.answers))
        return next(answer["payload"] for answer in self.answers if answer.get("wave") == wave)

    def waiting(self, wave: str) -> dict[str, list[HeldMessage]]:
        """Return what waits in a held wave, by the node at which it does."""
        return {node: held.messages for (of, node), held in self.held.items() if of == wave and held.messages}

    async def order(self, order: Deliver) -> None:
        """Tell all processes of nodes what to deliver, as the balancer does."""
        for observer in self.observers:
            await observer.send_text(encode_frame(order).decode())

    @asynccontextmanager
    async def visit(self, name: str, **options: Any) -> AsyncGenerator[ClientConnection]:
        """Connect to a node's `/ws`, as somebody who is no node."""
        async with connect(self.ws(name), proxy=None, compression=None, **options) as connection:
            yield connection

    async def tell(self, name: str, *frames: dict[str, Any] | str | bytes) -> list[dict[str, Any]]:
        """Send frames to a node, one after the other, and return what it answered to them on the way."""
        answers: list[dict[str, Any]] = []
        async with self.visit(name) as connection:
            for frame in frames:
                await connection.send(json.dumps(frame) if isinstance(frame, dict) else frame)
            # A frame that is refused for sure marks the end: frames are taken in their order.
            await connection.send('{"route": "the end"}')
            while not answers or "the end" not in answers[-1]["message"]:
                async with asyncio.timeout(PATIENCE_S):
                    answers.append(json.loads(await connection.recv()))
        return answers[:-1]

    def request(self, wave: str, route: str = "echo", **fields: Any) -> dict[str, Any]:
        """Return a frame that asks for a wave, as the balancer sends it."""
        expires = now_ms() + round(1000 * self.config.wave_timeout)
        own: dict[str, dict[str, Any]] = {
            "finn": {"inc": [], "ninc": []},
            "wave": {"algorithm": "finn-full", "start": True},
        }
        frame = {"route": route, "sender": self.ear, "wave": wave, "expires": expires}
        return frame | own.get(route, {}) | fields

    async def start(self, name: str) -> Node:
        """Start a node, for the first time or again, in a new life."""
        self.incarnations += 1
        held = self.listeners[name].dup()
        stack = AsyncExitStack()
        start = NodeStart(
            self.topology,
            self.config,
            name,
            held,
            self.incarnations,
            True,
            lambda: None,
            journal=self.journal,
        )
        context = await stack.enter_async_context(process_context(self.topology, self.config))
        node = await stack.enter_async_context(running(start, context))
        server = await stack.enter_async_context(serving(make_app(node), held))
        node.open()
        await node.tasks.ready()
        self.nodes[name] = RunningNode(node, server, stack)
        return node

    async def stop(self, name: str) -> None:
        """Stop a node; its port stays bound, as with the real orchestrator."""
        await self.nodes.pop(name).stack.aclose()

    async def spawn(self, name: str) -> Process:
        """Start a node as a process, and wait until it has told its load."""
        self.incarnations += 1
        self.loads.pop(name, None)
        fd = self.listeners[name].fileno()
        child = [str(fd), str(self.incarnations), name, str(self.journal)]
        command = [sys.executable, "-m", "tests.unit.nodes.child", *child]
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, pass_fds=[fd])
        self.processes[name] = process
        assert process.stdin is not None
        lab = {"topology": self.topology.to_json(), "config": self.config.model_dump()}
        process.stdin.write(json.dumps(lab).encode())
        process.stdin.close()
        await self.until(lambda: name in self.loads)
        return process

    async def kill(self, name: str) -> None:
        """Kill a node's process; its port stays bound."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        await process.wait()


def _ear(lab: Lab) -> FastAPI:
    app = FastAPI()

    @app.websocket("/observe")
    async def observe(websocket: WebSocket) -> None:
        await websocket.accept()
        lab.observers.add(websocket)
        async for text in websocket.iter_text():
            report = decode_report(text)
            for held in report.held:
                lab.held[held.wave, held.node] = held
            for events in report.events:
                lab.events.setdefault(events.wave, []).extend((events.node, event) for event in events.events)
            for load in report.loads:
                lab.loads[load.node] = load
            async with lab.changed:
                lab.changed.notify_all()
        lab.observers.discard(websocket)

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
    held = listeners[tree["name"]] = listener(tree.get("host", "127.0.0.1"))
    children = [with_free_ports(child, listeners) for child in tree.get("children", [])]
    return {"cpu": 2} | tree | {"port": held.getsockname()[1], "children": children}


@asynccontextmanager
async def running_lab(
    tree: dict[str, Any], *, apart: Collection[str] = (), absent: Collection[str] = (), **settings: Any
) -> AsyncGenerator[Lab]:
    """Run a lab on a nested tree of names.

    Args:
        tree: nodes with `"launch": False` are left to the test.
        apart: names of nodes that run as processes of their own.
        absent: names of nodes that are not started; connections to them wait in the kernel.
        settings: of the lab.
    """
    listeners: dict[str, socket.socket] = {}
    topology = Topology.from_json(with_free_ports(tree, listeners))
    ear = listener()
    quiet: dict[str, Any] = {"wave_timeout": 60.0}  # no wave ends by its own where that is not what is tested
    config = LabConfig(**(quiet | settings), balancer_port=ear.getsockname()[1], page_port=1)
    async with AsyncExitStack() as stack:
        run = begin_run(Path(stack.enter_context(TemporaryDirectory())), [], resume=False)
        stack.callback(run.end)
        lab = Lab(topology, config, run.path, listeners=listeners)
        await stack.enter_async_context(serving(_ear(lab), ear))
        try:
            for node in topology.nodes:
                listeners[node.name].listen(128)
                if node.launch and node.name not in {*apart, *absent}:
                    await lab.start(node.name)
            await asyncio.gather(*(lab.spawn(name) for name in apart))
            yield lab
        finally:
            for name in list(lab.processes):
                await lab.kill(name)
            await asyncio.gather(*(lab.stop(name) for name in list(lab.nodes)))
            for held in listeners.values():
                held.close()


@asynccontextmanager
async def client(**options: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """An HTTP client that ignores the machine's proxies."""
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False, **options) as found:
        yield found


def tree(*levels: int, name: str = "root") -> dict[str, Any]:
    """Return a nested tree whose nodes have `levels[0]` children, those `levels[1]`, and so on."""
    if not levels:
        return {"name": name}
    children = [tree(*levels[1:], name=f"{name}{i}") for i in range(levels[0])]
    return {"name": name, "children": children}


def names(payload: dict[str, Any]) -> list[str]:
    """Return the names in what an echo wave brought, sorted."""
    return sorted([payload["name"], *(n for child in payload["children"] for n in names(child))])


def count_nodes(payload: dict[str, Any]) -> int:
    """Return how many nodes are in what an echo wave brought."""
    return len(names(payload))
