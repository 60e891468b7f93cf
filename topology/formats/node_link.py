"""Node-link JSON: a list of nodes and a list of links, as networkx and D3 exchange graphs."""

from __future__ import annotations

import json
from typing import Any

from topowave.topology.formats.base import Format, reading_text
from topowave.topology.formats.parsed_graph import ParsedGraph, to_parsed_graph
from topowave.topology.json_lines import Document, parse_json
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, JsonPath, ProblemList, shown
from topowave.topology.validation import is_integer, is_list, is_object
from topowave.translation import text as sentence

LINK_KEYS = ("edges", "links")
"""Where the links may stand: networkx writes edges (from 3.6 on; links before), D3 links."""


def is_node_link(data: object) -> bool:
    """Whether JSON data is meant as node-link data: a topology.json has no list called nodes."""
    return is_object(data) and "nodes" in data and "name" not in data


def read_node_link(text: str, source: str) -> ParsedGraph:
    """Read a node-link file. Raises Problems as `node_link_graph`, or if it is no JSON."""
    return node_link_graph(parse_json(text, source), source)


def node_link_graph(document: Document, source: str) -> ParsedGraph:
    """Read node-link data.

    Raises:
        Problems: with every problem, each with the file, the place in it and the line.
    """
    problems = ProblemList(source, document.line)
    data = document.data
    parsed = ParsedGraph()
    if not is_object(data):
        problems.add(TOP, sentence("expected an object with nodes and links, found {data}", data=shown(data)))
        problems.raise_if_any()
        return parsed
    parsed.directed = data.get("directed") is True
    for path, node in _items(data, "nodes", problems):
        key = node.get("id")
        if not _is_id(key):
            problems.add(path.at("id"), _id_problem(key))
        elif key in parsed.nodes:
            problems.add(path.at("id"), sentence("{key} is the id of an earlier node too", key=shown(key)))
        else:
            parsed.nodes[key] = {name: value for name, value in node.items() if name != "id"}
    links = next((key for key in LINK_KEYS if key in data), LINK_KEYS[0])
    for path, link in _items(data, links, problems):
        ends = [link.get("source"), link.get("target")]
        for side, end in zip(("source", "target"), ends, strict=True):
            if not _is_id(end):
                problems.add(path.at(side), _id_problem(end))
            elif end not in parsed.nodes:
                problems.add(path.at(side), sentence("there is no node {end}", end=shown(end)))
        parsed.links.append((ends[0], ends[1]))
    problems.raise_if_any()
    return parsed


def _items(data: dict[str, Any], key: str, problems: ProblemList) -> list[tuple[JsonPath, dict[str, Any]]]:
    """The objects of a list, each with its path; what is no object is reported."""
    path = TOP.at(key)
    items = data.get(key)
    if not is_list(items):
        if key in data:
            problems.add(path, sentence("expected a list, found {items}", items=shown(items)))
        else:
            problems.add(path, sentence("expected a list, it is missing"))
        return []
    found: list[tuple[JsonPath, dict[str, Any]]] = []
    for index, item in enumerate(items):
        if is_object(item):
            found.append((path.at(index), item))
        else:
            problems.add(path.at(index), sentence("expected an object, found {item}", item=shown(item)))
    return found


def _is_id(value: object) -> bool:
    return is_integer(value) or isinstance(value, str)


def _id_problem(value: object) -> str:
    return (
        sentence("is missing")
        if value is None
        else sentence("{value} is not an id; expected a text or an integer", value=shown(value))
    )


def node_link_text(topology: Topology) -> str:
    """Write node-link JSON, a node or a link on a line: the node's id is its name."""
    parsed = to_parsed_graph(topology)
    nodes = [_line({"id": name, **attributes}) for name, attributes in parsed.nodes.items()]
    links = [_line({"source": a, "target": b}) for a, b in parsed.links]
    return (
        '{\n  "directed": false,\n  "multigraph": false,\n  "graph": {},\n'
        f'  "nodes": [{_listed(nodes)}],\n  "edges": [{_listed(links)}]\n}}\n'
    )


def _line(item: dict[str, Any]) -> str:
    return "    " + json.dumps(item, ensure_ascii=False)


def _listed(lines: list[str]) -> str:
    return "\n" + ",\n".join(lines) + "\n  " if lines else ""


FORMAT = Format(
    "node-link",
    "node-link JSON (networkx, D3)",
    (".node-link.json",),
    reading_text(read_node_link),
    node_link_text,
)
