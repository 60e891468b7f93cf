"""Open files: how many the largest process of a lab needs, and whether the system allows them."""

from __future__ import annotations

import resource
from collections.abc import Iterable

from topowave.orchestrator.limits import DESCRIPTORS_SPARE
from topowave.topology import Problems, Topology


def raise_limit() -> None:
    """Let this process and its children have as many open files as the system lets them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def check_descriptors(
    topology: Topology, parts: Iterable[tuple[str, ...]], held: int = 0, opened: int | None = None
) -> None:
    """Refuse a lab of which some process would need more open files than the system allows.

    Args:
        topology: what is to run.
        parts: the nodes of each process.
        held: ports that the orchestrator has open for another network until this one runs.
        opened: ports that whoever starts a process has open then; by default those of the whole network.

    Raises:
        Problems: with how many are needed, how many are allowed and what can be done.
    """
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    opened = len(topology.nodes) if opened is None else opened
    needed = max(descriptors_of(topology, part, opened) for part in [*parts, ()]) + held
    if resource.RLIM_INFINITY not in (allowed, needed) and needed > allowed:
        raise Problems(
            [
                f"this network needs {needed} open files in one process and the system allows {allowed}: "
                "allow more (ulimit -n) or choose more processes (--processes)"
            ]
        )


def descriptors_of(topology: Topology, part: tuple[str, ...], opened: int) -> int:
    """How many open files the process of these nodes needs at most.

    Those ports are open for a moment that are `opened` when it starts. Then each of its nodes has its own,
    one link to the balancer, and for each neighbour the link it sends on and the one that it hears on.
    """
    links = sum(2 * len(topology.neighbors(name)) for name in part)
    return max(opened, 2 * len(part) + links) + DESCRIPTORS_SPARE
