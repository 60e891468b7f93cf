"""Scripts to try the engine with: each a file of its own with `module()`, as a user would write it.

`topowave engine run NAME` takes them by name; `topowave engine examples` lists them.
"""

from __future__ import annotations

import ast
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Where the scripts are."""


def examples() -> dict[str, Path]:
    """Return the scripts by name, in alphabetical order."""
    return {file.stem: file for file in sorted(FOLDER.glob("*.py")) if file.name != "__init__.py"}


def summary(file: Path) -> str:
    """Return the first line of a script's description."""
    return _description(file).partition("\n")[0]


def parameters(file: Path) -> str:
    """Return what a script's description says of its params, in one line; "" where it says nothing."""
    paragraphs = (" ".join(text.split()) for text in _description(file).split("\n\n"))
    return next((text.removeprefix("Params: ") for text in paragraphs if text.startswith("Params: ")), "")


def _description(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
