"""Networks from elsewhere and for elsewhere: one door to every file format.

The format follows from the end of the file's name, or is given. What was changed on the way in stands in
the notes of `import_network`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from topowave.topology.files import read_bytes, read_text, topology_text, write_text
from topowave.topology.formats.dot import dot_text, read_dot
from topowave.topology.formats.edge_list import edge_list_text, read_edge_list
from topowave.topology.formats.graphml import gml_text, graphml_text, read_gml, read_graphml
from topowave.topology.formats.node_link import is_node_link, node_link_text, read_node_link
from topowave.topology.formats.normalize import Imported, normalize
from topowave.topology.formats.parsed_graph import ParsedGraph, to_parsed_graph
from topowave.topology.json_lines import parse_json
from topowave.topology.model import Topology, checked
from topowave.topology.problems import ProblemList, did_you_mean, shown

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Format:
    """A file format: how its files end and how a topology is written in it."""

    description: str
    endings: tuple[str, ...]
    write: Callable[[Topology], str]


FORMATS: dict[str, Format] = {
    "node-link": Format("node-link JSON (networkx, D3)", (".node-link.json",), node_link_text),
    "topology": Format("topology.json, the nested tree", (".json",), topology_text),
    "graphml": Format("GraphML", (".graphml", ".xml"), graphml_text),
    "gml": Format("GML", (".gml",), gml_text),
    "edge-list": Format("edge list", (".edgelist", ".edges", ".txt"), edge_list_text),
    "dot": Format("DOT (Graphviz)", (".dot", ".gv"), dot_text),
}
"""Every format by name; of two whose ending fits, the first is meant."""


def format_of(path: PathLike, named: str | None = None) -> str:
    """The format of a file: the named one, else by the file's ending.

    Raises:
        Problems: no format has that name or that ending.
    """
    problems = ProblemList(os.fspath(path))
    if named is not None:
        if named not in FORMATS:
            known = ", ".join(FORMATS)
            raise problems.refusal(
                f"there is no format {shown(named)}{did_you_mean(named, FORMATS)}; expected one of {known}"
            )
        return named
    name = Path(path).name.lower()
    for key, known_format in FORMATS.items():
        if name.endswith(known_format.endings):
            return key
    endings = ", ".join(ending for known_format in FORMATS.values() for ending in known_format.endings)
    raise problems.refusal(
        f"the format does not follow from the file's name; expected an ending such as {endings}"
    )


def import_network(
    path: PathLike,
    *,
    format: str | None = None,
    root: str | None = None,
    largest: bool = False,
    base_port: int | None = None,
) -> Imported:
    """Read a network in any known format and say what had to be changed.

    Args:
        path: the file.
        format: one of `FORMATS`; None to go by the file's ending and, for JSON, by what it holds.
        root: name or id of the node to be the root; None for the stored root, else the one with most links.
        largest: of a network in pieces take the largest instead of refusing it.
        base_port: number the ports anew from here; None to keep those of the file (8000 and up if none).

    Raises:
        Problems: the file is not what it should be, is in pieces, or is beyond the limits.
    """
    source = os.fspath(path)
    found = _read(path, format_of(path, format), source)
    if isinstance(found, Topology):
        if root in {None, found.root.name} and base_port is None:
            return Imported(found)
        found = to_parsed_graph(found)
    return normalize(found, source, root=root, largest=largest, base_port=base_port)


def read_network(
    path: PathLike, *, root: str | None = None, largest: bool = False, base_port: int | None = None
) -> Topology:
    """Read a network in any known format; as `import_network`, without the notes."""
    return import_network(path, root=root, largest=largest, base_port=base_port).topology


def network_text(topology: Topology, format: str) -> str:
    """The text of a topology in one of `FORMATS`."""
    return FORMATS[format].write(topology)


def write_network(topology: Topology, path: PathLike, *, format: str | None = None) -> None:
    """Write a topology in the format that the file's ending asks for, or in the given one.

    Raises:
        Problems: there is no such format, or the file cannot be written.
    """
    write_text(network_text(topology, format_of(path, format)), path)


def _read(path: PathLike, format: str, source: str) -> Topology | ParsedGraph:
    if format == "graphml":
        return read_graphml(read_bytes(path), source)
    text = read_text(path)
    if format in {"topology", "node-link"}:
        document = parse_json(text, source)
        if format == "node-link" or is_node_link(document.data):
            return read_node_link(document, source)
        return checked(document.data, ProblemList(source, document.line))
    readers: dict[str, Callable[[str, str], ParsedGraph]] = {
        "gml": read_gml,
        "edge-list": read_edge_list,
        "dot": read_dot,
    }
    return readers[format](text, source)
