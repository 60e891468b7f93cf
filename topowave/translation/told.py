"""Sentences as JSON: the code and the parameters of each, by which they are said in another language.

A sentence that stands in another one, or in a list of several, has its English text beside them, so that one
which no catalog has is still said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from topowave.translation.text import Text


class Several(tuple[str, ...]):
    """Names that follow each other in one sentence: `text("missing: {nodes}", nodes=Several(names))`."""

    __slots__ = ()
    between = ", "

    def __str__(self) -> str:
        """Write one after the other."""
        return self.between.join(map(str, self))

    def __format__(self, form: str) -> str:
        """Write them into a template."""
        return format(str(self), form)


class Sentences(Several):
    """Sentences that follow each other in one: `text("{problems}", problems=Sentences(problems))`."""

    __slots__ = ()
    between = "; "


def told(sentence: str | None) -> dict[str, Any] | None:
    """Return the code and the parameters of a sentence; None of one that has none."""
    if not isinstance(sentence, Text):
        return None
    return {
        "code": sentence.code,
        "parameters": {name: _part(value) for name, value in sentence.parameters.items()},
    }


def told_of(**sentences: str | Sequence[str] | None) -> dict[str, Any]:
    """Return the code and the parameters of an object's sentences, by the names of its members.

    Of a member that is a list it is a list, where any of it has a code. Members without one are left out.
    """
    found: dict[str, Any] = {}
    for name, said in sentences.items():
        if said is None or isinstance(said, str):
            one = told(said)
            if one is not None:
                found[name] = one
        elif any(isinstance(each, Text) for each in said):
            found[name] = [told(each) for each in said]
    return found


def retold(english: str, code: str | None, parameters: Mapping[str, object]) -> str:
    """Return a sentence that came as JSON, with its code and parameters; as it is where it has none."""
    return english if code is None else Text(code, _plain(english), parameters)


def _plain(english: str) -> str:
    """Return a template that says just this."""
    return english.replace("{", "{{").replace("}", "}}")


def _part(value: object) -> object:
    if isinstance(value, Text):
        return {**(told(value) or {}), "text": str(value)}
    if isinstance(value, Sentences):
        return [_part(each if isinstance(each, Text) else Text(each, _plain(each), {})) for each in value]
    if isinstance(value, list | tuple):
        return [_part(each) for each in cast("Iterable[object]", value)]
    if value is None or isinstance(value, bool | int | float | dict):  # a sentence that came as JSON is one
        return cast("object", value)
    return str(value)
