"""Writes the pages of queue disciplines, placements and forecasts from their classes.

`python -m scripts.load_pages` writes docs/reference/disciplines.md, docs/reference/placements.md and
docs/reference/forecasts.md.
"""

from __future__ import annotations

from pathlib import Path

from topowave.balancer.placements.registry import PLACEMENTS
from topowave.forecasts.base import Forecast
from topowave.forecasts.limits import (
    CALM_PERCENT,
    COLD_INTERVALS,
    COVERAGE,
    ERRORS_KEPT,
    ROUNDS_AWAY,
    SCORED_ROUNDS,
)
from topowave.forecasts.registry import FORECASTS
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
FORECASTS_BEGIN = f"""# Forecasts

What load a node will have in the next round of balancing. The policy [`predictive`](policies.md#predictive)
plans on it. `forecast` in [config.json](config.md) names one, and `topowave config forecast=NAME` or `PATCH
/config` changes it [while a lab runs](config.md#while-the-lab-runs); `GET /forecasts` tells what it says
([how to](../how-to/predict-the-load.md)). In [virtual time](load.md) it is `topowave load run --forecast
NAME`, and a factor of [experiments](experiments.md).

[What one is worth](../explanation/forecasts.md), and under which load, is told with figures.

**What is learned.** A node's load changes by tasks that come, tasks that end, and tasks that balancing
moves. The moves are known. So each node has a model of its own that learns the rest, once a round: the load
that was read, less the one before and what moved meanwhile. It predicts the load that the next round reads
if nothing moves; a policy is also told how far below 0 it would be, where a node gets more done than it
has. A forecast of the loads as they were read would predict the balancer's own moves.

**Intervals.** Of a model's last {ERRORS_KEPT} absolute errors the one that {COVERAGE:.0%} do not exceed is
half of the interval (split conformal prediction; Vovk, Gammerman and Shafer 2005). How many loads it really
contained is counted.

**Cold start.** Until a model has learned {COLD_INTERVALS} intervals it repeats the last load, with a wide
interval, and says that it is cold. No model predicts a larger change than those of the last {ERRORS_KEPT}
intervals. A node that misses up to {ROUNDS_AWAY} rounds goes on with what was learned of it; later it
begins anew. A network that grows or shrinks while it runs changes nothing for the nodes that stay, and a new
one begins to learn; a network that replaces another one, and a balancer that is started again, begin anew.

**Scores.** The mean absolute error (cores) and the share of loads in their intervals, over the last
{SCORED_ROUNDS} rounds and all nodes; `last-value`, `moving-average` and `exponential-smoothing` are scored
beside whatever is chosen.

**Predicted bottlenecks.** A node that is below `max_cpu` percent of its cores and is predicted not to be in
the next round gives an alert, once, until its load and its forecast are both below {CALM_PERCENT} % of
that. It was right if the node would have been overloaded in the next round, had nothing been moved.
"""
KINDS = {"knows": "Knows", "bound": "Proven", "wins": "Wins", "same": "The same as"}
"""The parts of a section: a class's attribute, and its name."""


def section(kind: type) -> str:
    """Return what is said of one of them."""
    told = vars(kind)
    lines = [f"## {told['title']}", "", f"`{told['name']}`. {told['summary']} Source: {told['source']}.", ""]
    lines += [f"- **{title}.** {told[name]}" for name, title in KINDS.items() if told.get(name)]
    return "\n".join(lines) + "\n"


def forecast_section(kind: type[Forecast]) -> str:
    """Return what is said of a forecast, and what has to be installed for it."""
    needs = f"- **Needs.** `pip install 'topowave[{kind.extra}]'`.\n" if kind.extra else ""
    return section(kind) + needs


def pages() -> dict[Path, str]:
    """Return each page's text by its file."""
    disciplines = [DISCIPLINES_BEGIN, *map(section, DISCIPLINES.values())]
    placements = [PLACEMENTS_BEGIN, *map(section, PLACEMENTS.values())]
    forecasts = [FORECASTS_BEGIN, *map(forecast_section, FORECASTS.values())]
    return {
        REFERENCE / "forecasts.md": "\n".join(forecasts),
        REFERENCE / "disciplines.md": "\n".join(disciplines),
        REFERENCE / "placements.md": "\n".join(placements),
    }


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
