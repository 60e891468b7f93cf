r"""What a label in DOT says to the eye, on one line: escapes, records and HTML made plain text.

In a label `\N` is the node's id and `\G` the graph's name, and `\n`, `\l` and `\r` end a line (what Graphviz
calls an escString). A record's fields stand between `|`, `{` and `}`, each maybe with the name of a port in
`<` and `>`. Where the shape is no record these characters mean themselves.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from topowave.topology.limits import MAX_LABEL, MAX_NAME

RECORDS = {"record", "Mrecord"}
"""The shapes whose labels have fields."""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_RECORD = re.compile(r"\\.|<[^<>|{}]*>|[{}|][{}|\s]*+", re.DOTALL)
_ENTITY = re.compile(r"&(?:[0-9A-Za-z]{1,32}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_HTML = re.compile(
    r"""<!--.*?-->
    |</?\s*([A-Za-z]+)(?:[^"'<>]++|"[^"<>]*"|'[^'<>]*')*+>  # an attribute's value may hold the other quote
    |<[^<>]*>?                                         # whatever else looks like a tag, or was cut off
    """,
    re.VERBOSE | re.DOTALL,
)
_INLINE = {"b", "i", "u", "o", "s", "sub", "sup", "font"}
"""The tags of HTML-like labels that only change how text looks; all others end a line or a cell."""
_LINE_ENDS = {"n", "l", "r"}
_ENOUGH = 4 * MAX_NAME
"""So many characters of what a label says are enough: a name is cut at `MAX_NAME`."""


@dataclass(frozen=True, slots=True)
class Value:
    """The value of an attribute: its text as the file has it, and whether it is HTML."""

    text: str
    is_html: bool = False

    def plain(self) -> str:
        """The value as a text. Line breaks of the drawing become spaces; an unknown escape stays as it is."""
        if self.is_html:
            return self.text
        return _ESCAPE.sub(lambda escape: _PLAIN.get(escape[1], escape[0]), self.text)


_PLAIN = {"\\": "\\", **dict.fromkeys(_LINE_ENDS, " ")}


def label_text(label: Value, shape: str, node: str, graph: str) -> str:
    """Return what a node's label says, on one line, or "" if it says nothing.

    Args:
        label: as the file has it.
        shape: of the node.
        node: the node's id.
        graph: the graph's name, or "".
    """
    if label.is_html:
        text = html_text(label.text[1:-1][:MAX_LABEL])
    else:
        text = label.text[:MAX_LABEL]
        means = {"N": _short(node), "L": _short(node), "G": _short(graph)} | dict.fromkeys(_LINE_ENDS, "\n")

        def said(found: re.Match[str]) -> str:
            if found[0].startswith("\\"):
                return means.get(found[0][1], found[0][1])
            return "\n"  # between two fields, or a port, which is no part of the text

        text = _decoded(_said(_RECORD if shape in RECORDS else _ESCAPE, said, text))
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def _said(pattern: re.Pattern[str], said: Callable[[re.Match[str]], str], text: str) -> str:
    """Return `pattern.sub(said, text)`, or the beginning of it that is enough for a name.

    A default label of thousands of escapes is the label of every node: each would take milliseconds.
    """
    parts: list[str] = []
    at = visible = 0
    for found in pattern.finditer(text):
        parts += (text[at : found.start()], said(found))
        at = found.end()
        # An entity is up to 35 characters for one, so a part with a part of one counts nothing.
        visible += sum(len(part.strip()) for part in parts[-2:] if "&" not in part and ";" not in part)
        if visible > _ENOUGH:
            return "".join(parts)
    return "".join((*parts, text[at:]))


@lru_cache(maxsize=100)  # the default label of many nodes
def html_text(inside: str) -> str:
    """Return the text of an HTML-like label without its tags; cells and lines are lines of the text."""
    return _decoded(_HTML.sub(lambda tag: "" if (tag[1] or "").lower() in _INLINE else "\n", inside))


def _decoded(text: str) -> str:
    """The text with its entities, such as `&amp;` and `&#956;`, as characters."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _short(name: str) -> str:
    """A name to be put into a label, as often as that asks for it: cut, for it will be cut at the end."""
    return Value(name[: 2 * MAX_NAME]).plain()
