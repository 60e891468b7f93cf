"""What follows for agents from how the balancer was started."""

from __future__ import annotations

import time
from pathlib import Path

from topowave.balancer.agents.admission import Terms
from topowave.balancer.agents.registry import AgentRegistry
from topowave.balancer.start import BalancerStart
from topowave.tasks import JournalFile, place_to_json
from topowave.wire.agents import Welcome
from topowave.wire.machine import boot_id, program_version


def registry_of(start: BalancerStart) -> AgentRegistry:
    """Return one that expects the agents of the network that runs already."""
    registry = AgentRegistry()
    for name in sorted({node.agent for node in start.topology.nodes if node.agent is not None}):
        registry.expect(name, None, time.monotonic())
    return registry


def terms_of(start: BalancerStart) -> Terms:
    """Return what is asked of agents."""
    in_file = isinstance(start.journal, JournalFile | Path)
    return Terms(program_version(), boot_id(), in_file, has_token=start.token is not None)


def welcome_of(start: BalancerStart) -> Welcome:
    """Return what each agent is told first: what it needs for the processes that it will run."""
    algorithms = start.algorithms
    sources = {algorithms.reference(algorithm) for algorithm in algorithms.values()} - algorithms.keys()
    parts = (source.rpartition(":") for source in sources)
    files = sorted(f"{Path(file).resolve()}:{name}" for file, _, name in parts)
    place = JournalFile.at(start.journal) if isinstance(start.journal, Path) else start.journal
    return Welcome(None if place is None else place_to_json(place), files, start.trace is not None)
