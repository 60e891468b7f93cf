"""`make bench-page`: what the page costs, with real labs and a real browser.

Run as `python -m benchmarks.page [--parts watching,tasks,loading,runs] [--nodes 1000] [--rate 50]
[--seconds 60] [--tasks 1000000] [--journal FOLDER]`. docs/explanation/page-speed.md tells how to read the
figures.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.page.loading import load
from benchmarks.page.million import look_through
from benchmarks.page.scrubbing import scrub
from benchmarks.page.watching import Watching, watch

PARTS = ("watching", "tasks", "loading", "runs")


def main() -> None:
    """Measure what was asked for, and print a table of each part as soon as it is there."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    options.add_argument("--parts", default=",".join(PARTS), help=f"which of {', '.join(PARTS)}")
    options.add_argument("--nodes", type=int, default=1000, help="nodes of the lab that is watched")
    options.add_argument("--rate", type=int, default=50, help="tasks that come every second; as many end")
    options.add_argument("--seconds", type=float, default=60, help="how long each page is watched")
    options.add_argument("--tasks", type=int, default=1_000_000, help="tasks in the journal that is listed")
    options.add_argument("--journal", type=Path, help="keep that journal here, and use the one that is here")
    chosen = options.parse_args()
    parts = chosen.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        options.error(f"--parts: {', '.join(sorted(unknown))}: expected some of {', '.join(PARTS)}")
    console = Console()
    if "watching" in parts:
        with console.status("watching"):
            found: list[Watching] = []
            watch(chosen.nodes, chosen.rate, chosen.seconds, found.append)
        console.print(_watching(found, chosen.nodes))
    if "tasks" in parts:
        table = Table(f"a list of {chosen.tasks:,} tasks", "figure")
        with console.status("a list of tasks"), tempfile.TemporaryDirectory() as name:
            look_through(chosen.journal or Path(name), chosen.tasks, table.add_row)
        console.print(table)
    if "loading" in parts:
        table = Table("page", "first content, ms", "usable, ms", "files", "kB sent", "kB of scripts")
        with console.status("loading"):
            load(chosen.nodes, table.add_row)
        console.print(table)
    if "runs" in parts:
        columns = ("frames/s", "longest, ms", "page, ms a frame", "drawing, ms a frame", "click, ms (most)")
        table = Table("run", *columns)
        with console.status("runs"):
            scrub(table.add_row)
        console.print(table)


def _watching(found: list[Watching], nodes: int) -> Table:
    table = Table(
        *(f"{nodes:,} nodes", "card", "page, % of a core", "drawing", "the rest", "balancer in all"),
        *("browser, MB", "events/s"),
    )
    for each in found:
        shares = (each.renderer, each.gpu, each.others, each.balancer)
        table.add_row(
            each.page,
            "emulated" if each.card else "none",
            *(f"{share:.1f}" for share in shares),
            f"{each.memory_mb:.0f}",
            f"{each.events:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
