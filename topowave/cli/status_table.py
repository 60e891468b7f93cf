"""What `topowave status` prints: a line about the lab, and one for every node."""

from __future__ import annotations

import io
import math
from typing import Any

from rich.console import Console
from rich.table import Table

STATES = ("pending", "assigned", "moving", "running", "completed", "failed", "cancelled")
WIDTH = 120
"""Columns of the table at most; it does not depend on the terminal, so that a pipe reads the same."""
COLUMNS = ("node", "port", "state", "load", "cpu", "restarts")
NUMBERS = ("load", "cpu", "restarts")


def status_text(status: dict[str, Any]) -> str:
    """Write the balancer's answer to `GET /status` for people."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    for node in status.get("nodes", []):
        load, restarts = node.get("load", 0), node.get("restarts", 0)
        cells = (node["name"], node["port"], node["state"], load, node["cpu"], restarts)
        table.add_row(*map(str, cells))
    out = io.StringIO()
    Console(file=out, width=WIDTH, markup=False).print(table)
    lines = (line.rstrip() for line in out.getvalue().splitlines())
    about = (_summary(status), *_opening(status.get("links_opening")), _law(status.get("tasks")))
    return "\n".join((*about, "", *lines))


def _summary(status: dict[str, Any]) -> str:
    """The lab in one line: `topology.json: 9 up, 1 stopped; load 42; policy max-load-heap`."""
    states = ", ".join(f"{count} {state}" for state, count in status.get("states", {}).items())
    policy = f"; policy {status['policy']}" if "policy" in status else ""
    if status.get("forecast", "none") != "none":
        policy += f"; forecast {status['forecast']}"
    bottlenecks = [node["name"] for node in status.get("nodes", []) if node.get("bottleneck")]
    if bottlenecks:
        policy += f"; predicted bottlenecks: {', '.join(bottlenecks)}"
    return f"{status.get('title', 'lab')}: {states or 'no nodes'}; load {status.get('load', 0)}{policy}"


def _opening(opening: dict[str, Any] | None) -> list[str]:
    """Tell that links are still being opened, if they are: `links: 1,234 of 5,000 connections are open`."""
    if opening is None:
        return []
    seconds = opening["seconds_left"]
    to_go = "" if seconds is None else f", about {math.ceil(seconds)} s to go"
    return [f"links: {opening['open']:,} of {opening['connections']:,} connections are open{to_go}"]


def _law(tasks: dict[str, Any] | None) -> str:
    """The law in one line: `tasks: 9 submitted = 0 pending + 3 assigned + ...`, or what it is instead."""
    if tasks is None:
        return "tasks: the journal cannot be read"
    parts = " + ".join(f"{tasks[state]} {state}" for state in STATES)
    sign, end = ("=", "") if tasks["lawful"] else ("is not", ": the law is broken")
    return f"tasks: {tasks['submitted']} submitted {sign} {parts}{end}"
