"""One line of an edge list: which two names it joins, however they are set apart.

People write `a b`, `a, b`, `a; b`, `a: b`, `a -> b`, `"a" "b"`, `(a, b)`, and a weight or dictionary behind.
A line is read in every way that there is, and a way counts only if it makes two sensible names; so a comma is
never part of a name by mistake. Where more than one is left, the file's other lines decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import punctuation
from typing import TypeAlias

Ends: TypeAlias = tuple[str, str]

_SEPARATORS = {
    "space": re.compile(r"\s+"),
    "comma": re.compile(r"\s*,\s*"),
    "semicolon": re.compile(r"\s*;\s*"),
    "bar": re.compile(r"\s*\|\s*"),
    "colon": re.compile(r"\s*:\s+|\s+:\s*"),
    "dash": re.compile(r"\s+(?:-|--|\u2013|\u2014)\s+"),
    "arrow": re.compile(r"\s+(?:->|-->|=>|<->|\u2192)\s+"),
}
_WITHOUT_SPACE = {"dash": re.compile(r"--"), "arrow": re.compile(r"->|=>|\u2192")}
"""How the same look in a line without any space: there a single dash is part of a name."""

_NUMBER = re.compile(r"[-+0-9.,eE]+")
"""What may follow the two names: a weight, or maybe the time of the link."""
_DICTIONARY = re.compile(r"[\s,;]+\{.*")
"""What networkx writes behind the two names."""
_COMMENT = re.compile(r"\s+(?:#|//).*")
_ENDS_IN_NUMBER = re.compile(r".*\s[-+0-9.eE]+")
_QUOTED = re.compile(r"""(?<![^\s,;:|(\[>-])(?:"((?:[^"]|"")*+)"|'([^']*+)')(?=[\s,;:|)\]<=-]|$)""")
_SINGLE_QUOTED = re.compile(r"\A'(.+)'\Z")
_QUOTE = "\0"
"""Stands for a quoted text while a line is taken apart."""
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read a line.

    Attributes:
        ends: the two names.
        separator: what stands between them, by its name.
        weighted: whether a number follows them, which is passed over.
    """

    ends: Ends
    separator: str
    weighted: bool


def readings(line: str) -> list[Reading]:
    """Return every way to read a line that is neither empty nor a comment; none if it is no link."""
    if _QUOTE in line:
        return []
    by_tabs = _by_tabs(line)
    if by_tabs:
        return [by_tabs]
    return _by_other_separators(_COMMENT.sub("", line, count=1)) or _by_other_separators(line)


def _by_tabs(line: str) -> Reading | None:
    """The reading of fields with tabs between them, whose names may hold anything else."""
    fields = [_SINGLE_QUOTED.sub(r"\1", field.strip()) for field in line.split("\t")]
    comment = next((at for at, field in enumerate(fields) if at > 1 and field.startswith("#")), len(fields))
    return _reading(fields[:comment], [], "tab") if comment > 1 else None


def _by_other_separators(line: str) -> list[Reading]:
    texts: list[str] = []

    def put_aside(quoted: re.Match[str]) -> str:
        texts.append(quoted[1].replace('""', '"') if quoted[1] is not None else quoted[2])
        return _QUOTE

    masked = _QUOTED.sub(put_aside, line).strip().rstrip(",;")
    inside = _without_brackets(masked)
    inside = _DICTIONARY.sub("", masked if inside is None else inside).strip()
    separators = _SEPARATORS if " " in inside or "\t" in inside else {**_SEPARATORS, **_WITHOUT_SPACE}
    found = (_reading(each.split(inside), texts, name) for name, each in separators.items())
    return [reading for reading in found if reading]


def _without_brackets(text: str) -> str | None:
    """What stands in the one pair of brackets around a text, as in `(a, b)`, or None if there is none."""
    if len(text) < 2 or _BRACKETS.get(text[0]) != text[-1]:
        return None
    inside = text[1:-1]
    return inside if _is_balanced(inside) else None


def _is_balanced(text: str) -> bool:
    """Whether every bracket that opens is closed again."""
    open_ones: list[str] = []
    for character in text:
        if character in _BRACKETS:
            open_ones.append(_BRACKETS[character])
        elif character in ")]}" and (not open_ones or open_ones.pop() != character):
            return False
    return not open_ones


def _reading(fields: list[str], texts: list[str], separator: str) -> Reading | None:
    """The reading of a line's fields, or None if they are not two sensible names and maybe a number."""
    rest = [field for field in fields[2:] if not field.startswith("{")]
    if len(fields) < 2 or not all(_NUMBER.fullmatch(field) for field in rest):
        return None
    if len(rest) > 1 and separator != "tab":
        return None  # a node and all its neighbours, most probably
    quoted = iter(texts)
    one, other = (_name(field, quoted, separator) for field in fields[:2])
    if not one or not other or (separator == "colon" and " " in fields[1]):
        return None
    if separator != "tab" and not rest and _ENDS_IN_NUMBER.fullmatch(fields[1]):
        # `lake, river 3` is most probably a name and a weight; of `room 1, room 2` that cannot be said
        return Reading((one, other), separator, False) if _ENDS_IN_NUMBER.fullmatch(fields[0]) else None
    return Reading((one, other), separator, bool(rest))


def _name(field: str, quoted: Iterator[str], separator: str) -> str | None:
    """The name that a field is, or None if it is none; what was put aside as quoted is taken in turn."""
    if _QUOTE in field:
        return next(quoted).strip() if field == _QUOTE else None
    return field if _is_sensible(field, separator) else None


def _is_sensible(name: str, separator: str) -> bool:
    """Whether a name that stands in no quotes holds none of the marks that would stand around it."""
    if not name or all(character in punctuation for character in name):
        return False
    if name[-1] in ",;:|" or name[0] in ',;:|"' or not _is_balanced(name):
        return False
    if separator == "comma" and ";" in name:
        return False
    return separator == "tab" or "\t" not in name
