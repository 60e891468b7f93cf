"""The table that `topowave status` prints."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table

WIDTH = 100
"""Columns of a table that goes into a file or a pipe."""


def status_text(status: dict[str, Any]) -> str:
    """Write the balancer's answer to `GET /status` as a table of nodes."""
    table = Table("node", "port", "state", "load", "cpu", "restarts", box=None, pad_edge=False)
    for node in status.get("nodes", []):
        load = node.get("queued", 0) + node.get("running", 0)
        cells = (
            node.get("name"),
            node.get("port"),
            node.get("state"),
            load,
            node.get("cpu"),
            node.get("restarts"),
        )
        table.add_row(*map(str, cells))
    console = Console(file=io.StringIO(), width=WIDTH)
    console.print(table)
    out = console.file
    assert isinstance(out, io.StringIO)
    return out.getvalue().rstrip()
