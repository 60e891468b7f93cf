"""What `topowave status` prints: a line about the lab, and one for every node."""

from __future__ import annotations

import io
import math
from typing import Any

from rich.console import Console
from rich.table import Table

from topowave.cli.language import say_in_language, spoken
from topowave.cli.reports import name_of, node_state
from topowave.translation import text as sentence

STATES = ("pending", "assigned", "moving", "running", "completed", "failed", "cancelled")
WIDTH = 120
"""Columns of the table at most; it does not depend on the terminal, so that a pipe reads the same."""
COLUMNS = ("node", "port", "state", "load", "cpu", "restarts")
NUMBERS = ("load", "cpu", "restarts")


def status_text(status: dict[str, Any]) -> str:
    """Write the balancer's answer to `GET /status` for people."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(say_in_language(column), justify="right" if column in NUMBERS else "left")
    for node in status.get("nodes", []):
        load, restarts = node.get("load", 0), node.get("restarts", 0)
        cells = (node["name"], node["port"], node_state(node["state"]), load, node["cpu"], restarts)
        table.add_row(*map(str, cells))
    out = io.StringIO()
    Console(file=out, width=WIDTH, markup=False).print(table)
    lines = (line.rstrip() for line in out.getvalue().splitlines())
    about = (_summary(status), *_opening(status.get("links_opening")), _law(status.get("tasks")))
    return "\n".join((*about, "", *lines))


def _summary(status: dict[str, Any]) -> str:
    """The lab in one line: `topology.json: 9 up, 1 stopped; load 42; policy max-load-heap`."""
    states = ", ".join(
        spoken(sentence("{number} {state}", number=count, state=node_state(state)))
        for state, count in status.get("states", {}).items()
    )
    policy = spoken(sentence("; policy {name}", name=status["policy"])) if "policy" in status else ""
    if status.get("forecast", "none") != "none":
        policy += spoken(sentence("; forecast {name}", name=status["forecast"]))
    bottlenecks = [node["name"] for node in status.get("nodes", []) if node.get("bottleneck")]
    if bottlenecks:
        policy += spoken(sentence("; predicted bottlenecks: {nodes}", nodes=", ".join(bottlenecks)))
    about = sentence(
        "{title}: {states}; load {load}",
        title=status.get("title", "lab"),
        states=states or sentence("no nodes"),
        load=status.get("load", 0),
    )
    return spoken(about) + policy


def _opening(opening: dict[str, Any] | None) -> list[str]:
    """Tell that links are still being opened, if they are: `links: 1,234 of 5,000 connections are open`."""
    if opening is None:
        return []
    seconds = opening["seconds_left"]
    to_go = "" if seconds is None else sentence(", about {seconds} s to go", seconds=math.ceil(seconds))
    told = sentence(
        "links: {open:,} of {connections:,} connections are open{to_go}",
        open=opening["open"],
        connections=opening["connections"],
        to_go=to_go,
    )
    return [spoken(told)]


def _law(tasks: dict[str, Any] | None) -> str:
    """The law in one line: `tasks: 9 submitted = 0 pending + 3 assigned + ...`, or what it is instead."""
    if tasks is None:
        return spoken(sentence("tasks: the journal cannot be read"))
    parts = " + ".join(
        spoken(sentence("{number} {state}", number=tasks[state], state=name_of(state))) for state in STATES
    )
    submitted = tasks["submitted"]
    if tasks["lawful"]:
        return spoken(sentence("tasks: {submitted} submitted = {states}", submitted=submitted, states=parts))
    return spoken(
        sentence(
            "tasks: {submitted} submitted is not {states}: the law is broken",
            submitted=submitted,
            states=parts,
        )
    )
