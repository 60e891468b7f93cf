"""Writes the pages of queue disciplines and placements from their classes.

`python -m scripts.load_pages` writes docs/reference/disciplines.md and docs/reference/placements.md.
"""

from __future__ import annotations

from pathlib import Path

from topowave.balancer.placements.registry import PLACEMENTS
from topowave.tasks.disciplines.registry import DISCIPLINES

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"

DISCIPLINES_BEGIN = """# Queue disciplines

In which order the tasks of one node start. `discipline` in [config.json](config.md) names one, and
`topowave config discipline=NAME` or `PATCH /config` changes it [while a lab
runs](config.md#while-the-lab-runs): what waits is sorted anew, at every node and of what is pending. `GET
/disciplines` tells what there is. The first in the order moves last when load is balanced.

There is no preemption: a task that runs goes on until it is over, whatever comes meanwhile. Tasks that are
equal for a discipline start in the order in which they came to the node. The first task waits until its
cores are free, and nothing overtakes it, so heavy tasks do not starve behind light ones. A node that is
started again has what it had in the same order: what was interrupted by its end is sorted in like the rest,
before what is equal.
"""
PLACEMENTS_BEGIN = """# Placements

Which node gets a new task that names none. `placement` in [config.json](config.md) names one, and `topowave
config placement=NAME` or `PATCH /config` changes it [while a lab runs](config.md#while-the-lab-runs): the
next task is placed by it. `GET /placements` tells what there is. Rebalancing is for
[policies](http.md#rebalancing): they move what was placed.

All of them give a task only to a node that is up, active, has one of its roles, cores for its weight, and
room below its `limit`; what was given counts at once, before the node reports it. A choice takes at most
about log n for n nodes.
"""
KINDS = {"knows": "Knows", "bound": "Proven", "wins": "Wins", "same": "The same as"}
"""The parts of a section: a class's attribute, and its name."""


def section(kind: type) -> str:
    """Return what is said of one of them."""
    told = vars(kind)
    lines = [f"## {told['title']}", "", f"`{told['name']}`. {told['summary']} Source: {told['source']}.", ""]
    lines += [f"- **{title}.** {told[name]}" for name, title in KINDS.items() if told.get(name)]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return each page's text by its file."""
    disciplines = [DISCIPLINES_BEGIN, *map(section, DISCIPLINES.values())]
    placements = [PLACEMENTS_BEGIN, *map(section, PLACEMENTS.values())]
    return {
        REFERENCE / "disciplines.md": "\n".join(disciplines),
        REFERENCE / "placements.md": "\n".join(placements),
    }


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
