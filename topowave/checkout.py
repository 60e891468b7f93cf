"""A checkout in which the package lacks its links: some ways to unpack one leave them out."""

from __future__ import annotations

import sys
from pathlib import Path

LINKED = ("topology", "nodes", "balancer")
"""Rooms of the package that are folders at the top of a checkout."""
COMMANDS = ("topowave", "-m", "__main__.py")
"""What `sys.argv[0]` ends with when it is the command that is started."""


def refuse_lost_links(package: Path = Path(__file__).parent) -> None:
    """Make sure that every room is there.

    Raises:
        ImportError: a room is missing; the message says what to do.
        SystemExit: the same, where the command was started: it tells people, not Python.
    """
    lost = [name for name in LINKED if not (package / name).is_dir()]
    if not lost:
        return
    named = ", ".join(f"{package / name} -> ../{name}" for name in lost)
    sentence = (
        f"this checkout has lost its links ({named}): get it with git, or with an archiver that keeps links"
    )
    if sys.argv and Path(sys.argv[0]).name in COMMANDS:
        sys.exit(f"topowave: {sentence}")
    raise ImportError(sentence, name=f"topowave.{lost[0]}")
