"""The trees that echo waves bring back, a node's report with its children's inside; who may be left out."""

from __future__ import annotations

from collections.abc import Collection

from topowave.topology import Topology
from topowave.wire.frames import Payload


def names_in(tree: Payload) -> list[str]:
    """Return the names of all nodes in a tree that an echo wave brought back."""
    return [report["name"] for report in reports_in(tree)]


def reports_in(tree: Payload) -> list[Payload]:
    """Return the reports of all nodes in a tree, the root first."""
    found: list[Payload] = []
    waiting = [tree]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(reversed(found[-1]["children"]))
    return found


def behind_foreign(topology: Topology, initiators: Collection[str], foreign: Collection[str]) -> set[str]:
    """Return our nodes that the initiators reach through foreign nodes only: these may report nothing."""
    if not foreign:
        return set()
    reached, waiting = set[str](), [name for name in initiators if name not in foreign]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(set(topology.neighbors(name)).difference(foreign))
    return {node.name for node in topology.nodes} - reached - set(foreign)
