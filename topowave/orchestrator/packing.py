"""Which nodes share a process: how many processes there are, and who goes where."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from topowave.orchestrator.limits import MEMORY_SHARE, NODES_A_CORE, PROCESS_MB

Packing = Literal["auto", "per-node"] | int
"""How many processes run the nodes: a number, one a node, or whatever the machine has room for."""


def processes_for(nodes: int, packing: Packing, cores: int, free_mb: float) -> int:
    """Return how many processes run `nodes` nodes; never more than there are nodes.

    `auto` is a process a node while there are at most `NODES_A_CORE` nodes a core and their processes fit
    into the share `MEMORY_SHARE` of the free memory, at `PROCESS_MB` each; else it is a process a core.

    Args:
        nodes: how many nodes are started, at least 0.
        packing: what the user chose.
        cores: processors that this program may use.
        free_mb: memory that is free (MB).
    """
    if packing == "per-node":
        return nodes
    if packing == "auto":
        roomy = nodes <= NODES_A_CORE * cores and nodes * PROCESS_MB <= MEMORY_SHARE * free_mb
        return nodes if roomy else min(nodes, cores)
    return min(nodes, packing)


def pack(names: Sequence[str], processes: int) -> list[tuple[str, ...]]:
    """Cut the nodes into parts of equal size, give or take one, each to run in one process.

    Args:
        names: the nodes in depth-first order. A part is a run of that order, so most links of a tree stay
            inside a part: only those along the path to a part's first node leave it.
        processes: how many parts, at most as many as names.
    """
    cuts = [len(names) * number // processes for number in range(processes + 1)] if processes else []
    return [tuple(names[begin:end]) for begin, end in itertools.pairwise(cuts)]


def cores() -> int:
    """How many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_mb() -> float:
    """The memory that programs may still take (MB); without end where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")) / 1024
    except (OSError, StopIteration, ValueError, IndexError):
        return float("inf")
