"""Where the time of a live echo wave goes: nodes in one process, under Python's profiler.

Run as `python -m benchmarks.profile_wave [--nodes 31] [--waves 300]`. Times are a node's own code, by what it
does; what the event loop and the kernel take is the rest of the whole. The profiler makes Python code slower,
so the shares are what counts; the time of a message without it stands beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import pstats
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import uvloop
from rich.console import Console
from rich.table import Table

from topowave.algorithms.waves.echo import Echo
from topowave.nodes.app import make_app
from topowave.nodes.node import Node, NodeStart, running
from topowave.nodes.process_context import process_context
from topowave.orchestrator.limits import COLLECTIONS
from topowave.topology import LabConfig, Topology, generate
from topowave.web.uvicorn_adapter.server import serving

ROOT = Path(__file__).parents[1]
WARM_UP = 50
"""Waves before any is counted."""
STAGES = {
    "topowave/web/uvicorn_adapter/websocket.py": "read a frame",
    "topowave/web/uvicorn_adapter/frame_splitter.py": "read a frame",
    "topowave/wire/connection.py": "write a frame, the system call included",
    "topowave/wire/link.py": "write a frame, the system call included",
    "topowave/wire/client_frame.py": "write a frame, the system call included",
    "nodes/inbox.py": "whose frame it is",
    "nodes/waves/codec.py": "message to frame and back",
    "nodes/waves/runtime.py": "the runtime of waves",
    "nodes/waves/wave.py": "the runtime of waves",
    "nodes/waves/timer_queue.py": "deadlines",
    "nodes/reporting.py": "note what happened, for the page",
    "nodes/links/peers.py": "write a frame, the system call included",
    "nodes/waves/handlers.py": "the runtime of waves",
    "topowave/algorithms/waves/echo.py": "the algorithm itself",
    "topowave/algorithms/base.py": "the algorithm itself",
    "~": "JSON and other C code called from there",
}


def main() -> None:
    """Profile and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.profile_wave", description=__doc__)
    options.add_argument("--nodes", type=int, default=31, help="nodes of the binary tree (default: 31)")
    options.add_argument("--waves", type=int, default=300, help="waves (default: 300)")
    chosen = options.parse_args()
    uvloop.run(profile(chosen.nodes, chosen.waves))


async def profile(nodes: int, waves: int) -> None:
    """Run the waves twice, without and with the profiler."""
    async with lab(nodes) as root:
        gc.collect()
        gc.freeze()  # as in a lab
        gc.set_threshold(*COLLECTIONS)
        for _ in range(WARM_UP):
            await wave(root)
        plain_s = await timed(root, waves)
        profiler = cProfile.Profile()
        profiler.enable()
        profiled_s = await timed(root, waves)
        profiler.disable()
    messages = 2 * (nodes - 1) * waves
    by_stage: dict[str, float] = {}
    stats = cast("dict[tuple[str, int, str], tuple[Any, ...]]", vars(pstats.Stats(profiler))["stats"])
    for (file, _, _), (_, _, own_s, *_) in stats.items():
        place = file if file == "~" else _relative(file)
        stage = STAGES.get(place, "the rest of Python")
        by_stage[stage] = by_stage.get(stage, 0.0) + own_s
    table = Table("where", "us a message, profiled", "share")
    for stage, own_s in sorted(by_stage.items(), key=lambda item: -item[1]):
        table.add_row(stage, f"{1e6 * own_s / messages:.1f}", f"{100 * own_s / profiled_s:.0f} %")
    rest = profiled_s - sum(by_stage.values())
    table.add_row("event loop and kernel", f"{1e6 * rest / messages:.1f}", f"{100 * rest / profiled_s:.0f} %")
    console = Console()
    console.print(table)
    console.print(
        f"without the profiler: {1e6 * plain_s / messages:.1f} us a message, {nodes} nodes in a process"
    )


async def timed(root: Node, waves: int) -> float:
    """Run waves one after the other; return how long they took in all (s)."""
    return sum([await wave(root) for _ in range(waves)])


async def wave(root: Node) -> float:
    """Run an echo wave; return the seconds from its start to its decision."""
    decided: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    began = time.perf_counter()
    answer: Callable[..., None] = lambda *_: decided.set_result(time.perf_counter() - began)  # noqa: E731
    root.waves.start(Echo, answer=answer)
    return await decided


@asynccontextmanager
async def lab(nodes: int) -> AsyncGenerator[Node]:
    """Run a binary tree of nodes in this process, with nobody who listens to their reports."""
    topology = generate("binary", nodes=nodes, seed=1)
    listeners = {node.name: _listener() for node in topology.nodes}
    found = topology.to_json()
    _renumber(found, listeners)
    topology, config = Topology.from_json(found), LabConfig(rebalance_interval=0)
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(process_context(topology, config))
        running_nodes: dict[str, Node] = {}
        for name, listener in listeners.items():
            start = NodeStart(topology, config, name, listener, 0, False, lambda: None)
            node = running_nodes[name] = await stack.enter_async_context(running(start, shared))
            await stack.enter_async_context(serving(make_app(node), listener))
            node.open()
        yield running_nodes[topology.root.name]


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _renumber(node: dict[str, Any], listeners: dict[str, socket.socket]) -> None:
    node["port"] = listeners[node["name"]].getsockname()[1]
    for child in node.get("children", []):
        _renumber(child, listeners)


def _relative(file: str) -> str:
    path = Path(file).resolve()  # the package has links to the folders at the top
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else file


if __name__ == "__main__":
    main()
