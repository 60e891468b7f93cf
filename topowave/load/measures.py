"""What is measured of a run: each with its unit and its definition.

Sums are exact (`math.fsum`) and a percentile is a value that occurred (nearest rank), so a figure is the same
on every machine, to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields


def _measure(unit: str, title: str, *, higher_is_better: bool | None = False) -> dict[str, object]:
    return {"unit": unit, "title": title, "higher_is_better": higher_is_better}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The figures of one run. Those that no task or node gives a value are None.

    Attributes:
        tasks: how many came.
        completed: how many were carried out.
        deadline_misses: how many were given up at their deadline, waiting or running.
        unfinished: how many were neither when nothing could change any more.
        makespan: from the first arrival to the end of the last task that was completed (s).
        mean_response: of completed tasks, from arrival to end, on average (s).
        p50_response, p99_response, max_response: that half, 99 % and all of them do not exceed (s).
        mean_wait: from its arrival until it began for the last time, on average (s): waiting, moving, and
            work that had to begin anew. It is the response less the task's own duration.
        throughput: completed tasks by the makespan (tasks/s).
        utilisation: work of completed tasks, by all cores times the makespan (0 to 1).
        mean_discrepancy: the largest load/cpu of a node that is up less the smallest, on average over the
            looks while tasks came.
        last_discrepancy: the same at the last look while tasks came.
        jain: Jain's index of fairness of what the nodes did for their size, x = work/cpu:
            (sum x)^2 / (n sum x^2); 1 where all did the same, 1/n where one did everything (Jain, Chiu and
            Hawe 1984).
        moved: how many tasks moved, each as often as it did.
        load_hops: the cores of those tasks, times the links from giver to receiver (cores x links).
        rounds: how many rounds of rebalancing began.
        control_messages: of waves, of the policy itself, and four for each move that was asked for.
        lost_work: work that was begun and was for nothing (core-seconds): interrupted to move, lost with a
            node, or given up.
        forecast_error: how far a node's load, as a round read it, was from what was predicted of it the round
            before, on average (cores); what is predicted before enough was learned does not count. This and
            what follows is None without a forecast.
        last_value_error: the same, had it been predicted that loads stay as they are (cores).
        forecast_coverage: share of those loads that lay in the interval of their prediction (0 to 1); meant
            are 0.8.
        alerts: how often a node was predicted to be overloaded in the next round that was not yet.
        alert_hits: how many of those nodes would have been, had nothing been moved.
    """

    tasks: int = field(metadata=_measure("tasks", "tasks", higher_is_better=None))
    completed: int = field(metadata=_measure("tasks", "completed", higher_is_better=True))
    deadline_misses: int = field(metadata=_measure("tasks", "deadline misses"))
    unfinished: int = field(metadata=_measure("tasks", "unfinished"))
    makespan: float | None = field(metadata=_measure("s", "makespan"))
    mean_response: float | None = field(metadata=_measure("s", "mean response"))
    p50_response: float | None = field(metadata=_measure("s", "median response"))
    p99_response: float | None = field(metadata=_measure("s", "99 % respond within"))
    max_response: float | None = field(metadata=_measure("s", "longest response"))
    mean_wait: float | None = field(metadata=_measure("s", "mean wait"))
    throughput: float | None = field(metadata=_measure("tasks/s", "throughput", higher_is_better=True))
    utilisation: float | None = field(metadata=_measure("", "utilisation", higher_is_better=True))
    mean_discrepancy: float | None = field(metadata=_measure("load/cpu", "mean discrepancy"))
    last_discrepancy: float | None = field(metadata=_measure("load/cpu", "last discrepancy"))
    jain: float | None = field(metadata=_measure("", "Jain's index", higher_is_better=True))
    moved: int = field(metadata=_measure("tasks", "moved"))
    load_hops: int = field(metadata=_measure("cores x links", "load x hops"))
    rounds: int = field(metadata=_measure("rounds", "rounds", higher_is_better=None))
    control_messages: int = field(metadata=_measure("messages", "control messages"))
    lost_work: float = field(metadata=_measure("core-seconds", "lost work"))
    forecast_error: float | None = field(default=None, metadata=_measure("cores", "forecast error"))
    last_value_error: float | None = field(
        default=None, metadata=_measure("cores", "last value's error", higher_is_better=None)
    )
    forecast_coverage: float | None = field(
        default=None, metadata=_measure("", "covered by intervals", higher_is_better=None)
    )
    alerts: int | None = field(default=None, metadata=_measure("alerts", "alerts", higher_is_better=None))
    alert_hits: int | None = field(
        default=None, metadata=_measure("alerts", "alerts that were right", higher_is_better=True)
    )

    def to_json(self) -> dict[str, float | None]:
        """Return the figures by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """What a measure is called: its name in `Measures`, its title and unit, and which way is better."""

    name: str
    title: str
    unit: str
    higher_is_better: bool | None


MEASURES: tuple[MeasureInfo, ...] = tuple(
    MeasureInfo(each.name, each.metadata["title"], each.metadata["unit"], each.metadata["higher_is_better"])
    for each in fields(Measures)
)
OF_FORECASTS = frozenset({"forecast_error", "last_value_error", "forecast_coverage", "alerts", "alert_hits"})
"""The measures that only a run with a forecast has."""
WITHOUT_FORECAST = tuple(each for each in MEASURES if each.name not in OF_FORECASTS)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return the smallest value that so many percent of all do not exceed; None of none.

    Args:
        ordered: values, the smallest first.
        percent: from 1 to 100.
    """
    if not ordered:
        return None
    return ordered[-(-percent * len(ordered) // 100) - 1]


def mean(values: Sequence[float]) -> float | None:
    """Return the mean; None of no values."""
    return math.fsum(values) / len(values) if values else None


def jain_index(values: Sequence[float]) -> float | None:
    """Return Jain's index of fairness; None where all are 0."""
    squares = math.fsum(each * each for each in values)
    return math.fsum(values) ** 2 / (len(values) * squares) if squares else None
