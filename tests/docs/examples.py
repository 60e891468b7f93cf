"""Reads the examples out of the documentation: fenced `console` blocks with commands and what they print.

A line that begins with `$ ` is a command, the lines below it are its output; `...` stands for anything.
Blocks marked `console no-run` are shown only: they start a lab, or need one that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```console[ \t]*$\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One command of a page, and what it prints."""

    command: str
    output: str

    def matches(self, printed: str) -> bool:
        """Whether `printed` is what the page promises."""
        pattern = ".*?".join(re.escape(part) for part in _plain(self.output).split("..."))
        return re.fullmatch(pattern, _plain(printed), re.DOTALL) is not None


def pages() -> list[Path]:
    """Return every page that has examples, README first."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if page.exists() and _BLOCK.search(page.read_text("utf-8"))]


def examples(page: Path) -> Iterator[Example]:
    """Yield the examples of a page, in order."""
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = f"{command[:-1]} {more.strip()}"
            yield Example(command, output)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
