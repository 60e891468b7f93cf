"""Finding out which sentence a plain text is, where its code and parameters could not come along with it.

The journal, the line from a script's process and a frame of a link carry text, and what a library raises is
text. Whoever says such a text in another language compares it with the templates of `PLAIN_PARTS`:
`{script}: it did not return within {seconds} s` is a sentence with two parameters, each of which may be one
as well. What fits none is somebody's own words, and stays as it is. The page does the same
(`frontend/src/i18n/plain.ts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from string import Formatter

from topowave.translation.text import Text, received

PLAIN_PARTS = ("plain", "runtime", "topology", "cli_plain")
"""The catalogs whose templates are compared with texts."""
LEAST_SAID = 8
"""Fewest characters beside its parameters of a template that is compared: `{what}: {why}` fits everything."""
PLAIN_CHARS = 2000
"""Most characters of a text that is compared with templates: a longer one is no sentence."""


_COUNT = r"\d[\d,]*"


class Plain:
    """The templates by which plain texts are known; of two that fit, the one that says more itself counts."""

    def __init__(self, templates: Iterable[str]) -> None:
        saying = (template for template in templates if _said(template) >= LEAST_SAID)
        by_said = sorted(saying, key=lambda template: (-_said(template), template))
        self._templates = [(_longest(template), template) for template in by_said]

    def sentence(self, english: str) -> Text | None:
        """Return the sentence that a text is; None of one that fits no template."""
        if len(english) > PLAIN_CHARS:
            return None
        for literal, template in self._templates:
            if literal in english and (found := _pattern(template).fullmatch(english)):
                return received(english, template, _parameters(template, found.groupdict()))
        return None


def _parameters(template: str, found: dict[str, str]) -> dict[str, object]:
    """Return what stands in the places: numbers where those are written, and without quotes what `!r` has."""
    read = dict(found)
    numbers: dict[str, object] = {}
    for _, name, form, conversion in Formatter().parse(template):
        if name is None:
            continue
        if form or name == "count":
            numbers[name] = _number(found[name])
        elif conversion == "r":
            read[name] = found[name].strip("'")
    return {**read, **numbers}


def _number(said: str) -> int | float | str:
    plain = said.replace(",", "")
    try:
        return int(plain) if plain.isdecimal() else float(plain)
    except ValueError:
        return said


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            again = f"(?P<{name}>" in "".join(parts)
            parts.append(f"(?P={name})" if again else f"(?P<{name}>{_COUNT if name == 'count' else '.+?'})")
    return re.compile("".join(parts), re.DOTALL)


def _literals(template: str) -> list[str]:
    return [literal for literal, _, _, _ in Formatter().parse(template)]


def _said(template: str) -> int:
    return sum(map(len, _literals(template)))


def _longest(template: str) -> str:
    return max(_literals(template), key=len)
