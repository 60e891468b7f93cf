"""topology.json as one format among the others. A file that ends in .json may hold node-link data too."""

from __future__ import annotations

from topowave.topology.files import topology_text
from topowave.topology.formats.base import Format, reading_text
from topowave.topology.formats.node_link import is_node_link, node_link_graph
from topowave.topology.formats.parsed_graph import ParsedGraph
from topowave.topology.json_lines import parse_json
from topowave.topology.model import Topology, checked
from topowave.topology.problems import ProblemList


def read_json(text: str, source: str) -> Topology | ParsedGraph:
    """Read a topology.json, or node-link data if that is what the file holds.

    Raises:
        Problems: with every problem, each with the file, the place in it and the line.
    """
    document = parse_json(text, source)
    if is_node_link(document.data):
        return node_link_graph(document, source)
    return checked(document.data, ProblemList(source, document.line))


FORMAT = Format(
    "topology", "topology.json, the nested tree", (".json",), reading_text(read_json), topology_text
)
