"""A network as some file describes it, before it is a topology.

The readers of all formats make a `ParsedGraph`; `topology.formats.normalize` makes a `Topology` of it. The
other way round, `to_parsed_graph` and `to_graph` are what the writers start from.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import networkx as nx

from topowave.topology.model import Topology
from topowave.topology.node import default_role

Key: TypeAlias = Hashable
"""How a file tells its nodes apart: its own ids, of whatever type."""


@dataclass
class ParsedGraph:
    """What a file says: nodes with attributes, and links just as they are listed.

    Attributes:
        nodes: the attributes of each node, by the file's own id, in the order of the file.
        links: pairs of ids, parallel links and links to oneself included.
        directed: whether the file gives its links a direction.
    """

    nodes: dict[Key, dict[str, Any]] = field(default_factory=dict[Key, dict[str, Any]])
    links: list[tuple[Key, Key]] = field(default_factory=list[tuple[Key, Key]])
    directed: bool = False


def from_graph(graph: nx.Graph[Any]) -> ParsedGraph:
    """Take over what networkx has read."""
    nodes: dict[Key, dict[str, Any]] = {key: dict(attributes) for key, attributes in graph.nodes(data=True)}
    return ParsedGraph(nodes, [(a, b) for a, b in graph.edges()], graph.is_directed())


def to_parsed_graph(topology: Topology) -> ParsedGraph:
    """Describe a topology by attributes that plain graph formats can hold, its tree by `parent`.

    What equals the default is left out, so that a file shows what matters.
    """
    parsed = ParsedGraph(links=[(a, b) for a, b in topology.links])
    for node in topology.nodes:
        attributes: dict[str, Any] = {"port": node.port, "cpu": node.cpu}
        if node.parent is not None:
            attributes["parent"] = node.parent
        if node.role != default_role(node.parent, node.children):
            attributes["role"] = node.role
        if not node.launch:
            attributes["launch"] = False
        if node.host is not None:
            attributes["host"] = node.host
        if node.link_delay is not None:
            attributes["link_delay"] = float(node.link_delay)
        parsed.nodes[node.name] = attributes
    return parsed


def to_graph(topology: Topology) -> nx.Graph[Any]:
    """An undirected networkx graph whose nodes are names, with attributes as in `to_parsed_graph`."""
    parsed = to_parsed_graph(topology)
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(parsed.nodes.items())
    graph.add_edges_from(parsed.links)
    return graph
