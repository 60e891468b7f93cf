"""A network as virtual time sees it: numbers instead of names, distances, and what a wave takes.

Nodes have the numbers of their positions in `Topology.nodes`, so the root is 0.
"""

from __future__ import annotations

import json
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topowave.load.limits import HOP_ROWS
from topowave.load.link_delays import NO_DELAY, LinkDelays
from topowave.simulator import simulate
from topowave.topology import Problems, Topology


@dataclass(frozen=True, slots=True)
class WaveTimes:
    """An echo wave from the root, from its start on.

    Attributes:
        reads: when loads are read (s), each with the nodes that read theirs then: as they join the wave.
        nodes: those that answered, in the order of their numbers.
        done: when the root knows (s).
        messages: how many were sent.
    """

    reads: tuple[tuple[float, tuple[int, ...]], ...]
    nodes: tuple[int, ...]
    done: float
    messages: int


class LoadNetwork:
    """What virtual time asks a topology.

    Args:
        topology: the network.
        link_delay: of a link that has none of its own (s).
        delay: of messages and moves: see `LinkDelays`.
        seed: of random delays.
    """

    def __init__(
        self, topology: Topology, link_delay: float = 0.0, delay: str = NO_DELAY, seed: int = 0
    ) -> None:
        self.topology = topology
        self.names = [node.name for node in topology.nodes]
        self.number = {name: number for number, name in enumerate(self.names)}
        self.by_port = {node.port: number for number, node in enumerate(topology.nodes)}
        self.cpus = [node.cpu for node in topology.nodes]
        self.cores = sum(self.cpus)
        self.parents = [None if node.parent is None else self.number[node.parent] for node in topology.nodes]
        self.neighbors = [[self.number[other] for other in topology.neighbors(name)] for name in self.names]
        self._delays = LinkDelays(topology, delay, link_delay, seed)
        self._rows: dict[int, list[int]] = {}
        self._waves: dict[frozenset[int], WaveTimes] = {}

    def __len__(self) -> int:
        return len(self.cpus)

    def hops(self, one: int, other: int) -> int:
        """Return how many links lie between two nodes, on a shortest path."""
        row = self._rows.get(one)
        if row is None:
            if len(self._rows) >= HOP_ROWS:
                self._rows.clear()
            row = self._rows[one] = self._distances(one)
        return row[other]

    def _distances(self, start: int) -> list[int]:
        distances = [-1] * len(self)
        distances[start] = 0
        front = deque([start])
        while front:
            node = front.popleft()
            for other in self.neighbors[node]:
                if distances[other] < 0:
                    distances[other] = distances[node] + 1
                    front.append(other)
        return distances

    def way_time(self, one: int, other: int) -> float:
        """Return how long tasks take from one node to another for the links between them (s)."""
        if not self._delays.counts_for_moves:
            return 0.0
        way = [other]
        while way[-1] != one:
            left = self.hops(one, way[-1])
            way.append(next(near for near in self.neighbors[way[-1]] if self.hops(one, near) == left - 1))
        return self._delays.of_way([self.names[node] for node in reversed(way)])

    def wave(self, down: frozenset[int] = frozenset(), number: int = 0) -> WaveTimes:
        """Return what an echo wave from the root takes: the algorithm itself is run in the simulator.

        Args:
            down: nodes that are down; the root is not. Their neighbours know it at once, as in a lab.
            number: of the round. Where delays are random each has a wave of its own; else one is enough.
        """
        if self._delays.is_random:
            return self._simulated(down, self._delays.wave_seed(number))
        found = self._waves.get(down)
        if found is None:
            found = self._waves[down] = self._simulated(down)
        return found

    def _simulated(self, down: frozenset[int], seed: int = 0) -> WaveTimes:
        delay = self._delays.wave
        options: dict[str, Any] = {"delay": delay.text, "seed": seed}
        own = any(node.link_delay for node in self.topology.nodes)
        if not (down or own) and delay.text == "links:0.0":
            run = simulate("echo", self.topology, **options, fast=True)
            nodes = tuple(range(len(self)))
            return WaveTimes(((0.0, nodes),), nodes, 0.0, run.messages)
        if down:
            crashes = [{"at": 0, "crash": self.names[node]} for node in sorted(down)]
            options["faults"] = {"detect_after": 0, "faults": crashes}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "wave.jsonl")
            run = simulate("echo", self.topology, **options, trace=file)
            joined = {self.number[name]: at / delay.per_second for name, at in _joins(file)}
        if not run.decisions:
            text = "\n".join(map(str, run.rows()))
            raise Problems([f"an echo wave of the network does not end: {text}"])
        at: dict[float, list[int]] = {}
        for node, time in joined.items():
            at.setdefault(time, []).append(node)
        reads = tuple((time, tuple(sorted(at[time]))) for time in sorted(at))
        return WaveTimes(reads, tuple(sorted(joined)), run.time / delay.per_second, run.messages)


def _joins(file: Path) -> Iterator[tuple[str, float]]:
    """Yield who joined a wave and when, from its trace."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if '"event":"join"' in line:
                event = json.loads(line)
                yield event["node"], event["t"]
