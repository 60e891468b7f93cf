"""The yardstick: the same echo wave over plain TCP, with as many processes, and nothing else.

Protocols on uvloop, one connection a link, one line of JSON a message; no server framework, no WebSocket, no
observation, no other waves, no failures. Whoever connects to the root and sends a line gets the microseconds
that a wave took there, from its start to its decision.

Run as `python -m benchmarks.raw_tree TOPOLOGY [--processes N]`; nodes share processes as in a lab. It prints
`ready` once every link is there, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop

from topowave.orchestrator.descriptors import raise_limit
from topowave.orchestrator.hosts.parent_death import end_with
from topowave.orchestrator.packing import pack
from topowave.topology import Topology, read_topology

BACKLOG = 1024


class Link(asyncio.Protocol):
    """One end of a TCP connection that carries lines."""

    def __init__(self, node: RawNode) -> None:
        self.node = node
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write, and send at once what is small."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio's
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Hand whole lines to the node."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.node.receive(self, msgspec.json.decode(line))

    def send(self, message: dict[str, Any]) -> None:
        """Write one line."""
        self.transport.write(msgspec.json.encode(message) + b"\n")


class RawNode:
    """One node: passes the wave down, collects the answers, answers up."""

    def __init__(self, topology: Topology, name: str, ready: int) -> None:
        self.spec = topology.node(name)
        self.parent = topology.node(self.spec.parent) if self.spec.parent else None
        self._ready = ready
        self._children: list[Link] = []
        self._asker: Link | None = None
        self._answers: list[Any] = []
        self._began_ns = 0

    async def run(self, listener: socket.socket) -> None:
        """Serve for ever."""
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: Link(self), sock=listener, backlog=BACKLOG)
        if self.parent is not None:
            _, up = await loop.create_connection(lambda: Link(self), "127.0.0.1", self.parent.port)
            up.send({"child": self.spec.name})
        self._linked()
        await loop.create_future()

    def receive(self, link: Link, message: dict[str, Any]) -> None:
        """Do one step of the wave."""
        if "child" in message:
            self._children.append(link)
            self._linked()
        elif "tree" in message:
            self._answers.append(message["tree"])
            if len(self._answers) == len(self._children):
                self._decide()
        else:
            self._asker, self._answers, self._began_ns = link, [], time.perf_counter_ns()
            for child in self._children:
                child.send({"wave": message["wave"], "sender": self.spec.name})
            if not self._children:
                self._decide()

    def _decide(self) -> None:
        assert self._asker is not None
        spec = self.spec
        tree = {"name": spec.name, "port": spec.port, "cpu": spec.cpu, "load": 0, "children": self._answers}
        if self.parent is not None:
            self._asker.send({"tree": tree})
        else:
            self._asker.send({"us": (time.perf_counter_ns() - self._began_ns) / 1000, "nodes": count(tree)})

    def _linked(self) -> None:
        if len(self._children) == len(self.spec.children):
            os.write(self._ready, b".")


def count(tree: dict[str, Any]) -> int:
    """How many nodes a tree has."""
    return 1 + sum(count(child) for child in tree["children"])


def main() -> None:
    """Fork the processes, and end them when nobody needs them any more."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.raw_tree", description=__doc__)
    options.add_argument("topology", type=Path)
    options.add_argument("--processes", type=int, help="how many run the nodes (default: one a node)")
    chosen = options.parse_args()
    raise_limit()
    topology = read_topology(chosen.topology)
    names = [node.name for node in topology.nodes]
    listeners = {
        node.name: socket.create_server(("127.0.0.1", node.port), backlog=BACKLOG) for node in topology.nodes
    }
    said, ready = os.pipe()
    life, held = os.pipe()
    parent = os.getpid()
    pids: list[int] = []
    for part in pack(names, min(chosen.processes or len(names), len(names))):
        pid = os.fork()
        if pid == 0:
            os.close(held)
            os.close(said)
            end_with(parent, life)
            for name in set(names) - set(part):
                listeners[name].close()
            uvloop.run(run(topology, {name: listeners[name] for name in part}, ready))
        pids.append(pid)
    os.close(ready)
    up = 0
    while up < len(names):
        dots = os.read(said, 4096)
        if not dots:
            sys.exit("a node of the raw tree did not come up")
        up += len(dots)
    print("ready", flush=True)
    sys.stdin.read()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


async def run(topology: Topology, listeners: dict[str, socket.socket], ready: int) -> None:
    """Run the nodes of one process for ever."""
    async with asyncio.TaskGroup() as nodes:
        for name, listener in listeners.items():
            nodes.create_task(RawNode(topology, name, ready).run(listener))


if __name__ == "__main__":
    main()
