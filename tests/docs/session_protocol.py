"""The table of asks in `docs/reference/session-protocol.md`, as the sources say them.

python -m tests.docs.session_protocol
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import msgspec

from topowave.sessions.protocol import ASKS, Ask

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "session-protocol.md"
BEGIN, END = "<!-- asks: begin -->\n", "<!-- asks: end -->\n"
COMMON = {"id", "language"}


def rows() -> Iterator[str]:
    """Yield the lines of the table: every ask with its fields; those that may be left out have a `?`."""
    yield "| `do` | fields | what it asks |"
    yield "|---|---|---|"
    for kind in ASKS:
        names = [
            f"`{field.name}`{'' if field.required else '?'}"
            for field in msgspec.structs.fields(kind)
            if field.name not in COMMON
        ]
        yield f"| `{kind.__struct_config__.tag}` | {', '.join(names)} | {_said(kind)} |"


def page(text: str) -> str:
    """Return the page with the table as it has to be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{chr(10).join(rows())}\n{END}{after}"


def _said(kind: type[Ask]) -> str:
    """Return what the class says of itself, up to its attributes."""
    first, _, _ = (inspect.getdoc(kind) or "").partition("\n\n")
    return " ".join(first.split())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
