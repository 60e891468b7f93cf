"""GML: written by networkx, and read as far as it describes nodes and links.

networkx refuses a file for what no topology needs (a dash in a key, a number with an exponent, a text over
several lines). GML is a list of keys and values, where a value is a word, a text in quotes, or a list in
brackets; it is read from front to back, and only nodes, links and what names them are kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import networkx as nx

from topowave.topology.formats.base import Format, reading_text_of_any_age
from topowave.topology.formats.parsed_graph import LABELS, USED, Key, ParsedGraph, to_graph
from topowave.topology.limits import MAX_WORDS
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, ProblemList, Problems, shown
from topowave.translation import text as sentence

_Kind: TypeAlias = Literal["word", "text", "[", "]", "end"]

# A color such as #ffcc00 is a word where it follows a key; elsewhere # begins a comment.
_TOKEN = re.compile(
    r"""(?P<word>[^\s\[\]"\#][^\s\[\]"]*+|(?<=[A-Za-z_][ \t])\#[0-9A-Fa-f]{3,8}(?=[\s\]]))
    |(?P<space>\s++|\#[^\n]*+)
    |(?P<open>\[)
    |(?P<close>\])
    |(?P<text>"[^"]*+")
    """,
    re.VERBOSE,
)
_KEY = re.compile(r"[A-Za-z_][^\s\[\]\"\\]*")
_ENTITY = re.compile(r"&(?:[0-9A-Za-z]{1,32}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}(\.0{1,18})?")
_KEPT = USED | {"id", "source", "target"}
_networkx: Any = nx  # its writers are half untyped


class _Token(NamedTuple):
    kind: _Kind
    text: str
    line: int

    def __str__(self) -> str:
        return "the end of the file" if self.kind == "end" else shown(self.text)


def read_gml(text: str, source: str) -> ParsedGraph:
    """Read a GML file.

    Raises:
        Problems: it is not GML, a link names a node that is not there, or it describes too much.
    """
    parsed = _Reader(text, source).read()
    return _named_by_label(parsed)


def gml_text(topology: Topology) -> str:
    """Write GML: the node's label is its name."""
    return "\n".join(_networkx.generate_gml(to_graph(topology))) + "\n"


def _named_by_label(parsed: ParsedGraph) -> ParsedGraph:
    """Of a file that we wrote take the labels for ids: they are the names, whatever they look like."""
    labels: dict[Key, str] = {
        key: str(known["label"])
        for key, known in parsed.nodes.items()
        if "port" in known and "label" in known
    }
    if len(set(labels.values())) < len(parsed.nodes):
        return parsed
    nodes: dict[Key, dict[str, Any]] = {}
    for key, known in parsed.nodes.items():
        nodes[labels[key]] = {name: value for name, value in known.items() if name != "label"}
    links: list[tuple[Key, Key]] = [(labels[a], labels[b]) for a, b in parsed.links]
    return ParsedGraph(nodes, links, parsed.directed, parsed.ids_are_names, parsed.notes)


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self.problems = ProblemList(source)
        self.parsed = ParsedGraph()
        self.ends: list[tuple[Key, Key, int]] = []
        self.tokens = self.split(text)

    def read(self) -> ParsedGraph:
        graphs = 0
        for key, value in self.pairs("end"):
            if key.text == "graph" and value.kind == "[":
                graphs += 1
                if graphs > 1:
                    raise self.fault(key, "a second graph; expected one in a file")
                self.graph()
            elif value.kind == "[":
                self.skip()
        if not graphs:
            raise self.problems.refusal(sentence("not GML: there is no graph in it"))
        self.link()
        self.problems.raise_if_any()
        return self.parsed

    def graph(self) -> None:
        for key, value in self.pairs("]"):
            if key.text == "directed":
                self.parsed.directed = value.text.lower() not in {"0", "false"}
            if value.kind == "[":
                if key.text == "node":
                    self.node(key)
                elif key.text == "edge":
                    self.edge(key)
                else:
                    self.skip()

    def node(self, opening: _Token) -> None:
        known = self.record()
        key = known.pop("id", None)
        if key is None:
            self.report(opening, f"node number {len(self.parsed.nodes) + 1} has no id")
        elif key in self.parsed.nodes:
            self.report(opening, f"two nodes have the id {shown(key)}")
        else:
            self.parsed.nodes[key] = {name: value for name, value in known.items() if name in USED}
            self.refuse_excess(opening)

    def edge(self, opening: _Token) -> None:
        known = self.record()
        for side in ("source", "target"):
            if side not in known:
                self.report(opening, f"link number {len(self.ends) + 1} has no {side}")
                return
        self.ends.append((known["source"], known["target"], opening.line))
        self.refuse_excess(opening, len(self.ends))

    def link(self) -> None:
        """Join the nodes; they may come after their links, and write their ids in another way."""
        by_text: dict[str, Key] = {str(key): key for key in self.parsed.nodes}
        for number, (source, target, line) in enumerate(self.ends, start=1):
            ends: list[Key] = []
            for side, end in (("source", source), ("target", target)):
                found = end if end in self.parsed.nodes else by_text.get(str(end))
                if found is None:
                    text = sentence(
                        "the {side} of link number {number} is no node: {end}",
                        side=side,
                        number=number,
                        end=shown(end),
                    )
                    self.problems.add_text(TOP, sentence("{given} (line {line})", given=text, line=line))
                else:
                    ends.append(found)
            if len(ends) == 2:
                self.parsed.links.append((ends[0], ends[1]))

    def record(self) -> dict[str, Any]:
        """The values of a node or a link that mean something, the first of each key that is not empty."""
        known: dict[str, Any] = {}
        for key, value in self.pairs("]"):
            if value.kind == "[":
                self.skip()
            elif key.text in _KEPT and known.get(key.text) in {None, ""}:
                known[key.text] = _value(key.text, value)
        return known

    def pairs(self, closing: _Kind) -> Iterator[tuple[_Token, _Token]]:
        """Each key with its value, or with the bracket that opens it, up to `closing`."""
        for key in self.tokens:
            if key.kind == closing:
                return
            if key.kind != "word" or not _KEY.fullmatch(key.text):
                what = "a key or ']'" if closing == "]" else "a key"
                raise self.fault(key, f"expected {what}, found {key}")
            value = next(self.tokens)
            if value.kind in {"]", "end"}:
                raise self.fault(value, f"expected a value of {shown(key.text)}, found {value}")
            yield key, value

    def skip(self) -> None:
        """Pass over the rest of a list, however deep the lists are inside."""
        depth = 1
        for token in self.tokens:
            if token.kind == "end":
                raise self.fault(token, f"expected ']', found {token}")
            depth += {"[": 1, "]": -1}.get(token.kind, 0)
            if depth == 0:
                return

    def split(self, text: str) -> Iterator[_Token]:
        line, offset, words = 1, 0, 0
        while offset < len(text):
            match = _TOKEN.match(text, offset)
            if match is None:
                raise self.fault(_Token("text", '"', line), "the text that begins here is never closed")
            found = match[0]
            if match.lastgroup == "word":
                yield _Token("word", found, line)
            elif match.lastgroup == "text":
                yield _Token("text", found[1:-1], line)
            elif match.lastgroup != "space":
                yield _Token("[" if found == "[" else "]", found, line)
            line += found.count("\n")
            words += match.lastgroup != "space"
            if words > MAX_WORDS:
                raise self.problems.refusal(
                    sentence(
                        "line {line}: more than the limit of {max_words} words",
                        line=line,
                        max_words=MAX_WORDS,
                    )
                )
            offset = match.end()
        yield _Token("end", "", line)

    def fault(self, token: _Token, text: str) -> Problems:
        return self.problems.refusal(sentence("not GML: line {line}: {given}", line=token.line, given=text))

    def report(self, token: _Token, text: str) -> None:
        self.problems.add_text(TOP, sentence("{given} (line {line})", given=text, line=token.line))

    def refuse_excess(self, token: _Token, links: int = 0) -> None:
        problem = self.parsed.excess(links)
        if problem:
            raise self.problems.refusal(sentence("line {line}: {problem}", line=token.line, problem=problem))


def _value(key: str, token: _Token) -> Any:
    """A value as it is meant: a text without its entities, a number as an id, all else as it is written."""
    if token.kind == "text":
        return _ENTITY.sub(lambda entity: html.unescape(entity[0]), token.text)
    if key not in LABELS and _INTEGER.fullmatch(token.text):
        return int(token.text.partition(".")[0])
    return token.text


FORMAT = Format("gml", "GML", (".gml",), reading_text_of_any_age(read_gml), gml_text)
