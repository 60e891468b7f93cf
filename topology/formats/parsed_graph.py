"""A network as some file describes it, before it is a topology.

The readers of all formats make a `ParsedGraph`; `topology.formats.normalize` makes a `Topology` of it. The
other way round, `to_parsed_graph` and `to_graph` are what the writers start from.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import networkx as nx

from topowave.topology.executor import ExecutorSettings
from topowave.topology.limits import MAX_LISTED_LINKS, MAX_NODES
from topowave.topology.model import Topology
from topowave.topology.node import default_role

Key: TypeAlias = Hashable
"""How a file tells its nodes apart: its own ids, of whatever type."""

LABELS = ("label", "name")
"""The attributes that may hold a node's name, the better one first."""

WEIGHT = "executor_weight"
"""A node's `weight` in formats of graphs, where the word alone mostly means something else."""

USED = frozenset(
    {
        *LABELS,
        "port",
        "cpu",
        "parent",
        "role",
        "launch",
        "host",
        "link_delay",
        "roles",
        WEIGHT,
        "limit",
        "active",
    }
)
"""The attributes of a node that a topology has a use for. Readers leave out all others: a file may give a
thousand of them to each of its nodes by one default, and what nobody needs can have no fault either."""


@dataclass
class ParsedGraph:
    """What a file says: nodes with attributes, and links just as they are listed.

    Attributes:
        nodes: the attributes of each node, by the file's own id, in the order of the file.
        links: pairs of ids, parallel links and links to oneself included.
        directed: whether the file gives links a direction, all or some.
        ids_are_names: whether the ids are what people call the nodes, and not a program's numbers for them.
        notes: what had to be passed over or guessed, a sentence each.
    """

    nodes: dict[Key, dict[str, Any]] = field(default_factory=dict[Key, dict[str, Any]])
    links: list[tuple[Key, Key]] = field(default_factory=list[tuple[Key, Key]])
    directed: bool = False
    ids_are_names: bool = False
    notes: list[str] = field(default_factory=list[str])

    def excess(self, more_links: int = 0, named: int = 0) -> str | None:
        """What makes the graph too large if so many links are to come, or None; links name `named` nodes.

        Readers ask it as they go, so that a file which describes too much is refused before the memory
        for it is taken.
        """
        if max(len(self.nodes), named) > MAX_NODES:
            return f"one more than the limit of {MAX_NODES} nodes"
        if len(self.links) + more_links > MAX_LISTED_LINKS:
            return f"more than the limit of {MAX_LISTED_LINKS} links"
        return None


def from_graph(graph: nx.Graph[Any]) -> ParsedGraph:
    """Take over a graph of networkx, whose nodes are called as they are written."""
    nodes: dict[Key, dict[str, Any]] = {
        key: {name: value for name, value in attributes.items() if name in USED and name not in LABELS}
        for key, attributes in graph.nodes(data=True)
    }
    links: list[tuple[Key, Key]] = [(a, b) for a, b in graph.edges()]
    return ParsedGraph(nodes, links, graph.is_directed(), ids_are_names=True)


def to_parsed_graph(topology: Topology) -> ParsedGraph:
    """Describe a topology by attributes that plain graph formats can hold, its tree by `parent`.

    What equals the default is left out, so that a file shows what matters.
    """
    parsed = ParsedGraph(links=[(a, b) for a, b in topology.links], ids_are_names=True)
    for node in topology.nodes:
        attributes: dict[str, Any] = {"port": node.port, "cpu": node.cpu}
        if node.parent is not None:
            attributes["parent"] = node.parent
        if node.role != default_role(node.parent, node.children):
            attributes["role"] = node.role
        if not node.launch:
            attributes["launch"] = False
        if node.host is not None and not node.launch:
            attributes["host"] = node.host
        if node.link_delay is not None:
            attributes["link_delay"] = float(node.link_delay)
        attributes |= _as_executor(node.executor)
        parsed.nodes[node.name] = attributes
    return parsed


def _as_executor(settings: ExecutorSettings) -> dict[str, Any]:
    """What tasks a node takes, as values that are no lists, and of one type in all nodes."""
    said = settings.to_json()
    if "roles" in said:
        said["roles"] = ",".join(settings.roles)
    if "weight" in said:
        said[WEIGHT] = float(said.pop("weight"))
    return said


def to_graph(topology: Topology) -> nx.Graph[Any]:
    """An undirected networkx graph whose nodes are names, with attributes as in `to_parsed_graph`."""
    parsed = to_parsed_graph(topology)
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(parsed.nodes.items())
    graph.add_edges_from(parsed.links)
    return graph
