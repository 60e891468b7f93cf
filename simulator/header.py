"""A trace's first line: all that a reader needs to understand the trace, and to run the same again."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from algorithms import LIBRARY, Algorithm
from simulator.graph import Graph
from simulator.ticks import to_units
from simulator.trace import FORMAT
from simulator.wave import WavePlan

LISTED_NODES = 100_000
"""Up to so many nodes a network that is no topology is written out, link by link."""


def header_of(
    graph: Graph,
    plans: Sequence[WavePlan],
    *,
    seed: int,
    delay: str,
    fifo: bool,
    loss: float,
    duplicate: float,
    faults: object,
) -> dict[str, object]:
    """Return the header of a run's trace; see `docs/reference/trace.md`."""
    return {
        "version": FORMAT,
        "runtime": "simulator",
        "topology": network_json(graph),
        "seed": seed,
        "algorithm": algorithm_text(plans[0].algorithm),
        "waves": [
            {
                "id": plan.id,
                "algorithm": algorithm_text(plan.algorithm),
                "initiators": [graph.names[node] for node in plan.initiators],
                "start": to_units(plan.start),
            }
            for plan in plans
        ],
        "options": {
            "delay": delay,
            "fifo": fifo,
            "loss": loss,
            "duplicate": duplicate,
            "faults": faults,
        },
    }


def network_json(graph: Graph) -> object:
    """Return the network: as topology.json has it, as a list of links, or as SHAPE:N:SEED if it is large."""
    if graph.topology is not None:
        return graph.topology.to_json()
    if graph.nodes > LISTED_NODES:
        return graph.title
    names = graph.names
    links = [[names[a], names[b]] for a in range(graph.nodes) for b in graph.rows[a] if a < b]
    return {"nodes": list(names), "links": links}


def algorithm_text(algorithm: type[Algorithm]) -> str:
    """Return what names a class to `load_algorithm`: its name in the library, or FILE.py:CLASS."""
    if LIBRARY.get(algorithm.name) is algorithm:
        return algorithm.name
    file = getattr(sys.modules.get(algorithm.__module__), "__file__", None)
    return f"{file}:{algorithm.__qualname__}" if file else algorithm.__qualname__
