"""Every event that a program of a lab logs is in the list of the reference, with its keys."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
FOLDERS = ("balancer", "nodes", "topowave/orchestrator")
STRUCTURED = {"fields", "bounded_fields"}


def events() -> Iterator[tuple[str, set[str]]]:
    """Yield the fixed text of each line at level info or debug, and its keys."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                match call:
                    case ast.Call(
                        func=ast.Attribute(attr="info" | "debug"),
                        args=[ast.Constant(value=str(text))],
                        keywords=[ast.keyword(arg="extra", value=ast.Call(func=ast.Name(id=name)) as extra)],
                    ) if name in STRUCTURED:
                        yield text, {each.arg for each in extra.keywords if each.arg is not None}
                    case _:
                        pass


def test_every_event_is_in_the_reference_with_its_keys() -> None:
    found = list(events())
    assert len(found) > 8
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 4]
    for text, keys in found:
        said = [row for row in rows if f"`{text}`" in row.split("|")[1]]
        assert said, f"docs/reference/commands.md does not name the event {text!r}"
        assert [key for key in keys if f"`{key}`" not in said[0]] == []
