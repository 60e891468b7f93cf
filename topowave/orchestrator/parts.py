"""Which nodes of a network share a process, here and on each agent."""

from __future__ import annotations

from collections.abc import Sequence

from topowave.orchestrator.packing import Packing, cores, free_mb, pack, processes_for
from topowave.topology import Node, Topology
from topowave.wire.agents import Hello, Places

Part = tuple[str, ...]


def nodes_here(topology: Topology, places: Places) -> list[str]:
    """Return the nodes that are started on this machine."""
    if places == "agents":
        return []
    return [node.name for node in topology.nodes if node.launch and node.agent is None]


def parts_of(topology: Topology, packing: Packing, places: Places = "here") -> list[Part]:
    """Divide the nodes that are started here among processes, as the machine is now."""
    names = nodes_here(topology, places)
    return pack(names, processes_for(len(names), packing, cores(), free_mb()))


def parts_added(names: Sequence[str], topology: Topology, packing: Packing, places: Places) -> list[Part]:
    """Divide nodes that join here among as many processes as they are of those that all nodes here have."""
    if not names:
        return []
    everywhere = len(nodes_here(topology, places))
    processes = processes_for(everywhere, packing, cores(), free_mb())
    return pack(names, -(-len(names) * processes // everywhere))


def parts_on(agent: Hello, nodes: Sequence[Node], packing: Packing, places: Places) -> list[Part]:
    """Divide nodes that are started together on an agent among processes.

    An agent of a lab that has all its nodes on agents is one process of that lab: it gets them as one. Each
    workload is a process of its own.
    """
    ours = [node.name for node in nodes if node.launch]
    workloads: list[Part] = [(node.name,) for node in nodes if not node.launch]
    if not ours:
        return workloads
    count = 1 if places == "agents" else processes_for(len(ours), packing, agent.cores, agent.free_mb)
    return pack(ours, count) + workloads
