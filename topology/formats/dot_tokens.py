"""The words of a DOT file, one at a time: a reader never holds more than two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from topowave.topology.limits import MAX_WORDS
from topowave.topology.problems import ProblemList, Problems, shown
from topowave.translation import text as sentence

Kind: TypeAlias = Literal["link", "mark", "word", "number", "quoted", "html", "keyword", "end"]
NAMES = frozenset({"word", "number", "quoted", "html"})
"""The kinds of tokens that name something, or are the value of something."""
KEYWORDS = {"strict", "graph", "digraph", "node", "edge", "subgraph"}

_TOKEN = re.compile(
    r"""(?P<space>(?:\s++(?:\#[^\n]*+)?|//[^\n]*+|/\*.*?\*/(?:\#[^\n]*+)?)++)
    |(?P<comment>\#[^\n]*+)
    |(?P<link>--|->)
    |(?P<mark>[{}\[\]=;,:+])
    |(?P<quoted>"(?:[^"\\]++|\\.)*+")
    |(?P<number>-?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?))
    |(?P<word>[A-Za-z_\u0080-\uffff\U00010000-\U0010ffff]\w*+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANGLE = re.compile(r"<!--.*?-->|[<>]", re.DOTALL)
_LEXICAL_ESCAPE = re.compile(r'\\(\\|"|\r?\n)')


class Token(NamedTuple):
    """A word of the file.

    Attributes:
        kind: what it is.
        text: how it reads. Of a quoted one what stands between the quotes, with its escapes but for the
            quotes' own; of an HTML one all from `<` to `>`; of a keyword in small letters.
        offset: where it begins in the text.
        glued: whether it and the word before it are one to the eye, but not to DOT, as in `10.0.0.1`.
    """

    kind: Kind
    text: str
    offset: int
    glued: bool = False

    def is_keyword(self, *words: str) -> bool:
        """Whether it is one of these keywords."""
        return self.kind == "keyword" and self.text in words

    def __str__(self) -> str:
        return shown(self.text) if self.text else "the end of the file"


class Tokens:
    """The tokens of a text, with a view of the next two. Raises Problems where there is none."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._source = source
        self._taken = 0
        self._coming = self._split()
        self.next = next(self._coming)
        self.after_next = next(self._coming, self.next)

    def take(self) -> Token:
        """Return the next token and go on; the end stays."""
        taken = self.next
        self._taken += 1
        if self._taken > MAX_WORDS:
            raise self.fault(taken.offset, f"more than the limit of {MAX_WORDS} words")
        self.next = self.after_next
        self.after_next = next(self._coming, self.after_next)
        return taken

    def accept(self, mark: str) -> bool:
        """Take the next token if it is that mark."""
        if self.next.kind == "mark" and self.next.text == mark:
            self.take()
            return True
        return False

    def expect(self, mark: str) -> None:
        """Take the next token, which has to be that mark."""
        if not self.accept(mark):
            raise self.fault(self.next.offset, f"expected '{mark}', found {self.next}")

    def fault(self, offset: int, text: str) -> Problems:
        """What is wrong, with its line and column."""
        line = self._text.count("\n", 0, offset) + 1
        column = offset - self._text.rfind("\n", 0, offset)
        return ProblemList(self._source).refusal(
            sentence("not DOT: line {line}, column {column}: {given}", line=line, column=column, given=text)
        )

    def _split(self) -> Iterator[Token]:
        text, offset = self._text, 0
        before = ""  # the kind of what ends where the next token begins
        while offset < len(text):
            if text[offset] == "<":
                end = self._end_of_html(offset)
                yield Token("html", text[offset:end], offset)
                offset, before = end, "html"
                continue
            match = _TOKEN.match(text, offset)
            kind = match and str(match.lastgroup)
            if match is None or (kind == "comment" and before in NAMES):
                raise self.fault(
                    offset, f"found {shown(text[offset])}, which begins nothing in DOT{_hint(before)}"
                )
            found = match[0]
            if kind == "quoted":
                yield Token("quoted", _LEXICAL_ESCAPE.sub(_lexical, found[1:-1]), offset)
            elif kind == "word" and found.lower() in KEYWORDS:
                yield Token("keyword", found.lower(), offset, before == "number")
            elif kind == "word":
                yield Token("word", found, offset, before == "number")
            elif kind == "number":
                yield Token("number", found, offset, before in {"number", "word", "keyword"})
            elif kind == "link":
                yield Token("link", found, offset)
            elif kind == "mark":
                yield Token("mark", found, offset)
            before = str(kind)
            offset = match.end()
        yield Token("end", "", len(text))

    def _end_of_html(self, start: int) -> int:
        """Where the `>` ends that closes the `<` at `start`; comments inside may hold any number of both."""
        depth = 0
        for match in _ANGLE.finditer(self._text, start):
            depth += {"<": 1, ">": -1}.get(match[0], 0)
            if depth == 0 and match[0] == ">":
                return match.end()
        raise self.fault(start, "the '<' is never closed")


def _lexical(escape: re.Match[str]) -> str:
    """What DOT itself makes of an escape: a quote, a line that goes on; a backslash is left to the label."""
    found = escape[1]
    return '"' if found == '"' else "\\\\" if found == "\\" else ""


def _hint(before: str) -> str:
    return "; names with such characters stand in quotes" if before in NAMES else ""
