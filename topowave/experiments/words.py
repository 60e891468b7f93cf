"""What figures are called and written like, in tables, pictures and on the terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass

from topowave.load.measures import MEASURES as LOAD_MEASURES


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure is called.

    Attributes:
        title: in pictures and tables.
        unit: of it; empty for a plain number.
        about: what it is, in a sentence.
        better: whether less of it or more is better; "" where neither is.
    """

    title: str
    unit: str
    about: str
    better: str = "lower"


_WAVES: dict[str, Measure] = {
    "messages": Measure("Messages", "", "messages that were sent"),
    "time": Measure("Time", "units", "from the start to the last decision, in virtual time"),
    "bits": Measure("Bits", "bit", "the length of all messages as encoded"),
    "message_bound": Measure("Bound of messages", "", "the proven limit of the messages", ""),
    "time_bound": Measure("Bound of time", "units", "the proven limit of the time", ""),
}

_ABOUT_LOAD = {
    "tasks": "how many came",
    "completed": "how many were carried out",
    "deadline_misses": "how many were given up at their deadline",
    "unfinished": "how many were neither when nothing could change any more",
    "makespan": "from the first arrival to the end of the last task",
    "mean_response": "from a task's arrival to its end, on average",
    "p50_response": "half of the tasks respond within this time",
    "p99_response": "99 % of the tasks respond within this time",
    "max_response": "all tasks respond within this time",
    "mean_wait": "the response less the task's own duration, on average",
    "throughput": "completed tasks by the makespan",
    "utilisation": "the work of completed tasks, by all cores times the makespan",
    "mean_discrepancy": "the largest load/cpu of a node less the smallest, on average while tasks came",
    "last_discrepancy": "the same at the last look while tasks came",
    "jain": "how evenly the nodes worked for their size; 1 where all did the same",
    "moved": "how many tasks moved, each as often as it did",
    "load_hops": "the cores of the tasks that moved, times the links that they went",
    "rounds": "how many rounds of rebalancing began",
    "control_messages": "of waves, of the policy itself, and four for each move",
    "lost_work": "work that was begun and was for nothing",
    "forecast_error": "how far a node's load was from what was predicted of it the round before, on average",
    "last_value_error": "the same, had it been predicted that loads stay as they are",
    "forecast_coverage": "share of the loads that lay in the interval of their prediction; meant are 0.8",
    "alerts": "how often a node was predicted to be overloaded in the next round that was not yet",
    "alert_hits": "how many of those nodes would have been, had nothing been moved",
}
_BETTER = {True: "higher", False: "lower", None: ""}
MEASURES: dict[str, Measure] = _WAVES | {
    each.name: Measure(
        f"{each.title[:1].upper()}{each.title[1:]}",
        each.unit,
        _ABOUT_LOAD[each.name],
        _BETTER[each.higher_is_better],
    )
    for each in LOAD_MEASURES
}
"""Every figure of a run, by its name."""


def titled(measure: str) -> str:
    """Return a figure's title with its unit."""
    found = MEASURES[measure]
    return f"{found.title} ({found.unit})" if found.unit else found.title


def number_text(value: float) -> str:
    """Return a figure with four significant digits, or all those before the point; a dash for none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0 or abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.4g}"
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def interval_text(mean: float, low: float, high: float) -> str:
    """Return a mean with its interval: `12.3 [11.9, 12.8]`; the mean alone where it is certain."""
    if math.isnan(low) or low == high:
        return number_text(mean)
    return f"{number_text(mean)} [{number_text(low)}, {number_text(high)}]"
