"""GraphML: written by networkx, and read with expat as far as it describes nodes and links.

networkx refuses a file for what no topology needs (a vector, a text in a number's place, a missing namespace)
and cannot say in which line. expat reads it once, from front to back, and only nodes, links and what names
them are kept.

Elements are known by where they stand and by their names without a prefix: old files have other namespaces,
or none. Programs of yWorks keep the label of a node deep inside its `<data>`, as `<y:NodeLabel>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import networkx as nx

from topowave.topology.files import decoded_leniently
from topowave.topology.formats.base import Format
from topowave.topology.formats.node_names import given_name
from topowave.topology.formats.parsed_graph import LABELS, USED, Key, ParsedGraph, to_graph
from topowave.topology.limits import MAX_MARKUP_BYTES
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, Problems, shown
from topowave.translation import counted
from topowave.translation import text as sentence

_CHUNK_BYTES = 64 * 1024
_INSIDE = {
    "graphml": {"key", "graph"},
    "key": {"default"},
    "graph": {"node", "edge", "hyperedge"},
    "node": {"data", "graph"},
    "hyperedge": {"endpoint"},
}
"""What may stand in what and means something; all else is passed over, with whatever stands in it."""
_DRAWN_LABEL = "NodeLabel"
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_TRUE = {"true", "1"}
_networkx: Any = nx  # its writers are half untyped


def read_graphml(data: bytes, source: str) -> ParsedGraph:
    """Read a GraphML file; of several graphs in it the first.

    Raises:
        Problems: it is not GraphML, a link names a node that is not there, or it describes too much.
    """
    return _Reader(source).read(data)


def graphml_text(topology: Topology) -> str:
    """Write GraphML: the node's id is its name."""
    lines = _networkx.generate_graphml(to_graph(topology), encoding="utf-8")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines) + "\n"


@dataclass(slots=True)
class _Key:
    """What a <key> declares: the name of an attribute, and its value where a node gives none."""

    name: str
    of_nodes: bool
    default: str | None = None


@dataclass(slots=True)
class _Node:
    """A <node>, by the time it is open. `data` is by the ids of keys."""

    id: str | None
    data: dict[str, str] = field(default_factory=dict[str, str])
    drawn_label: str = ""


