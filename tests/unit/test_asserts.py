"""An `assert` of the program does nothing: under `python -O` there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import topowave

PACKAGE = Path(topowave.__file__).parent
ROOMS = [PACKAGE, *(PACKAGE / link for link in ("topology", "nodes", "balancer"))]
HARMLESS = {"isinstance", "callable", "len", "all", "any", "set"}
"""Functions that an `assert` may call."""


def calls_in_asserts(text: str) -> Iterator[str]:
    """Yield the functions that asserts call, as they are written."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            yield from (ast.unparse(each.func) for each in ast.walk(node.test) if isinstance(each, ast.Call))


def test_no_assert_calls_what_might_do_something() -> None:
    files = {path for room in ROOMS for path in room.rglob("*.py")}
    assert len(files) > 200
    found = {path: set(calls_in_asserts(path.read_text("utf-8"))) - HARMLESS for path in files}
    assert {str(path): calls for path, calls in found.items() if calls} == {}


def test_such_a_call_is_found() -> None:
    assert list(calls_in_asserts("assert isinstance(x, int) and self._follow(x)")) == [
        "isinstance",
        "self._follow",
    ]
