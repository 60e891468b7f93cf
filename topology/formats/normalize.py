"""A network from elsewhere becomes a topology: simple links, one piece, good names, a tree, ports and cores.

Whatever had to be changed on the way is counted in a note, so that nobody takes the result for the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import networkx as nx

from topowave.topology.executor import PLAIN, ExecutorSettings
from topowave.topology.files import beyond_limits
from topowave.topology.formats.node_names import unique_names
from topowave.topology.formats.parsed_graph import WEIGHT, Key, ParsedGraph
from topowave.topology.limits import MAX_NODES, MAX_PORT
from topowave.topology.model import Topology
from topowave.topology.node import Node, default_role
from topowave.topology.problems import InPieces, ProblemList, did_you_mean, shown
from topowave.topology.spanning_tree import SpanningTree, breadth_first_tree
from topowave.topology.validation import (
    cpu_problem,
    delay_problem,
    host_problem,
    limit_problem,
    port_problem,
    role_problem,
    roles_problem,
    weight_problem,
)
from topowave.translation import counted
from topowave.translation import text as sentence

DEFAULT_CPU = 4
"""Cores of a node whose file names none."""
FIRST_PORT = 8000
"""The root's port where the file names no ports."""
_INTEGER = re.compile(r"\s*[0-9]{1,19}(\.0{1,19})?\s*")
"""What a text may look like that means an integer: 8001, or 8001.0 where a format only knows floats."""
MOST_SIZES = 10
"""Most pieces whose sizes a message lists."""


@dataclass(frozen=True)
class Imported:
    """A topology that was made from a file, and what had to be changed for it, one sentence each.

    Attributes:
        topology: what was made.
        network_notes: what was changed about nodes and links.
        server_notes: what was added for servers: ports and cores.
    """

    topology: Topology
    network_notes: tuple[str, ...] = ()
    server_notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """All that was changed."""
        return self.network_notes + self.server_notes


def normalize(
    parsed: ParsedGraph,
    source: str,
    *,
    root: str | None = None,
    largest: bool = False,
    base_port: int | None = None,
) -> Imported:
    """Make a topology of a parsed graph.

    Args:
        parsed: what a file says.
        source: the file's name, for messages.
        root: name (or the file's own id) of the node to be the root; None for the root that the file
            stores, or else the node with the most links, the first of equals.
        largest: of a network in pieces take the largest instead of refusing it.
        base_port: the root's port, the others follow in depth-first order; None to keep the file's ports,
            or to begin at 8000 where it has none.

    Raises:
        Problems: no nodes, in pieces, no such root, beyond the limits.
    """
    problems = ProblemList(source)
    notes = list(parsed.notes)
    if not parsed.nodes:
        raise problems.refusal(sentence("the network has no nodes"))
    if len(parsed.nodes) > MAX_NODES:
        raise problems.refusal(
            sentence(
                "the network has {number} nodes; at most {max_nodes} are taken",
                number=len(parsed.nodes),
                max_nodes=MAX_NODES,
            )
        )
    graph = _one_piece(_simple(parsed, notes), largest, problems, notes)
    attributes = {key: parsed.nodes[key] for key in graph}
    names = unique_names(attributes, notes, ids_are_names=parsed.ids_are_names)
    chosen = None if root is None else _find(root, names, problems)
    tree = _stored_tree(graph, attributes, names)
    if tree is None or chosen not in {None, tree.order[0]}:
        most_linked = max(graph, key=lambda key: len(graph[key]))
        tree = breadth_first_tree(graph, most_linked if chosen is None else chosen)
    added: list[str] = []
    ports = _ports(tree.order, attributes, base_port, problems, added)
    topology = _built(tree, names, ports, attributes, added)
    too_much = beyond_limits(topology)
    if too_much:
        raise problems.refusal(too_much)
    return Imported(topology, tuple(notes), tuple(added))


def _simple(parsed: ParsedGraph, notes: list[str]) -> nx.Graph[Any]:
    """The links without direction, without repetition, and between different nodes."""
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(parsed.nodes)
    loops = parallel = 0
    for a, b in parsed.links:
        if a == b:
            loops += 1
        elif graph.has_edge(a, b):
            parallel += 1
        else:
            graph.add_edge(a, b)
    if parsed.directed:
        notes.append(sentence("the links' direction was dropped: all links of a topology lead both ways"))
    if parallel:
        notes.append(counted("{count} parallel link merged", "{count} parallel links merged", parallel))
    if loops:
        notes.append(
            counted(
                "{count} link from a node to itself dropped",
                "{count} links from a node to itself dropped",
                loops,
            )
        )
    return graph


def _one_piece(graph: nx.Graph[Any], largest: bool, problems: ProblemList, notes: list[str]) -> nx.Graph[Any]:
    pieces = [set(piece) for piece in nx.connected_components(graph)]
    if len(pieces) == 1:
        return graph
    pieces.sort(key=len, reverse=True)  # stable: of equals the one that the file begins with
    if not largest:
        sizes = ", ".join(str(len(piece)) for piece in pieces[:MOST_SIZES])
        more = ", ..." if len(pieces) > MOST_SIZES else ""
        text = sentence(
            "the network is in {number} pieces of {sizes}{more} nodes; expected one piece",
            number=len(pieces),
            sizes=sizes,
            more=more,
        )
        raise InPieces(problems.refusal(text).problems)
    kept: nx.Graph[Any] = nx.Graph()
    kept.add_nodes_from(node for node in graph if node in pieces[0])
    kept.add_edges_from((a, b) for a, b in graph.edges() if a in pieces[0])
    notes.append(
        sentence(
            "the largest of {number} pieces taken: {number_2} of {number_3} nodes",
            number=len(pieces),
            number_2=len(kept),
            number_3=len(graph),
        )
    )
    return kept