class _Reader:
    """The file as it goes by. What is open is on `open`, by name, unless it means nothing (`skipped`)."""

    def __init__(self, source: str) -> None:
        self.problems = ProblemList(source)
        self.parsed = ParsedGraph()
        self.keys: dict[str, _Key] = {}
        self.nodes: dict[str, _Node] = {}
        self.groups: set[str] = set()
        self.link_lines: list[int] = []
        self.node_count = 0
        self.link_count = 0
        self.graph_seen = False
        self.open: list[str] = []
        self.skipped = 0
        self.open_nodes: list[_Node] = []
        self.directed: list[bool] = []
        self.endpoints: list[str | None] = []
        self.key = _Key("", of_nodes=False)
        self.data_key = ""
        self.text: list[str] = []
        self.has_elements = False
        self.label_depth = 0
        """How many elements deep inside a <data> the label is that is being read; 0 for none."""
        self.parser = expat.ParserCreate()

    def read(self, data: bytes) -> ParsedGraph:
        try:
            self.feed(data)
        except expat.ExpatError as error:
            raise self.problems.refusal(sentence("not GraphML: {error}", error=str(error))) from error
        if not self.graph_seen:
            raise self.problems.refusal(sentence("not GraphML: there is no graph in it"))
        self.check_links()
        self.problems.raise_if_any()
        for name, node in self.nodes.items():
            self.parsed.nodes[name] = self.attributes(node)
        self.leave_out_groups()
        return self.parsed

    def feed(self, data: bytes) -> None:
        """Give the file to the parser bit by bit, so that no tag is held that is longer than allowed."""
        declared = _ENCODING.match(data)
        encoding = declared[1].decode().lower() if declared else "utf-8"
        if encoding in {"utf-8", "utf8", "utf-16"} and b"\0" not in data[:4] and data[:2] != b"\xff\xfe":
            # A declaration may say UTF-16 about what has become UTF-8 since: it holds no zeros.
            text, self.parsed.notes[:] = decoded_leniently(data, self.problems.source)
            data = text.encode()
            self.parser = expat.ParserCreate("utf-8")
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        for offset in range(0, len(data), _CHUNK_BYTES):
            parser.Parse(data[offset : offset + _CHUNK_BYTES], False)
            if offset - parser.CurrentByteIndex > MAX_MARKUP_BYTES:
                raise self.fault(f"a tag or comment is longer than the limit of {MAX_MARKUP_BYTES} bytes")
        parser.Parse(b"", True)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def fault(self, text: str) -> Problems:
        return self.problems.refusal(
            sentence("not GraphML: line {line}: {given}", line=self.line, given=text)
        )

    def report(self, text: str, line: int | None = None) -> None:
        self.problems.add_text(TOP, sentence("{given} (line {value})", given=text, value=line or self.line))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self.skipped:
            self.end_label()
            self.skipped += 1
            if local == _DRAWN_LABEL and self.open[-1] == "data" and not self.open_nodes[-1].drawn_label:
                self.label_depth = self.skipped
                self.text.clear()
            return
        if not self.open:
            if local != "graphml":
                raise self.fault(f"the outermost element is {shown(name)}; expected graphml")
        elif local not in _INSIDE.get(self.open[-1], ()) or self.is_second_graph(local):
            self.skipped = 1
            self.has_elements = True
            return
        self.open.append(local)
        self.begin(local, attributes)

    def is_second_graph(self, element: str) -> bool:
        if element != "graph" or self.open != ["graphml"] or not self.graph_seen:
            return False
        note = "of several graphs in the file the first was read"
        if note not in self.parsed.notes:
            self.parsed.notes.append(note)
        return True

    def begin(self, element: str, attributes: dict[str, str]) -> None:
        """Take up an element that means something."""
        if element == "node":
            self.begin_node(attributes.get("id"))
        elif element == "edge":
            self.add_link(attributes.get("source"), attributes.get("target"), attributes.get("directed"))
        elif element == "graph":
            self.graph_seen = True
            self.directed.append(attributes.get("edgedefault") == "directed")
        elif element == "key":
            name = attributes.get("attr.name") or attributes.get("id", "")
            self.key = _Key(name, attributes.get("for", "node") in {"node", "all"})
            self.keys[attributes.get("id", "")] = self.key
        elif element == "hyperedge":
            self.endpoints.clear()
        elif element == "endpoint":
            self.endpoints.append(attributes.get("node"))
        else:  # a <data> or a <default>, whose text is to come
            self.data_key = attributes.get("key", "")
            self.text.clear()
            self.has_elements = False

    def end(self, _name: str) -> None:
        if self.skipped:
            self.end_label()
            self.skipped -= 1
            return
        element = self.open.pop()
        if element == "node":
            self.open_nodes.pop()
        elif element == "graph":
            self.directed.pop()
            if self.open_nodes and self.open_nodes[-1].id is not None:
                self.groups.add(self.open_nodes[-1].id)
        elif element == "default":
            self.key.default = "".join(self.text)
        elif element == "data" and not self.has_elements:
            declared = self.keys.get(self.data_key)
            if declared is None or declared.name in USED:
                self.open_nodes[-1].data[self.data_key] = "".join(self.text)
        elif element == "hyperedge":
            if len(self.endpoints) == 2:
                self.add_link(self.endpoints[0], self.endpoints[1], None)
            else:
                self.report(f"a hyperedge of {len(self.endpoints)} nodes; expected links between two nodes")

    def end_label(self) -> None:
        """Keep the label that is being read, if there is one: its text goes as far as the next tag."""
        if self.label_depth:
            self.open_nodes[-1].drawn_label = "".join(self.text).strip()
            self.label_depth = 0

    def characters(self, text: str) -> None:
        if self.label_depth == self.skipped and self.open and self.open[-1] in {"data", "default"}:
            self.text.append(text)

    def begin_node(self, name: str | None) -> None:
        node = _Node(name)
        self.open_nodes.append(node)
        self.node_count += 1
        if name is None:
            self.report(f"node number {self.node_count} has no id")
        elif name in self.nodes:
            self.report(f"two nodes have the id {shown(name)}")
        else:
            self.nodes[name] = node
            self.parsed.nodes[name] = {}
            self.refuse_excess()

    def add_link(self, source: str | None, target: str | None, directed: str | None) -> None:
        self.link_count += 1
        if source is None or target is None:
            side = "source" if source is None else "target"
            self.report(f"the {side} of link number {self.link_count} is no node: null")
            return
        if self.directed[-1] if directed is None else directed.strip().lower() in _TRUE:
            self.parsed.directed = True
        self.parsed.links.append((source, target))
        self.link_lines.append(self.line)
        self.refuse_excess()

    def refuse_excess(self) -> None:
        problem = self.parsed.excess()
        if problem:
            raise self.problems.refusal(sentence("line {line}: {problem}", line=self.line, problem=problem))

    def check_links(self) -> None:
        """Find the links to nodes that are not there; a node may come after its links."""
        for number, (ends, line) in enumerate(zip(self.parsed.links, self.link_lines, strict=True), start=1):
            for side, end in zip(("source", "target"), ends, strict=True):
                if end not in self.nodes:
                    self.report(f"the {side} of link number {number} is no node: {shown(end)}", line)

    def attributes(self, node: _Node) -> dict[str, Any]:
        """The attributes of a node by their names: its own, then defaults.

        A default label names a node worse than a `name` of its own.
        """
        found: dict[str, Any] = {}
        for key, text in node.data.items():
            name = self.keys[key].name if key in self.keys else key
            if name in USED and (text or name not in found):
                found[name] = text
        if node.drawn_label:
            found["label"] = node.drawn_label
        named = given_name(found) is not None
        for declared in self.keys.values():
            if declared.of_nodes and declared.default is not None and declared.name in USED:
                if declared.name not in LABELS:
                    found.setdefault(declared.name, declared.default)
                elif not named:
                    found[declared.name] = declared.default
        return found

    def leave_out_groups(self) -> None:
        """Drop the nodes that only hold others together in a drawing, and have no links themselves."""
        linked: set[Key] = {end for link in self.parsed.links for end in link}
        alone = self.groups - linked
        if alone and len(alone) < len(self.parsed.nodes):
            for name in alone:
                del self.parsed.nodes[name]
            self.parsed.notes.append(
                counted(
                    "{count} group without links left out; the nodes inside are there",
                    "{count} groups without links left out; the nodes inside are there",
                    len(alone),
                )
            )


FORMAT = Format("graphml", "GraphML", (".graphml", ".xml"), read_graphml, graphml_text)
