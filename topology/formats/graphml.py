"""GraphML and GML: read and written by networkx, with errors that a user can act on."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from topowave.topology.formats.parsed_graph import Key, ParsedGraph, from_graph, to_graph
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, shown

_FAULTS = (
    nx.NetworkXException,
    ElementTree.ParseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What networkx raises when a file is not what it should be."""
_NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
_networkx: Any = nx  # its readers and writers are half untyped


def read_graphml(data: bytes, source: str) -> ParsedGraph:
    """Read a GraphML file; of several graphs in it the first.

    Raises:
        Problems: it is not GraphML, or a link names a node that is not there.
    """
    problems = ProblemList(source)
    try:
        _check_graphml(ElementTree.fromstring(data), problems)  # noqa: S314 - expat limits what entities may expand to
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = _networkx.read_graphml(
                BytesIO(data), node_type=str, edge_key_type=str, force_multigraph=True
            )
    except _FAULTS as error:
        raise problems.refusal(f"not GraphML: {_said(error)}") from error
    return from_graph(graph)


def _check_graphml(document: ElementTree.Element, problems: ProblemList) -> None:
    """Find what networkx takes without a word: repeated ids, and links to nodes that are not there."""
    graph = document.find(f"{_NAMESPACE}graph")
    if graph is None:
        raise problems.refusal("not GraphML: there is no graph in it")
    ids = [node.get("id") for node in graph.iter(f"{_NAMESPACE}node")]
    known = set(ids)
    for index, name in enumerate(ids):
        if name is None:
            problems.add_text(TOP, f"node number {index + 1} has no id")
    if len(known) < len(ids):
        seen: set[str | None] = set()
        for name in ids:
            if name in seen and name is not None:
                problems.add_text(TOP, f"two nodes have the id {shown(name)}")
            seen.add(name)
    for index, edge in enumerate(graph.iter(f"{_NAMESPACE}edge")):
        for side in ("source", "target"):
            end = edge.get(side)
            if end not in known:
                problems.add_text(TOP, f"the {side} of link number {index + 1} is no node: {shown(end)}")
    problems.raise_if_any()


def graphml_text(topology: Topology) -> str:
    """Write GraphML: the node's id is its name."""
    lines = _networkx.generate_graphml(to_graph(topology), encoding="utf-8")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines) + "\n"


def read_gml(text: str, source: str) -> ParsedGraph:
    """Read a GML file.

    Raises:
        Problems: it is not GML.
    """
    problems = ProblemList(source)
    # a file with parallel links ought to say so; those of the Internet Topology Zoo do not
    declared = re.search(r"\bmultigraph\s+1\b", text) is not None
    declaring = text if declared else re.sub(r"\bgraph(\s*)\[", r"graph\1[ multigraph 1 ", text, count=1)
    try:
        graph = _networkx.parse_gml(declaring, label="id")
    except _FAULTS as error:
        raise problems.refusal(f"not GML: {_said(error)}") from error
    parsed = from_graph(graph)
    for attributes in parsed.nodes.values():
        for key, value in attributes.items():
            attributes[key] = {"()": "()", "[]": "[]"}.get(
                str(value), value
            )  # networkx takes these for lists
    return _named_by_label(parsed)


def _named_by_label(parsed: ParsedGraph) -> ParsedGraph:
    """Of a file that we wrote take the labels for ids: they are the names, whatever they look like."""
    labels: dict[Key, str] = {
        key: str(known["label"])
        for key, known in parsed.nodes.items()
        if "port" in known and isinstance(known.get("label"), str | int | float)
    }
    if len(set(labels.values())) < len(parsed.nodes):
        return parsed
    nodes: dict[Key, dict[str, Any]] = {}
    for key, known in parsed.nodes.items():
        nodes[labels[key]] = {name: value for name, value in known.items() if name != "label"}
    return ParsedGraph(nodes, [(labels[a], labels[b]) for a, b in parsed.links], parsed.directed)


def gml_text(topology: Topology) -> str:
    """Write GML: the node's label is its name."""
    return "\n".join(_networkx.generate_gml(to_graph(topology))) + "\n"


def _said(error: BaseException) -> str:
    """An error of a library on one short line."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:200] + "..."
