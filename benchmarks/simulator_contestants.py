"""Echo in virtual time, written three times as a user would: with Topowave, and with SimPy in two styles.

Run as `python -m benchmarks.simulator_contestants NAME NODES`: one contestant, once, in a process of its own.
It prints one line of JSON. All meet the same network (a random graph of average degree 4) and delays uniform
between 1 and 10; making the network is not timed. What counts is the processor time, which
other programs on the machine disturb less than the time on the wall.
"""

from __future__ import annotations

import gc
import importlib
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any, cast

from topowave.algorithms import Algorithm
from topowave.runtime.graph import Graph
from topowave.simulator import simulate

SEED = 1
LEAST, MOST = 1.0, 10.0


class UsersEcho(Algorithm):
    """Echo, as a student writes it."""

    def setup(self) -> None:
        self.parent: int | None = None
        self.waiting = set(self.neighbors)

    def on_start(self) -> None:
        self.parent = self.id
        self.send_all(self.neighbors, "token")

    def on_message(self, sender: int, message: object) -> None:
        self.waiting.remove(sender)
        if self.parent is None:
            self.parent = sender
            self.send_all(self.waiting, "token")
        if not self.waiting:
            if self.parent == self.id:
                self.decide()
            else:
                self.send(self.parent, "reply")


def topowave(graph: Graph) -> int:
    """Run Echo with Topowave; return the number of messages."""
    run = simulate(UsersEcho, graph, seed=SEED, delay=f"uniform:{LEAST:g},{MOST:g}", fast=True)
    assert run.ok, run
    return run.messages


class ListsEcho(UsersEcho):
    """Echo whose messages are lists, to which each receiver appends: each gets a copy of its own."""

    def send(self, to: int, message: object) -> None:
        """Send a list of two items."""
        super().send(to, [message, self.id])

    def send_all(self, to: Iterable[int], message: object) -> None:
        """Send the same list to all of them."""
        super().send_all(to, [message, self.id])

    def on_message(self, sender: int, message: object) -> None:
        cast("list[object]", message).append(self.id)
        super().on_message(sender, message)


def topowave_lists(graph: Graph) -> int:
    """Run Echo with messages that can change; return the number of messages."""
    run = simulate(ListsEcho, graph, seed=SEED, delay=f"uniform:{LEAST:g},{MOST:g}", fast=True)
    assert run.ok, run
    return run.messages


class CallbackNode:
    """A node of Echo with SimPy's events and callbacks."""

    def __init__(self, network: CallbackNetwork, id: int, neighbors: list[int]) -> None:
        self.network = network
        self.id = id
        self.neighbors = neighbors
        self.parent: int | None = None
        self.waiting = set(neighbors)

    def on_start(self) -> None:
        self.parent = self.id
        for neighbor in self.neighbors:
            self.network.send(self.id, neighbor, "token")

    def on_message(self, sender: int, message: object) -> None:
        self.waiting.remove(sender)
        if self.parent is None:
            self.parent = sender
            for neighbor in self.waiting:
                self.network.send(self.id, neighbor, "token")
        if not self.waiting:
            if self.parent == self.id:
                self.network.decided = True
            else:
                self.network.send(self.id, self.parent, "reply")


class CallbackNetwork:
    """A network in which every message is a SimPy timeout with a callback."""

    def __init__(self, neighbors: list[list[int]]) -> None:
        simpy: Any = importlib.import_module("simpy")  # only this contestant needs it
        self.environment: Any = simpy.Environment()
        self.uniform = random.Random(SEED).uniform
        self.messages = 0
        self.decided = False
        self.nodes: list[CallbackNode] = [CallbackNode(self, i, row) for i, row in enumerate(neighbors)]

    def send(self, sender: int, to: int, message: object) -> None:
        self.messages += 1
        event = self.environment.timeout(self.uniform(LEAST, MOST), (to, sender, message))
        event.callbacks.append(self.deliver)

    def deliver(self, event: Any) -> None:
        value: tuple[int, int, object] = event.value
        to, sender, message = value
        self.nodes[to].on_message(sender, message)


def simpy_callbacks(graph: Graph) -> int:
    """Run Echo with SimPy's callbacks; return the number of messages."""
    network = CallbackNetwork([list(row) for row in graph.rows])
    network.nodes[0].on_start()
    network.environment.run()
    assert network.decided
    return network.messages


def simpy_store(graph: Graph) -> int:  # noqa: C901 - SimPy's processes are closures
    """Run Echo with a SimPy process and a Store for each node, as SimPy's documentation does it."""
    simpy: Any = importlib.import_module("simpy")
    environment: Any = simpy.Environment()
    uniform = random.Random(SEED).uniform
    stores: list[Any] = [simpy.Store(environment) for _ in range(graph.nodes)]
    messages = 0
    decided = False

    def latency(to: int, item: tuple[int, str]) -> Generator[Any, Any, None]:
        yield environment.timeout(uniform(LEAST, MOST))
        yield stores[to].put(item)

    def send(sender: int, to: int, message: str) -> None:
        nonlocal messages
        messages += 1
        environment.process(latency(to, (sender, message)))

    def node(id: int, neighbors: list[int]) -> Generator[Any, Any, None]:
        nonlocal decided
        waiting = set(neighbors)
        parent: int | None = None
        if id == 0:
            parent = id
            for neighbor in neighbors:
                send(id, neighbor, "token")
        while waiting:
            sender, _ = yield stores[id].get()
            waiting.remove(sender)
            if parent is None:
                parent = sender
                for neighbor in waiting:
                    send(id, neighbor, "token")
        if parent == id:
            decided = True
        elif parent is not None:
            send(id, parent, "reply")

    for number, row in enumerate(graph.rows):
        environment.process(node(number, list(row)))
    environment.run()
    assert decided
    return messages


CONTESTANTS: dict[str, Callable[[Graph], int]] = {
    "topowave": topowave,
    "topowave-lists": topowave_lists,
    "simpy-callbacks": simpy_callbacks,
    "simpy-store": simpy_store,
}


def main(name: str, nodes: int) -> None:
    """Run one contestant and print what it took."""
    graph = Graph.of(f"sparse:{nodes}:{SEED}")
    gc.collect()
    began_s = time.process_time()
    messages = CONTESTANTS[name](graph)
    took_s = time.process_time() - began_s
    assert messages == 2 * graph.links
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"messages": messages, "seconds": took_s, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
