"""DOT, the language of Graphviz: written, and read as far as it describes nodes and links.

networkx leaves DOT to pydot or pygraphviz. pydot prints its errors instead of raising them and warns with
current parsers, pygraphviz needs a compiler; the part of the grammar that matters here is small.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from topowave.topology.formats.base import Format, reading_text
from topowave.topology.formats.parsed_graph import ParsedGraph, to_parsed_graph
from topowave.topology.model import Topology
from topowave.topology.problems import ProblemList, Problems, shown

MAX_SUBGRAPHS = 50
"""How deep subgraphs may stand inside each other."""

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/|\#[^\n]*)
    |(?P<link>--|->)
    |(?P<mark>[{}\[\]=;,:+])
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<word>-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)|[A-Za-z_\u0080-\uffff\U00010000-\U0010ffff][\w]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {'"': '"', "\\": "\\", "\n": "", "n": " ", "l": " ", "r": " "}
_KEYWORDS = {"strict", "graph", "digraph", "node", "edge", "subgraph"}


@dataclass(frozen=True)
class _Token:
    kind: str  # link, mark, name, keyword or end
    text: str
    offset: int

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "keyword" and self.text in words


def read_dot(text: str, source: str) -> ParsedGraph:
    """Read a DOT file; attributes of nodes and defaults for them are kept, layout is passed over.

    Raises:
        Problems: it is not DOT (with line and column).
    """
    return _Parser(text, source).read()


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
    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.tokens = self.split()
        self.position = 0
        self.parsed = ParsedGraph()

    def split(self) -> list[_Token]:
        tokens: list[_Token] = []
        offset = 0
        while offset < len(self.text):
            if self.text[offset] == "<":
                end = self.end_of_html(offset)
                tokens.append(_Token("name", self.text[offset:end], offset))
                offset = end
                continue
            match = _TOKEN.match(self.text, offset)
            if match is None:
                raise self.fault(offset, f"found {shown(self.text[offset])}, which begins nothing in DOT")
            kind, found = str(match.lastgroup), match[0]
            if kind == "quoted":
                tokens.append(_Token("name", _unquoted(found), offset))
            elif kind == "word":
                keyword = found.lower() in _KEYWORDS
                tokens.append(
                    _Token("keyword", found.lower(), offset) if keyword else _Token("name", found, offset)
                )
            elif kind != "space":
                tokens.append(_Token(kind, found, offset))
            offset = match.end()
        tokens.append(_Token("end", "", len(self.text)))
        return tokens

    def end_of_html(self, start: int) -> int:
        depth = 0
        for match in re.compile("[<>]").finditer(self.text, start):
            depth += 1 if match[0] == "<" else -1
            if depth == 0:
                return match.end()
        raise self.fault(start, "the '<' is never closed")

    def read(self) -> ParsedGraph:
        if self.next.is_keyword("strict"):
            self.take()
        opening = self.take()
        if not opening.is_keyword("graph", "digraph"):
            raise self.fault(opening.offset, f"expected graph or digraph, found {_named(opening)}")
        self.parsed.directed = opening.text == "digraph"
        if self.next.kind == "name":
            self.take()
        self.expect("{")
        self.statements({}, 0)
        if self.next.kind != "end":
            raise self.fault(self.next.offset, f"expected nothing after the graph, found {_named(self.next)}")
        return self.parsed

    def statements(self, defaults: dict[str, Any], depth: int) -> list[str]:
        """Read to the closing brace; returns the nodes that were named, once each, in order."""
        if depth > MAX_SUBGRAPHS:
            raise self.fault(self.next.offset, f"more than {MAX_SUBGRAPHS} subgraphs inside each other")
        named: dict[str, None] = {}
        while not self.accept("}"):
            token = self.next
            if token.is_keyword("node", "edge", "graph"):
                self.take()
                attributes = self.attributes()
                if token.text == "node":
                    defaults = {**defaults, **attributes}
            elif token.kind == "name" and self.tokens[self.position + 1].text == "=":
                self.take()
                self.take()
                self.name()
            else:
                named.update(dict.fromkeys(self.chain(defaults, depth)))
            while self.accept(";") or self.accept(","):
                pass
        return list(named)

    def chain(self, defaults: dict[str, Any], depth: int) -> list[str]:
        """Read a node, or links in a row such as a -- b -- {c d}, with their attributes."""
        ends = self.end_of_link(defaults, depth)
        named = list(ends)
        linked = False
        while self.next.kind == "link":
            expected = "->" if self.parsed.directed else "--"
            operator = self.take()
            if operator.text != expected:
                raise self.fault(
                    operator.offset, f"expected {expected} in this kind of graph, found {operator.text}"
                )
            linked = True
            others = self.end_of_link(defaults, depth)
            self.parsed.links.extend((a, b) for a in ends for b in others)
            named.extend(others)
            ends = others
        attributes = self.attributes()
        if not linked and len(named) == 1:
            self.parsed.nodes[named[0]].update(attributes)
        return named

    def end_of_link(self, defaults: dict[str, Any], depth: int) -> list[str]:
        if self.next.is_keyword("subgraph"):
            self.take()
            if self.next.kind == "name":
                self.take()
            self.expect("{")
            return self.statements(defaults, depth + 1)
        if self.accept("{"):
            return self.statements(defaults, depth + 1)
        name = self.name()
        while self.accept(":"):  # a port of the drawing, such as a:n
            self.name()
        if name not in self.parsed.nodes:
            self.parsed.nodes[name] = dict(defaults)
        return [name]

    def attributes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.accept("["):
            while not self.accept("]"):
                key = self.name()
                found[key] = self.name() if self.accept("=") else "true"
                while self.accept(",") or self.accept(";"):
                    pass
        return found

    def name(self) -> str:
        token = self.take()
        if token.kind != "name":
            raise self.fault(token.offset, f"expected a name, found {_named(token)}")
        text = token.text
        while self.accept("+"):
            text += self.name()
        return text

    @property
    def next(self) -> _Token:
        return self.tokens[self.position]

    def take(self) -> _Token:
        token = self.tokens[self.position]
        self.position = min(self.position + 1, len(self.tokens) - 1)
        return token

    def accept(self, mark: str) -> bool:
        if self.next.kind == "mark" and self.next.text == mark:
            self.position += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            raise self.fault(self.next.offset, f"expected '{mark}', found {_named(self.next)}")

    def fault(self, offset: int, text: str) -> Problems:
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return ProblemList(self.source).refusal(f"not DOT: line {line}, column {column}: {text}")


def _unquoted(quoted: str) -> str:
    """The text of a quoted id. Line breaks of the drawing become spaces."""
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), quoted[1:-1], flags=re.DOTALL)


def _named(token: _Token) -> str:
    return shown(token.text) if token.text else "the end of the file"


FORMAT = Format("dot", "DOT (Graphviz)", (".dot", ".gv"), reading_text(read_dot), dot_text)
