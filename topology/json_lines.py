"""JSON text to plain data that still knows its lines.

The standard reader forgets where a value stood, keeps the last of two equal keys without a word, takes NaN,
and overflows on deep nesting. A topology is written by hand and nested by nature, so here is a reader that
walks the text with a stack of its own and remembers the place of every value. It takes some twenty times as
long. So the standard reader comes first, told to refuse whatever the walk would report; the text is walked
only if it was refused, or when somebody asks for a line: where there is something to report.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from topowave.topology.limits import MAX_VALUES
from topowave.topology.problems import TOP, JsonPath, ProblemList, Problems, shown
from topowave.translation import text as sentence

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"-?[A-Za-z_][A-Za-z_0-9]*")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400

Container = dict[str, Any] | list[Any]


@dataclass(frozen=True)
class Document:
    """Data that was read from a text, and where in the text each value stands."""

    data: Any
    _text: str

    def line(self, path: JsonPath) -> int | None:
        """The line (from 1) of a path in `data`; of its nearest outer value where it does not exist."""
        places = self._places
        value, offset = places.data, 0
        for step in path.steps:
            found = places.offsets.get((id(value), step))
            if found is None:
                break
            value, offset = value[step], found
        return bisect_right(places.line_starts, offset)

    @cached_property
    def _places(self) -> Places:
        return walk_json(self._text, "")


@dataclass(frozen=True)
class Places:
    """What the walk found: the data again, and where in the text each of its values stands."""

    data: Any
    line_starts: list[int]
    offsets: dict[tuple[int, str | int], int]


def parse_json(text: str, source: str) -> Document:
    """Read a JSON text.

    Args:
        text: the text.
        source: the file's name, for messages.

    Raises:
        Problems: it is not JSON (with line and column), an object has a key twice (each named), or there are
            more than `MAX_VALUES` values.
    """
    most_values = text.count(",") + text.count("[") + text.count("{") + 1
    if most_values <= MAX_VALUES:
        with suppress(ValueError, RecursionError):
            return Document(_decoder().decode(text), text)
    return Document(walk_json(text, source).data, text)


def _decoder() -> json.JSONDecoder:
    """The standard reader; where the walk might have something to report it raises ValueError."""
    return json.JSONDecoder(
        object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
    )


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError(sentence("a key twice"))
    return found


def _constant(word: str) -> float:
    raise ValueError(word)


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(digits)
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if len(digits) > _LONGEST_NUMBER or not math.isfinite(value):
        raise ValueError(digits)
    return value


def walk_json(text: str, source: str) -> Places:
    """Read a JSON text value by value: data and problems as of `parse_json`, and all places."""
    return _Walker(text, source).read()


class _Walker:
    """One pass over the text, with a stack of its own instead of recursion."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.position = 0
        self.values = 0
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.offsets: dict[tuple[int, str | int], int] = {}
        self.stack: list[tuple[Container, str | int]] = []  # open containers, each with its current step
        self.dropped: list[Any] = []  # of a key that came twice: kept alive, so that no id() is used again
        self.problems = ProblemList(source)
        self.source = source

    def read(self) -> Places:
        self.skip_space()
        if self.position == len(self.text):
            raise ProblemList(self.source).refusal(sentence("the file is empty; expected JSON"))
        value = self.read_value()
        self.skip_space()
        if self.position < len(self.text):
            raise self.fault(f"expected nothing after the end of the data, found {self.found()}")
        self.problems.raise_if_any()
        return Places(value, self.line_starts, self.offsets)

    def read_value(self) -> Any:
        """Read one value, however deep, without recursion."""
        while True:
            opened, value = self.open_or_scalar()
            if opened:
                continue
            while self.stack:
                container, step = self.stack[-1]
                if isinstance(container, list):
                    container.append(value)
                else:
                    self.dropped.append(container.get(str(step)))
                    container[str(step)] = value
                if self.more_in(container, step):
                    break
                self.stack.pop()
                value = container
            else:
                return value

    def open_or_scalar(self) -> tuple[bool, Any]:
        """Open a container that is not empty (True), or read a whole value (False)."""
        self.skip_space()
        self.values += 1
        if self.values > MAX_VALUES:
            raise ProblemList(self.source).refusal(
                sentence("holds more than the limit of {max_values} values", max_values=MAX_VALUES)
            )
        if self.stack and isinstance(self.stack[-1][0], list):
            self.offsets[id(self.stack[-1][0]), self.stack[-1][1]] = self.position
        opening = self.text[self.position : self.position + 1]
        if opening == "{":
            self.position += 1
            members: dict[str, Any] = {}
            if self.accept("}"):
                return False, members
            self.stack.append((members, ""))
            self.read_key(members)
            return True, None
        if opening == "[":
            self.position += 1
            items: list[Any] = []
            if self.accept("]"):
                return False, items
            self.stack.append((items, 0))
            return True, None
        return False, self.read_scalar()

    def more_in(self, container: Container, step: str | int) -> bool:
        """After a value: go on to the next one of the same container (True) or leave it (False)."""
        closing = "]" if isinstance(container, list) else "}"
        if self.accept(closing):
            return False
        if not self.accept(","):
            raise self.fault(f"expected ',' or '{closing}', found {self.found()}")
        self.skip_space()
        if self.text.startswith(closing, self.position):
            raise self.fault(f"expected another value after ',', found '{closing}'")
        if isinstance(container, dict):
            self.read_key(container)
        else:
            self.stack[-1] = (container, int(step) + 1)
        return True

    def read_key(self, members: dict[str, Any]) -> None:
        self.skip_space()
        start = self.position
        if not self.text.startswith('"', start):
            raise self.fault(f"expected a key in double quotes, found {self.found()}")
        key = self.read_string()
        first = self.offsets.get((id(members), key))
        self.stack[-1] = (members, key)
        if first is None:
            self.offsets[id(members), key] = start
        else:
            self.twice(first, start)
        if not self.accept(":"):
            raise self.fault(f"expected ':' after the key {shown(key)}, found {self.found()}")

    def twice(self, first: int, second: int) -> None:
        path = TOP
        for _, step in self.stack:
            path = path.at(step)
        lines = f"line {self.line_at(second)}, first in line {self.line_at(first)}"
        self.problems.add_text(path, sentence("the key appears twice ({lines})", lines=lines))

    def read_scalar(self) -> Any:
        start = self.position
        if self.text.startswith('"', start):
            return self.read_string()
        if word := _WORD.match(self.text, start):
            if word[0] not in _WORDS:
                raise self.fault(f"expected a value, found {shown(word[0])}, which is not JSON")
            self.position = word.end()
            return _WORDS[word[0]]
        number = _NUMBER.match(self.text, start)
        if number is None:
            raise self.fault(f"expected a value, found {self.found()}")
        if number.end() - start > _LONGEST_NUMBER:
            raise self.fault(f"a number of {number.end() - start} characters is too long")
        value = json.loads(number[0])
        if not math.isfinite(value):
            raise self.fault(f"the number {shown(number[0])} is too large")
        self.position = number.end()
        return value

    def read_string(self) -> str:
        token = _STRING.match(self.text, self.position)
        if token is None:
            raise self.fault("the string has no closing quote on its line, or a control character in it")
        try:
            value = json.loads(token[0])
        except json.JSONDecodeError as error:
            self.position += error.pos
            raise self.fault(f"bad escape in a string: {error.msg}") from error
        self.position = token.end()
        return str(value)

    def skip_space(self) -> None:
        space = _SPACE.match(self.text, self.position)
        self.position = space.end() if space else self.position

    def accept(self, mark: str) -> bool:
        self.skip_space()
        if self.text.startswith(mark, self.position):
            self.position += 1
            return True
        return False

    def found(self) -> str:
        character = self.text[self.position : self.position + 1]
        return shown(character) if character else "the end of the file"

    def line_at(self, offset: int) -> int:
        return bisect_right(self.line_starts, offset)

    def fault(self, text: str) -> Problems:
        line = self.line_at(self.position)
        column = self.position - self.line_starts[line - 1] + 1
        return ProblemList(self.source).refusal(
            sentence("not JSON: line {line}, column {column}: {given}", line=line, column=column, given=text)
        )
