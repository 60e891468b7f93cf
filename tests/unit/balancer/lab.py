"""A balancer for tests, in the test's own event loop, with real nodes where a test wants them."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from tests.support.waiting import PATIENCE_S
from topowave.balancer.app import make_app
from topowave.balancer.balancer import Balancer
from topowave.balancer.running import running
from topowave.balancer.start import BalancerStart
from topowave.balancer.waves.wave import wave_of
from topowave.nodes.app import make_app as make_node
from topowave.nodes.node import NodeStart
from topowave.nodes.node import running as running_node
from topowave.nodes.process_context import process_context
from topowave.tasks import JournalFile, TaskCounts, begin_run, reader_at
from topowave.topology import LabConfig, Topology
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.http_client import NO_CERTIFICATES

PAGE_PORT = 3
"""The port of the page that the balancer under test believes in."""


def listener() -> socket.socket:
    """Return a listening socket on a free port of the loopback."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", 0))
    found.listen(128)
    return found


def owned(said: Callable[[str], None] = lambda _: None) -> OwnedTasks:
    """Return an owner of background tasks for a part that is tested alone."""
    return OwnedTasks(logging.getLogger("topowave.balancer"), said)


class Orchestrator:
    """The other end of the control channel, played by the test."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_unix_connection(sock=self._channel, limit=1 << 24)

    async def asked(self) -> dict[str, Any]:
        """Return what the balancer asks next."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_S):
            found: dict[str, Any] = json.loads(await self._reader.readline())
            return found

    def say(self, **message: object) -> None:
        """Tell the balancer something."""
        self.write(json.dumps(message).encode() + b"\n")

    def write(self, line: bytes) -> None:
        """Write bytes, whatever they mean."""
        assert self._writer is not None
        self._writer.write(line)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


@dataclass
class Bench:
    """A balancer that serves, the orchestrator's end, and the nodes that run."""

    topology: Topology
    config: LabConfig
    balancer: Balancer
    http: httpx.AsyncClient
    orchestrator: Orchestrator
    listeners: dict[str, socket.socket]
    journal_file: JournalFile
    nodes: dict[str, AsyncExitStack] = field(default_factory=dict[str, AsyncExitStack])
    lives: int = 0

    @property
    def journal(self) -> Path:
        """Where its journal is."""
        return self.journal_file.path

    def task_counts(self) -> TaskCounts:
        """Return how many tasks are in each state, as the journal has it: a node may have told of more."""
        reader = reader_at(self.journal)
        try:
            return reader.counts()
        finally:
            reader.close()

    async def start(self, *names: str) -> None:
        """Start nodes."""
        for name in names:
            self.lives += 1
            held = self.listeners[name].dup()
            stack = AsyncExitStack()
            start = NodeStart(
                self.topology,
                self.config,
                name,
                held,
                self.lives,
                True,
                lambda: None,
                journal=self.journal_file,
            )
            context = await stack.enter_async_context(process_context(self.topology, self.config))
            node = await stack.enter_async_context(running_node(start, context))
            await stack.enter_async_context(serving(make_node(node), held))
            node.open()
            await node.tasks.ready()
            self.nodes[name] = stack

    async def stop(self, name: str) -> None:
        """Stop a node; its port stays bound, as with the real orchestrator."""
        await self.nodes.pop(name).aclose()

    async def play(self, name: str, app: ASGIApp) -> None:
        """Let an app of the test stand in for a node."""
        stack = AsyncExitStack()
        await stack.enter_async_context(serving(app, self.listeners[name].dup()))
        self.nodes[name] = stack

    def connect(self, path: str, **options: Any) -> connect:
        """Open a WebSocket to the balancer."""
        url = f"ws://127.0.0.1:{self.config.balancer_port}{path}"
        return connect(url, max_size=None, proxy=None, open_timeout=PATIENCE_S, **options)

    async def get(self, path: str) -> Any:
        """Return what the balancer answers to a GET that succeeds."""
        return (await self.http.get(path)).raise_for_status().json()

    async def post(self, path: str, body: object = None) -> Any:
        """Return what the balancer answers to a POST that succeeds."""
        return (await self.http.post(path, json=body)).raise_for_status().json()

    async def over(self, wave: str) -> dict[str, Any]:
        """Return a wave once it is over."""
        async with asyncio.timeout(PATIENCE_S):
            record = self.balancer.waves.get(wave)
            assert record is not None
            await self.balancer.waves.ended(record)
            return wave_of(record).model_dump()


async def told(websocket: ClientConnection) -> dict[str, Any]:
    """Return the next message of a WebSocket."""
    async with asyncio.timeout(PATIENCE_S):
        found: dict[str, Any] = json.loads(await websocket.recv())
        return found


def _with_ports(nested: dict[str, Any], listeners: dict[str, socket.socket]) -> dict[str, Any]:
    held = listeners[nested["name"]] = listener()
    children = [_with_ports(child, listeners) for child in nested.get("children", [])]
    return {"cpu": 2} | nested | {"port": held.getsockname()[1], "children": children}


@asynccontextmanager
async def bench(
    nested: dict[str, Any],
    *,
    run_nodes: bool = True,
    trace: Path | None = None,
    version: int = 1,
    start: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncGenerator[Bench]:
    """Run a balancer over a nested tree of names, with the nodes that are to be launched.

    `start` is what is special about how it is started.
    """
    listeners: dict[str, socket.socket] = {}
    topology = Topology.from_json(_with_ports(nested, listeners))
    own, page = listener(), listener()
    quiet: dict[str, Any] = {"rebalance_interval": 0.0, "wave_timeout": 60.0}
    port = own.getsockname()[1]
    config = LabConfig(**(quiet | settings), balancer_port=port, page_port=PAGE_PORT)
    ours, theirs = socket.socketpair()
    orchestrator = Orchestrator(theirs)
    client = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S, trust_env=False, verify=NO_CERTIFICATES
    )
    async with AsyncExitStack() as stack:
        run = begin_run(Path(stack.enter_context(TemporaryDirectory())), [], resume=False)
        stack.callback(run.end)
        started = BalancerStart(
            topology,
            version,
            config,
            own,
            page,
            ours,
            0,
            trace,
            Path("nowhere"),
            "a test",
            lambda: None,
            journal=run.place,
            **(start or {}),
        )
        for held in (page, *listeners.values()):
            stack.callback(held.close)
        await orchestrator.open()
        stack.push_async_callback(orchestrator.close)
        balancer = await stack.enter_async_context(running(started))
        await stack.enter_async_context(serving(make_app(balancer, PAGE_PORT), own))
        stack.callback(balancer.stop_waiting)
        found = Bench(topology, config, balancer, client, orchestrator, listeners, run.place)
        try:
            if run_nodes:
                await found.start(*(node.name for node in topology.nodes if node.launch))
            yield found
        finally:
            await asyncio.gather(*(found.stop(name) for name in list(found.nodes)))
            await client.aclose()
