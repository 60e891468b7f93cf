"""Finds the sentences that the sources make: calls of `text` and `counted`, by whatever name a file has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "topowave"
_MAKERS = {"text": 1, "counted": 2}
"""How many templates each function takes that makes a sentence."""


@dataclass(frozen=True)
class Sentence:
    """A call that makes a sentence.

    Attributes:
        code: by which catalogs find it.
        parameters: the names of what is put in.
        has_forms: whether it depends on a number.
        place: the file and the line.
    """

    code: str
    parameters: frozenset[str]
    has_forms: bool
    place: str


def sentences_in(file: Path) -> Iterator[Sentence]:
    """Yield what a file makes, in order."""
    source = file.read_text("utf-8")
    if "topowave.translation" not in source:
        return
    tree = ast.parse(source)
    makers = {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "topowave.translation"
        for name in node.names
        if name.name in _MAKERS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers:
            yield _sentence(node, makers[node.func.id], f"{file.relative_to(PACKAGE.parent)}:{node.lineno}")


def _sentence(call: ast.Call, maker: str, place: str) -> Sentence:
    template = call.args[_MAKERS[maker] - 1]
    assert isinstance(template, ast.Constant), f"{place}: a template is no plain string"
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    has_forms = maker == "counted"
    return Sentence(
        str(template.value), frozenset(names | ({"count"} if has_forms else set())), has_forms, place
    )