def _find(root: str, names: dict[Key, str], problems: ProblemList) -> Key:
    """The node that the user means by a name or by the file's own id."""
    by_name = {name: key for key, name in names.items()}
    by_id: dict[str, Key] = {str(key): key for key in names}
    if root in by_name:
        return by_name[root]
    if root in by_id:
        return by_id[root]
    raise problems.refusal(
        sentence(
            "there is no node {root} for a root{did_you_mean}",
            root=shown(root),
            did_you_mean=did_you_mean(root, list(by_name)),
        )
    )


def _stored_tree(
    graph: nx.Graph[Any], attributes: dict[Key, dict[str, Any]], names: dict[Key, str]
) -> SpanningTree[Key] | None:
    """The tree that the nodes' `parent` attributes describe, if they describe one within the links."""
    by_name = {name: key for key, name in names.items()}
    parent: dict[Key, Key] = {}
    for key, known in attributes.items():
        above = by_name.get(str(known.get("parent", "")))
        if above is not None and graph.has_edge(key, above):
            parent[key] = above
    roots = [key for key in graph if key not in parent]
    if len(roots) != 1:
        return None
    tree: nx.DiGraph[Any] = nx.DiGraph()
    tree.add_nodes_from(graph)
    tree.add_edges_from((parent[key], key) for key in graph if key in parent)
    order: list[Key] = list(nx.dfs_preorder_nodes(tree, roots[0]))
    if len(order) != len(graph):
        return None
    extra = [(a, b) for a, b in graph.edges() if parent.get(a) != b and parent.get(b) != a]
    return SpanningTree(order, parent, extra)


def _integer(value: object) -> object:
    """An integer that some formats can only write as a text or a float."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value.strip().partition(".")[0])
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _ports(
    order: list[Key],
    attributes: dict[Key, dict[str, Any]],
    base_port: int | None,
    problems: ProblemList,
    notes: list[str],
) -> list[int]:
    """The file's own ports if every node has one, all are good and none comes twice; else new ones."""
    found = [_integer(attributes[key].get("port")) for key in order]
    usable = [port for port in found if isinstance(port, int) and not port_problem(port)]
    if base_port is None and len(set(usable)) == len(order):
        return usable
    if base_port is None and usable:
        notes.append(
            sentence("the file's ports are not usable (missing, out of range or repeated): given anew")
        )
    first = FIRST_PORT if base_port is None else base_port
    if port_problem(first) or first + len(order) - 1 > MAX_PORT:
        raise problems.refusal(
            sentence(
                "{number} nodes do not fit from port {first} upwards; the last port is {max_port}",
                number=len(order),
                first=first,
                max_port=MAX_PORT,
            )
        )
    return list(range(first, first + len(order)))


def _built(
    tree: SpanningTree[Key],
    names: dict[Key, str],
    ports: Iterable[int],
    attributes: dict[Key, dict[str, Any]],
    notes: list[str],
) -> Topology:
    inside = tree.children()
    made: list[Node] = []
    no_cpu = 0
    for key, port in zip(tree.order, ports, strict=True):
        known = attributes[key]
        parent = names[tree.parent[key]] if key in tree.parent else None
        children = tuple(names[child] for child in inside[key])
        cpu, role, delay = _integer(known.get("cpu")), known.get("role"), _delay(known.get("link_delay"))
        if not isinstance(cpu, int) or cpu_problem(cpu):
            cpu, no_cpu = DEFAULT_CPU, no_cpu + 1
        if role is None or role_problem(role):
            role = default_role(parent, children)
        launch = _truth(known.get("launch"))
        host = known.get("host")
        if launch or host_problem(host):
            host = None
        made.append(
            Node(
                name=names[key],
                port=port,
                cpu=cpu,
                role=role,
                launch=launch,
                host=host,
                link_delay=None if parent is None else delay,
                parent=parent,
                children=children,
                executor=_executor(known) if launch else PLAIN,
            )
        )
    if no_cpu:
        notes.append(
            counted(
                "{count} node without a usable cpu got cpu {default_cpu}",
                "{count} nodes without a usable cpu got cpu {default_cpu}",
                no_cpu,
                default_cpu=DEFAULT_CPU,
            )
        )
    return Topology(tuple(made), tuple((names[a], names[b]) for a, b in tree.extra))


def _delay(value: object) -> float | None:
    """A delay in milliseconds, if the file has a good one."""
    delay = _number(value)
    return None if delay is None or delay_problem(delay) else delay


def _executor(known: dict[str, Any]) -> ExecutorSettings:
    """What tasks a node takes, as far as the file has good values for it."""
    listed, weight, limit = known.get("roles"), _number(known.get(WEIGHT)), _integer(known.get("limit"))
    roles: object = listed.split(",") if isinstance(listed, str) else listed
    good = isinstance(roles, list) and not roles_problem(cast("list[object]", roles))
    return ExecutorSettings(
        roles=tuple(cast("list[str]", roles)) if good else (),
        weight=1.0 if weight is None or weight_problem(weight) else weight,
        limit=None if not isinstance(limit, int) or limit_problem(limit) else limit,
        active=_truth(known.get("active")),
    )


def _truth(value: object) -> bool:
    """Whether a file does not say "false"."""
    return str(value).strip().lower() not in {"false", "0"}


def _number(value: object) -> float | None:
    """A number, if a file has one; some formats can only write it as a text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
