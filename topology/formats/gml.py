"""GML: read and written by networkx, with errors that a user can act on."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx

from topowave.topology.formats.base import Format, reading_text
from topowave.topology.formats.networkx_errors import NETWORKX_ERRORS, said
from topowave.topology.formats.parsed_graph import Key, ParsedGraph, from_graph, to_graph
from topowave.topology.model import Topology
from topowave.topology.problems import ProblemList

_networkx: Any = nx  # its readers and writers are half untyped


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
    except NETWORKX_ERRORS as error:
        raise problems.refusal(f"not GML: {said(error)}") from error
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


FORMAT = Format("gml", "GML", (".gml",), reading_text(read_gml), gml_text)
