"""Edge lists: a link on a line, two names with a tab between them.

What a plain list of links cannot say (ports, cores, the tree, nodes without links) stands in comment lines
that other programs pass over: `# node {"name": "amber", "port": 8001, "cpu": 4, "parent": "root"}`.
"""

from __future__ import annotations

import json
import re

from topowave.topology.formats.base import Format, reading_text
from topowave.topology.formats.parsed_graph import ParsedGraph, to_parsed_graph
from topowave.topology.json_lines import parse_json
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, Problems, shown
from topowave.topology.validation import is_object

_NODE_LINE = "# node "
_DATA = re.compile(r"\{.*|[-+0-9.eE]+")
"""What may follow the two names of a link: networkx writes a dictionary, others a weight."""


def read_edge_list(text: str, source: str) -> ParsedGraph:
    """Read an edge list; names are separated by a tab, or else by any space, and # begins a comment.

    Raises:
        Problems: with every line that is not a link.
    """
    problems = ProblemList(source)
    parsed = ParsedGraph()
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if content.startswith(_NODE_LINE):
            _read_node(content.removeprefix(_NODE_LINE), number, parsed, problems)
        elif content and not content.startswith("#"):
            ends = _ends(content)
            if ends is None:
                problems.add_text(TOP, f"line {number}: expected two names, found {shown(content)}")
                continue
            for end in ends:
                parsed.nodes.setdefault(end, {})
            parsed.links.append(ends)
    problems.raise_if_any()
    return parsed


def _ends(content: str) -> tuple[str, str] | None:
    """The two names of a link, or None."""
    words = [word.strip() for word in content.split("\t")] if "\t" in content else content.split(maxsplit=2)
    if len(words) < 2 or not all(words[:2]):
        return None
    if any(not _DATA.fullmatch(word) for word in words[2:]):
        return None
    return words[0], words[1]


def _read_node(content: str, number: int, parsed: ParsedGraph, problems: ProblemList) -> None:
    try:
        data = parse_json(content, "").data
    except Problems as error:
        problems.add_text(TOP, f"line {number}: {error.problems[0]}")
        return
    name = data.get("name") if is_object(data) else None
    if not is_object(data) or not isinstance(name, str):
        problems.add_text(TOP, f"line {number}: expected a node with a name, found {shown(data)}")
    elif parsed.nodes.get(name):
        problems.add_text(TOP, f"line {number}: the node {shown(name)} was described before")
    else:
        parsed.nodes[name] = {key: value for key, value in data.items() if key != "name"}


def edge_list_text(topology: Topology) -> str:
    """Write an edge list: first the nodes as comments, then the links."""
    parsed = to_parsed_graph(topology)
    lines = [
        _NODE_LINE + json.dumps({"name": name, **attributes}, ensure_ascii=False)
        for name, attributes in parsed.nodes.items()
    ]
    lines.extend(f"{a}\t{b}" for a, b in parsed.links)
    return "\n".join(lines) + "\n"


FORMAT = Format(
    "edge-list", "edge list", (".edgelist", ".edges", ".txt"), reading_text(read_edge_list), edge_list_text
)
