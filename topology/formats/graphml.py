"""GraphML: read and written by networkx, with errors that a user can act on."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from topowave.topology.formats.base import Format
from topowave.topology.formats.networkx_errors import NETWORKX_ERRORS, said
from topowave.topology.formats.parsed_graph import ParsedGraph, from_graph, to_graph
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, shown

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
    except NETWORKX_ERRORS as error:
        raise problems.refusal(f"not GraphML: {said(error)}") from error
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


FORMAT = Format("graphml", "GraphML", (".graphml", ".xml"), read_graphml, graphml_text)
