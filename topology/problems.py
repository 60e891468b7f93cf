"""What is wrong with a file: every problem on a line of its own, with its place.

A reader collects problems instead of stopping at the first one, so that a file can be corrected in one go:

    topology.json: children[1].port: 70000 is not a port; expected an integer from 1 to 65535 (line 9)
"""

from __future__ import annotations

import difflib
import errno
import json
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass

from topowave.short_text import short_sentence
from topowave.topology.limits import MAX_PROBLEMS
from topowave.translation import sentence_of
from topowave.translation import text as sentence

LONGEST_SHOWN = 48
"""Most characters of a bad value that are repeated in a message."""
DEEPEST_SHOWN = 12
"""Most steps of a path that are written out; of a longer one the middle is left out."""
MOST_COMPARED = 1_000
"""Most candidates that are compared for a "did you mean"."""


FAILED_WRITES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What happens to a file that could be opened: a full disk, no room left for this user, a broken disk."""


class Problems(Exception):  # noqa: N818 - it is a list of problems, and reads as one
    """A file or a description was refused.

    `problems` holds one line per problem, each with the file and the place in it; at most `MAX_PROBLEMS`,
    then a line that counts the rest.
    """

    def __init__(self, problems: Collection[str]) -> None:
        self.problems: tuple[str, ...] = tuple(map(short_sentence, problems))
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[Problems], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class WriteFailedError(Problems):
    """Something could not be written though nothing is wrong with what was asked: the disk is full."""


def cannot_write(path: str | os.PathLike[str], error: Exception) -> Problems:
    """Return the refusal of a file that cannot be written, or what says that writing it has failed."""
    failed = isinstance(error, OSError) and error.errno in FAILED_WRITES
    kind = WriteFailedError if failed else Problems
    reason = getattr(error, "strerror", None) or error
    return kind([sentence("{path}: cannot be written: {reason}", path=os.fspath(path), reason=str(reason))])


def no_json(path: str | os.PathLike[str], error: ValueError | RecursionError) -> Problems:
    """Return the refusal of a file that is no JSON, by what the standard library says of it."""
    why: str
    if isinstance(error, json.JSONDecodeError):
        why = sentence(
            "{why} (line {line}, column {column})", why=error.msg, line=error.lineno, column=error.colno
        )
    elif isinstance(error, RecursionError):
        why = sentence("it is nested too deeply")
    else:
        why = sentence_of(error)
    return Problems([sentence("{path}: is not JSON: {error}", path=os.fspath(path), error=why)])


class InPieces(Problems):
    """A network is in pieces. Whoever offers to take the largest says so with `suggesting`."""

    def suggesting(self, how: str) -> Problems:
        """The same refusal, with what can be done about it."""
        return Problems([sentence("{problem} ({how})", problem=each, how=how) for each in self.problems])


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A position inside nested data, such as `children[1].port`; made step by step from `TOP`.

    It is a linked list from the inside out: a step down costs the same at any depth, and a path is
    only written out when a problem is reported about it.
    """

    parent: JsonPath | None = None
    step: str | int = ""

    def at(self, step: str | int) -> JsonPath:
        """The path one step further in: a key of an object or an index of a list."""
        return JsonPath(self, step)

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The keys and indexes from the top to here."""
        found: list[str | int] = []
        path = self
        while path.parent is not None:
            found.append(path.step)
            path = path.parent
        return tuple(reversed(found))

    def __str__(self) -> str:
        steps = self.steps
        if len(steps) <= DEEPEST_SHOWN:
            return _written(steps)
        left_out = len(steps) - DEEPEST_SHOWN
        head, tail = steps[: DEEPEST_SHOWN // 2], steps[-(DEEPEST_SHOWN // 2) :]
        return f"{_written(head)}...({left_out} steps)...{_written(tail).removeprefix('.')}"


TOP = JsonPath()
"""The outermost value."""


def _written(steps: tuple[str | int, ...]) -> str:
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            plain = step.isidentifier() and step.isascii() and len(step) <= LONGEST_SHOWN
            key = step if plain else shown(step)
            text += f".{key}" if text else key
    return text


class ProblemList:
    """Collects what is wrong with one source.

    `source` is the file's name as the user gave it ("" for none); `line_of` gives the line of a path where
    the source is a text.
    """

    def __init__(self, source: str, line_of: Callable[[JsonPath], int | None] | None = None) -> None:
        self.source = source
        self._line_of = line_of
        self._lines: list[str] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, path: JsonPath, text: str) -> None:
        """Record one problem at a path."""
        line = self.line(path)
        self.add_text(
            path, text if line is None else sentence("{problem} (line {line})", problem=text, line=line)
        )

    def add_text(self, path: JsonPath, text: str) -> None:
        """Record one problem whose text already says where in the file it is."""
        self._count += 1
        if self._count <= MAX_PROBLEMS:
            self._lines.append(_at(": ".join(part for part in (self.source, str(path)) if part), text))

    def line(self, path: JsonPath) -> int | None:
        """The line of a path in the source, if it has lines."""
        return self._line_of(path) if self._line_of else None

    def refusal(self, text: str) -> Problems:
        """One problem of the source as a whole, to be raised at once."""
        return Problems([_at(self.source, text)])

    def raise_if_any(self) -> None:
        """Raise `Problems` if anything was recorded."""
        if self._count == 0:
            return
        lines = list(self._lines)
        if self._count > MAX_PROBLEMS:
            lines.append(_at(self.source, sentence("... and {more} more", more=self._count - MAX_PROBLEMS)))
        raise Problems(lines)


def _at(place: str, problem: str) -> str:
    """Return a problem with its place before it, if there is one."""
    return sentence("{place}: {problem}", place=place, problem=problem) if place else problem


def shown(value: object) -> str:
    """A found value as a message shows it: as JSON writes it, short, on one line, safe to print."""
    if isinstance(value, dict):
        return sentence("an object")
    if isinstance(value, list):
        return sentence("a list")
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "..."
        quoted = json.dumps(cut, ensure_ascii=False)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in quoted)
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    if isinstance(value, int) and abs(value) >= 10**LONGEST_SHOWN:
        return sentence("a huge integer")
    return str(value)


def did_you_mean(word: str, candidates: Collection[str]) -> str:
    """The end of a message about an unknown word: `; did you mean "port"?`, or nothing."""
    if len(candidates) > MOST_COMPARED or len(word) > LONGEST_SHOWN:
        return ""
    near = difflib.get_close_matches(word, candidates, n=1)
    near = near or [name for name in candidates if name.casefold() == word.casefold()]
    return sentence("; did you mean {word}?", word=shown(near[0])) if near else ""
