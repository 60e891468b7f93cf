"""Reads the examples out of the documentation: fenced `console` blocks with commands and what they print.

A line that begins with `$ ` is a command, the lines below it are its output; `...` stands for anything.
A block marked `python NAME.py` is a file that the commands below it use.
Blocks marked `console no-run` are shown only: they start a lab, or need one that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^```(?:console|python[ \t]+(\w+\.py))[ \t]*$\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL
)


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
    """Return every page that has examples, README first; Russian ones have the same (test_russian)."""
    written = sorted((ROOT / "docs").rglob("*.md"))
    found = [ROOT / "README.md", *(page for page in written if ROOT / "docs" / "ru" not in page.parents)]
    return [page for page in found if page.exists() and _BLOCK.search(page.read_text("utf-8"))]


def examples(page: Path) -> Iterator[Example]:
    """Yield the examples of a page, in order."""
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        if block[1] is not None:
            yield Example(f"cat > {block[1]} <<'END_OF_FILE'\n{block[2]}END_OF_FILE", "")
            continue
        for part in re.split(r"^\$ ", block[2], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = f"{command[:-1]} {more.strip()}"
            yield Example(command, output)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
