"""DOT, the language of Graphviz: written, and read as far as it describes nodes and links.

networkx leaves DOT to pydot or pygraphviz. pydot prints its errors instead of raising them and warns with
current parsers, pygraphviz needs a compiler; the part of the grammar that matters here is small.
"""

from __future__ import annotations

import json
from typing import Any

from topowave.topology.formats.base import Format, reading_text_of_any_age
from topowave.topology.formats.dot_labels import Value, label_text
from topowave.topology.formats.dot_tokens import NAMES, Token, Tokens
from topowave.topology.formats.parsed_graph import LABELS, USED, ParsedGraph, to_parsed_graph
from topowave.topology.model import Topology
from topowave.translation import text as sentence

MAX_SUBGRAPHS = 50
"""How deep subgraphs may stand inside each other."""

_KEPT = USED | {"shape"}
"""The attributes of nodes that are kept while reading: the shape says how a label is meant."""


def read_dot(text: str, source: str) -> ParsedGraph:
    """Read a DOT file; attributes of nodes and defaults for them are kept, layout is passed over.

    Raises:
        Problems: it is not DOT (with line and column), or describes too much.
    """
    return _Parser(Tokens(text, source)).read()


def dot_text(topology: Topology) -> str:
    """Write an undirected graph in DOT: the node's id is its name."""
    parsed = to_parsed_graph(topology)
    lines = ["graph topology {"]
    for name, attributes in parsed.nodes.items():
        pairs = ", ".join(f"{key}={_quoted(value)}" for key, value in attributes.items())
        lines.append(f"  {_quoted(name)} [{pairs}];")
    lines.extend(f"  {_quoted(a)} -- {_quoted(b)};" for a, b in parsed.links)
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(value: object) -> str:
    """An id in DOT: integers and truth values as they are, all else in quotes."""
    if isinstance(value, str | float):
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return json.dumps(value)


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.parsed = ParsedGraph(ids_are_names=True)
        self.values: dict[str, dict[str, Value]] = {}
        """The attributes of each node, as the file has them."""
        self.html_ids: set[str] = set()
        """The nodes whose id is HTML; one in quotes may begin with `<` and mean it."""
        self.graph_name = ""

    def read(self) -> ParsedGraph:
        tokens = self.tokens
        if tokens.next.is_keyword("strict"):
            tokens.take()
        opening = tokens.take()
        if not opening.is_keyword("graph", "digraph"):
            raise tokens.fault(opening.offset, f"expected graph or digraph, found {opening}")
        self.parsed.directed = opening.text == "digraph"
        if tokens.next.kind in NAMES:
            self.graph_name = self.name().text
        tokens.expect("{")
        self.statements({}, 0)
        if tokens.next.is_keyword("strict", "graph", "digraph"):
            self.parsed.notes.append(sentence("of several graphs in the file the first was read"))
        elif tokens.next.kind != "end":
            raise tokens.fault(tokens.next.offset, f"expected nothing after the graph, found {tokens.next}")
        for node, values in self.values.items():
            self.parsed.nodes[node] = self.described(node, values)
        return self.parsed

    def described(self, node: str, values: dict[str, Value]) -> dict[str, Any]:
        """The attributes of a node as a topology knows them. A label that only says the id is none."""
        found: dict[str, Any] = {
            key: value.plain() for key, value in values.items() if key in USED and key not in LABELS
        }
        shape = values["shape"].text if "shape" in values else ""
        for key in LABELS:
            text = label_text(values[key], shape, node, self.graph_name) if key in values else ""
            if text and text != node:
                found[key] = text
        is_html = node in self.html_ids
        if not found.keys() & set(LABELS) and (is_html or "\\" in node):
            found["label"] = label_text(Value(node, is_html), "", node, self.graph_name)
        return found

    def statements(self, defaults: dict[str, Value], depth: int) -> list[str]:
        """Read to the closing brace; returns the nodes that were named, once each, in order."""
        tokens = self.tokens
        if depth > MAX_SUBGRAPHS:
            raise tokens.fault(tokens.next.offset, f"more than {MAX_SUBGRAPHS} subgraphs inside each other")
        named: dict[str, None] = {}
        while not tokens.accept("}"):
            token = tokens.next
            if token.is_keyword("node", "edge", "graph"):
                tokens.take()
                attributes = self.attributes()
                if token.text == "node":
                    defaults = {**defaults, **attributes}
            elif token.kind in NAMES and tokens.after_next.text == "=" and tokens.after_next.kind == "mark":
                tokens.take()
                tokens.take()
                self.name()
            else:
                named.update(dict.fromkeys(self.chain(defaults, depth)))
            while tokens.accept(";") or tokens.accept(","):
                pass
        return list(named)

    def chain(self, defaults: dict[str, Value], depth: int) -> list[str]:
        """Read nodes, or links in a row such as a -- b, c -- {d e}, with their attributes."""
        tokens = self.tokens
        is_list = tokens.next.kind in NAMES
        ends = self.end_of_link(defaults, depth)
        named = list(ends)
        linked = False
        while tokens.next.kind == "link":
            expected = "->" if self.parsed.directed else "--"
            operator = tokens.take()
            if operator.text != expected:
                raise tokens.fault(
                    operator.offset, f"expected {expected} in this kind of graph, found {operator.text}"
                )
            linked = True
            others = self.end_of_link(defaults, depth)
            self.refuse_excess(operator, len(ends) * len(others))
            self.parsed.links.extend((a, b) for a in ends for b in others)
            named.extend(others)
            ends = others
        attributes = self.attributes()
        if is_list and not linked:
            for name in named:
                self.values[name].update(attributes)
        return named

    def end_of_link(self, defaults: dict[str, Value], depth: int) -> list[str]:
        """Read what may stand at an end of a link: a node, several with commas between them, a subgraph."""
        tokens = self.tokens
        if tokens.next.is_keyword("subgraph"):
            tokens.take()
            if tokens.next.kind in NAMES:
                self.name()
            tokens.expect("{")
            return self.statements(defaults, depth + 1)
        if tokens.accept("{"):
            return self.statements(defaults, depth + 1)
        named = [self.node(defaults)]
        while tokens.next.text == "," and tokens.after_next.kind in NAMES and tokens.next.kind == "mark":
            tokens.take()
            named.append(self.node(defaults))
        return named

    def node(self, defaults: dict[str, Value]) -> str:
        """Read a node, maybe with a port of the drawing, such as a:out:n."""
        tokens = self.tokens
        token = tokens.next
        value = self.name()
        name = value.text
        if token.glued:
            raise tokens.fault(
                token.offset, f"{token} follows without a space; expected the whole name in quotes"
            )
        while tokens.accept(":"):
            self.name()
        if name not in self.values:
            self.values[name] = self.parsed.nodes[name] = dict(defaults)
            if value.is_html:
                self.html_ids.add(name)
            self.refuse_excess(token)
        return name

    def refuse_excess(self, token: Token, more_links: int = 0) -> None:
        problem = self.parsed.excess(more_links)
        if problem:
            raise self.tokens.fault(token.offset, problem)

    def attributes(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while self.tokens.accept("["):
            while not self.tokens.accept("]"):
                key = self.name().text
                value = self.name() if self.tokens.accept("=") else Value("true")
                if key in _KEPT:
                    found[key] = value
                while self.tokens.accept(",") or self.tokens.accept(";"):
                    pass
        return found

    def name(self) -> Value:
        """Read a name or a value, maybe put together by +."""
        parts: list[str] = []
        while True:
            token = self.tokens.take()
            if token.kind not in NAMES:
                raise self.tokens.fault(token.offset, f"expected a name, found {token}")
            parts.append(token.text)
            if not self.tokens.accept("+"):
                return Value("".join(parts), token.kind == "html" and len(parts) == 1)


FORMAT = Format("dot", "DOT (Graphviz)", (".dot", ".gv"), reading_text_of_any_age(read_dot), dot_text)
