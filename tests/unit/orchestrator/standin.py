"""A lab of stand-ins: tiny programs in the place of the servers, so that the orchestrator is tested alone.

Run as `python -m tests.unit.orchestrator.standin TOPOLOGY CONFIG PROCESSES`. A node says who it is to
everybody who connects: one line of JSON with its name, pid, incarnation and open descriptors. The balancer
passes every control message on to everybody who connects, from the first one on, and what they send goes to
the orchestrator.

The variable STANDIN changes how nodes behave: `crash:NAME` makes one end as soon as it starts, `stubborn`
makes all of them ignore SIGTERM, `patient` does so too and makes the lab wait for them without end,
`mute:NAME` makes one never ready, `agents` has all nodes run on agents, `fleet` has a fleet and `crash:fleet`
one that ends as soon as it starts, `forkless:FROM-TO` makes the forks with these numbers fail.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from topowave.cli.output import say
from topowave.orchestrator import LabSpec, Packing, ProgressListener, run_lab
from topowave.orchestrator.limits import STOP_GRACE_S
from topowave.orchestrator.programs import (
    BalancerProcessContext,
    FleetProcessContext,
    NodesProcessContext,
    Programs,
)
from topowave.topology import read_config, read_topology

BEHAVIOUR = os.environ.get("STANDIN", "")


def nodes(context: NodesProcessContext) -> None:
    if f"crash:{context.names[0]}" == BEHAVIOUR:
        os._exit(7)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if BEHAVIOUR in {"stubborn", "patient"} else _end)
    opened = _open()
    selector = selectors.DefaultSelector()
    for name, listener in zip(context.names, context.listeners, strict=True):
        if f"mute:{name}" != BEHAVIOUR:
            context.ready()
        said = {
            "name": name,
            "pid": os.getpid(),
            "incarnation": context.incarnation,
            "open": opened,
            "link_delay": context.config.link_delay,
            "executor": context.topology.node(name).executor.to_json(),
        }
        selector.register(listener, selectors.EVENT_READ, (listener, json.dumps(said).encode() + b"\n"))
    while True:
        for key, _ in selector.select():
            listener, line = key.data
            client, _ = listener.accept()
            with client:
                client.sendall(line)


def balancer(context: BalancerProcessContext) -> None:
    signal.signal(signal.SIGTERM, _end)
    hello = {
        "kind": "hello",
        "pid": os.getpid(),
        "incarnation": context.incarnation,
        "version": context.version,
        "link_delay": context.config.link_delay,
        "executors": {name: taken.to_json() for name, taken in context.topology.executors.items()},
    }
    said = json.dumps(hello).encode() + b"\n"
    clients: list[socket.socket] = []
    selector = selectors.DefaultSelector()
    selector.register(context.listener, selectors.EVENT_READ)
    selector.register(context.control, selectors.EVENT_READ)
    context.ready()
    while True:
        for key, _ in selector.select():
            if key.fileobj is context.listener:
                client, _ = context.listener.accept()
                client.sendall(said)
                clients.append(client)
                selector.register(client, selectors.EVENT_READ)
            elif key.fileobj is context.control:
                data = context.control.recv(65536)
                said += data
                for client in clients:
                    client.sendall(data)
            else:
                client = next(each for each in clients if each is key.fileobj)
                data = client.recv(65536)
                if data:
                    context.control.sendall(data)
                else:
                    selector.unregister(client)
                    clients.remove(client)
                    client.close()


def fleet(context: FleetProcessContext) -> None:
    if BEHAVIOUR == "crash:fleet":
        os._exit(7)
    signal.signal(signal.SIGTERM, _end)
    context.ready()
    print(f"fleet {os.getpid()}")
    signal.pause()


def _end(number: int, frame: object) -> None:
    sys.exit(0)


def _open() -> list[str]:
    """What a process has open besides its standard streams, which it may have opened once more."""
    links = [(int(entry.name), entry) for entry in Path("/proc/self/fd").iterdir()]
    found = {number: str(entry.readlink()) for number, entry in links if entry.exists()}
    streams = {found.get(number) for number in range(3)}
    return [link for number, link in found.items() if number > 2 and link not in streams]


class Told(ProgressListener):
    """Prints what the progress_listener is told."""

    def progress(self, up: int, total: int) -> None:
        say(f"progress {up}/{total}")

    def running(self, processes: int) -> None:
        say(f"running in {processes}")

    def note(self, text: str) -> None:
        say(f"note {text}")

    def agents(self, here: int, expected: int) -> None:
        say(f"agents {here} of {expected}")

    def links(self, text: str) -> None:
        say(f"links {text}")

    def stopping(self) -> None:
        say("stopping")


def _forks_that_fail() -> Callable[[], int]:
    """Stand in for os.fork where the system starts no further process for a while."""
    real, numbers = os.fork, itertools.count()
    first, last = map(int, BEHAVIOUR.removeprefix("forkless:").split("-"))

    def fork() -> int:
        if first <= next(numbers) <= last:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return real()

    return fork


def main() -> None:
    if BEHAVIOUR.startswith("forkless:"):
        mock.patch("os.fork", _forks_that_fail()).start()
        mock.patch("topowave.orchestrator.supervisor.START_PAUSE_S", 0.05).start()
    topology, config = Path(sys.argv[1]), Path(sys.argv[2])
    processes = sys.argv[3]
    packing: Packing = int(processes) if processes.isdigit() else "per-node"
    lab = LabSpec(
        read_topology(topology),
        read_config(config),
        Path(),
        "stand-ins",
        packing=packing,
        places="agents" if BEHAVIOUR == "agents" else "here",
        agents=2 if BEHAVIOUR == "agents" else 0,
    )
    grace_s = 3600.0 if BEHAVIOUR == "patient" else STOP_GRACE_S
    with mock.patch("topowave.orchestrator.stopping.STOP_GRACE_S", grace_s):
        with_fleet = fleet if BEHAVIOUR.endswith("fleet") else None
        sys.exit(run_lab(lab, Told(), Programs(nodes, balancer, with_fleet)))


if __name__ == "__main__":
    main()
