"""A network that grows and shrinks at its leaves, whose nodes move, and whose extra links come and go.

What stays keeps its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topowave.topology.flat_form import from_rows, to_rows
from topowave.topology.limits import MAX_LINKS
from topowave.topology.model import Topology
from topowave.topology.node import Place
from topowave.topology.problems import Problems


@dataclass(frozen=True, slots=True)
class Leaf:
    """A node that is to be added.

    Attributes:
        name: unique in the network.
        port: unique in the network.
        cpu: its cores.
        parent: the name of the node that it hangs from, or of a leaf that is added before it.
        role: free text; None for the usual of its place.
        agent, host, launch: where it runs, as `Place` has it.
    """

    name: str
    port: int
    cpu: int
    parent: str
    role: str | None = None
    agent: str | None = None
    host: str | None = None
    launch: bool = True


def with_leaves(topology: Topology, leaves: Sequence[Leaf]) -> Topology:
    """Return the network with these leaves beside those that it has, each the last child of its parent.

    Raises:
        Problems: a name or port is taken, a parent is not there, or the tree becomes too deep.
    """
    rows = to_rows(topology)
    for leaf in leaves:
        row: dict[str, Any] = {"name": leaf.name, "port": leaf.port, "cpu": leaf.cpu, "parent": leaf.parent}
        if leaf.role is not None:
            row["role"] = leaf.role
        if not leaf.launch:
            row["launch"] = False
        if leaf.agent is not None:
            row["agent"] = leaf.agent
        if leaf.host is not None:
            row["host"] = leaf.host
        rows.append(row)
    return from_rows(rows)


def moved(topology: Topology, places: Mapping[str, Place]) -> Topology:
    """Return the network in which these nodes run elsewhere; all else of them stays.

    Raises:
        Problems: one of them is not there, or two nodes have one port then.
    """
    known = {node.name for node in topology.nodes}
    problems = [f"there is no node {name!r} in this topology" for name in places if name not in known]
    if problems:
        raise Problems(problems)
    return from_rows(to_rows(topology.with_places(places)))


def without_leaves(topology: Topology, names: Collection[str]) -> Topology:
    """Return the network without these nodes, and without their links.

    Raises:
        Problems: one of them is not there, is the root, or has a child that stays.
    """
    gone, known = set(names), {node.name for node in topology.nodes}
    problems = [f"there is no node {name!r} in this topology" for name in names if name not in known]
    if topology.root.name in gone:
        problems.append(f"{topology.root.name} is the root, which stays as long as the lab runs")
    problems += [
        f"{node.name} hangs from {node.parent}, so {node.parent} can go only after it: leaves leave first"
        for node in topology.nodes
        if node.parent in gone and node.name not in gone
    ]
    if problems:
        raise Problems(problems)
    rows = [row for row in to_rows(topology) if row["name"] not in gone]
    links = [link for link in rows[0].pop("links", []) if gone.isdisjoint(link)]
    if links:
        rows[0]["links"] = links
    return from_rows(rows)


def with_link(topology: Topology, a: str, b: str) -> Topology:
    """Return the network with one more link, beside the tree's.

    Raises:
        Problems: there is no such node, the two are one, or are linked already.
    """
    problems = _unknown(topology, a, b)
    if not problems and a == b:
        problems.append(f"{a} cannot be linked with itself")
    elif not problems and b in topology.neighbors(a):
        how = "by the tree" if is_tree_link(topology, a, b) else "by an extra link"
        problems.append(f"{a} and {b} are linked already, {how}")
    elif len(topology.extra_links) >= MAX_LINKS:
        problems.append(f"there are {MAX_LINKS} extra links already, the most that a network may have")
    if problems:
        raise Problems(problems)
    return Topology(topology.nodes, (*topology.extra_links, (a, b)))


def without_link(topology: Topology, a: str, b: str) -> Topology:
    """Return the network without a link that it has beside the tree's.

    Raises:
        Problems: there is no such node or link, or it is the tree's.
    """
    problems = _unknown(topology, a, b)
    if not problems and is_tree_link(topology, a, b):
        child, parent = (a, b) if topology.node(a).parent == b else (b, a)
        problems.append(
            f"{child} hangs from {parent} by this link, and would be cut off with all that hangs from it: "
            "only links beside the tree's can go"
        )
    elif not problems and b not in topology.neighbors(a):
        problems.append(f"{a} and {b} are not linked")
    if problems:
        raise Problems(problems)
    return Topology(topology.nodes, tuple(link for link in topology.extra_links if set(link) != {a, b}))


def is_tree_link(topology: Topology, a: str, b: str) -> bool:
    """Return whether one of two nodes hangs from the other."""
    return topology.node(a).parent == b or topology.node(b).parent == a


def _unknown(topology: Topology, *names: str) -> list[str]:
    known = {node.name for node in topology.nodes}
    unknown = dict.fromkeys(name for name in names if name not in known)
    return [f"there is no node {name!r} in this topology" for name in unknown]
