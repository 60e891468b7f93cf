"""The parts of a trace's first line that are made of a run: its network, its algorithms, its waves."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY
from topowave.runtime.graph import Graph
from topowave.runtime.virtual_time import to_units
from topowave.runtime.wave import WavePlan
from topowave.topology.limits import MAX_DEPTH
from topowave.traces.format import header, wave_json

LISTED_NODES = 100_000
"""Up to so many nodes a network is written out."""


def simulator_header(
    graph: Graph, plans: Sequence[WavePlan], *, seed: int, options: Mapping[str, object]
) -> dict[str, object]:
    """Return the header of a simulated run's trace.

    Args:
        graph: the network.
        plans: the waves.
        seed: of the run.
        options: its other conditions, by name.
    """
    waves = [
        wave_json(
            plan.id,
            algorithm_text(plan.algorithm),
            [graph.names[node] for node in plan.initiators],
            to_units(plan.start),
        )
        for plan in plans
    ]
    return header(
        runtime="simulator",
        topology=network_json(graph),
        ids=identities_json(graph),
        seed=seed,
        algorithm=algorithm_text(plans[0].algorithm),
        waves=waves,
        options=options,
    )


def identities_json(graph: Graph) -> list[int] | None:
    """Return the number of each node, in the network's order, where a run has other identities; else None."""
    return None if graph.before is None else [*graph.numbers]


def network_json(graph: Graph) -> object:
    """Return the network: as topology.json has it, row by row, or as SHAPE:N:SEED if it is large.

    A tree that is deeper than a file may be is written row by row, too. Where links work in one direction
    only, `neighbors` are those that a node can send to, and `into` those that it can hear from. Numbers are
    those that nodes have by themselves.
    """
    graph = graph.before or graph
    if graph.nodes > LISTED_NODES:
        return graph.title
    tree = None if graph.topology is None else graph.network("tree").out
    if tree is not None and graph.topology is not None and _depth(tree) <= MAX_DEPTH:
        return graph.topology.to_json()
    rows: dict[str, object] = {"nodes": [*graph.names], "neighbors": [*map(list, graph.rows)]}
    if not graph.undirected:
        return rows | {"into": [*map(list, graph.into)]}
    return rows if tree is None else rows | {"children": tree}


def _depth(children: Sequence[Sequence[int]]) -> int:
    """Return how many links there are from node 0 down to the deepest node."""
    depth, level = -1, [0]
    while level:
        depth += 1
        level = [child for node in level for child in children[node]]
    return depth


def algorithm_text(algorithm: type[Algorithm]) -> str:
    """Return what names a class to `load_algorithm`: its name in the library, or FILE.py:CLASS."""
    if LIBRARY.get(algorithm.name) is algorithm:
        return algorithm.name
    file = getattr(sys.modules.get(algorithm.__module__), "__file__", None)
    if not file:
        return algorithm.__qualname__
    path = Path(file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    text = f"{path.as_posix()}:{algorithm.__qualname__}"
    return text.encode("utf-8", "backslashreplace").decode()  # a trace is UTF-8, whatever folders are called
