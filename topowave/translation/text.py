"""An English sentence that knows how it was made, so that somebody else can say it in another language.

`text("{node} was killed", node="amber")` is the string "amber was killed": whatever takes a string takes it,
and whoever knows no languages need not know that it is more. What it is made of goes along as its code, the
template by which catalogs find the sentence, and its parameters. So the sentence stands where it is raised,
as gettext's does, and whoever shows it to people translates it: the command line, or the page, which gets
code and parameters over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString, Self


class Text(str):
    """A sentence in English, its code and what is put into it.

    Attributes:
        code: the template in English with the names of its parameters in braces, by which catalogs find it.
        parameters: what is put into it: numbers, strings as they are, and other sentences (Text).
    """

    __slots__ = ("_english", "code", "parameters")

    _english: str
    code: str
    parameters: Mapping[str, object]

    def __new__(cls, code: str, english: str, parameters: Mapping[str, object]) -> Self:
        """Make a sentence whose English form is `english`; `text` and `counted` are the usual ways."""
        made = super().__new__(cls, english.format_map(parameters))
        made._english = english
        made.code = code
        made.parameters = parameters
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, object]]:  # type: ignore[override]
        """Say how it is made again, where it is copied or goes to another process."""
        return self.code, self._english, self.parameters


def text(template: LiteralString, /, **parameters: object) -> Text:
    """Return a sentence.

    Args:
        template: in English, with the names of the parameters in braces.
        parameters: what is put in their places.
    """
    return Text(template, template, parameters)


def counted(one: LiteralString, other: LiteralString, /, count: int, **parameters: object) -> Text:
    """Return a sentence that depends on a number, such as "1 node joined" and "3 nodes joined".

    Args:
        one: the template for the number 1.
        other: the template for any other number, which is the sentence's code.
        count: the number, in the templates `{count}`.
        parameters: what else is put in.
    """
    return Text(other, one if count == 1 else other, {"count": count, **parameters})


def received(english: str, code: str, parameters: Mapping[str, object]) -> Text:
    """Return a sentence that came from another program, with its English form as that program made it."""
    return Text(code, english.replace("{", "{{").replace("}", "}}"), parameters)


def sentence_of(error: BaseException) -> str:
    """Return what an error says: the sentence with which it was raised, or its text."""
    said: object = error.args[0] if error.args else None
    return said if isinstance(said, Text) and said == str(error) else str(error)


def in_json(value: object) -> object:
    """Return a sentence as JSON has it, for an encoder that knows plain strings only (its `enc_hook`)."""
    if isinstance(value, Text):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")
