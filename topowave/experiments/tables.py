"""From the runs of an experiment to its tables: all runs, a line a case with intervals, and pairs compared.

A case is what differs in nothing but the seed. Two cases that differ in the compared factor only were run
with the same seeds, so what is compared is the difference of each pair of runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from topowave.experiments.kinds import AnyScenario
from topowave.experiments.statistics import Interval, Numbers, cohens_d, mean_intervals

COUNTED = ("nodes", "links")
"""What a run tells of its network."""


def frame_of(scenario: AnyScenario, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the runs as a table, a line each, sorted by their numbers.

    Columns: `run`; the factors; `seed`; `verdict` (ok, violated, unfinished, failed); `nodes`; `links`; the
    measures, as numbers (missing where there is none); `reason`, why a run is not ok.
    """
    columns = [
        "run", *scenario.factor_names, "seed", "verdict", *COUNTED, *scenario.all_measures, "reason",
    ]  # fmt: skip
    frame = pd.DataFrame(list(rows), columns=columns)
    for measure in scenario.all_measures:
        frame[measure] = pd.to_numeric(frame[measure]).astype("float64")
    for name in scenario.factor_names:
        if rows and name not in rows[0]:  # results of a version that did not have the factor yet
            frame[name] = scenario.levels(name)[0]
        if any(isinstance(level, str) for level in scenario.levels(name)):
            frame[name] = frame[name].astype(str)
    return frame


def summary_of(scenario: AnyScenario, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a line for each case and measure: `runs`, `mean`, `low`, `high`, `median`, `least`, `most`.

    `low` and `high` bound the mean (95 %, see `statistics`). Runs that were not ok are left out, and counted
    in `not_ok`; a case of which none is ok has no line.
    """
    factors = list(scenario.factor_names)
    lines: list[dict[str, Any]] = []
    for case, group in _groups(frame, factors):
        well = group[group["verdict"] == "ok"]
        known = [name for name in scenario.all_measures if bool(well[name].notna().any())]
        if well.empty or not known:
            continue
        complete = [name for name in known if not bool(well[name].isna().any())]
        intervals = dict(zip(complete, mean_intervals(well[complete].to_numpy().T), strict=True))
        for name in known:
            values = well[name].dropna().to_numpy()
            interval = intervals.get(name) or mean_intervals(values[np.newaxis])[0]
            lines.append(
                {
                    **dict(zip(factors, case, strict=True)),
                    "nodes": float(well["nodes"].mean()),
                    "measure": name,
                    "runs": len(values),
                    "not_ok": len(group) - len(well),
                    **interval.as_columns(),
                    "median": float(np.median(values)),
                    "least": float(values.min()),
                    "most": float(values.max()),
                }
            )
    columns = [
        *factors, "nodes", "measure", "runs", "not_ok", "mean", "low", "high", "median", "least", "most",
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=columns)


def compared(scenario: AnyScenario, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the differences from the compared factor's first value; empty where nothing is compared."""
    factor = scenario.compared
    levels = [] if factor is None else [_level(frame, factor, level) for level in scenario.levels(factor)]
    return differences(frame, scenario.factor_names, factor, levels, scenario.all_measures)


def differences(
    frame: pd.DataFrame,
    factors: Sequence[str],
    factor: str | None,
    levels: Sequence[object],
    measures: Sequence[str],
) -> pd.DataFrame:
    """Return a line for each case and measure, against the case with the first of a factor's values.

    `difference` is the mean of the differences of pairs of runs with the same seed, with `low` and `high`;
    `percent` is it in percent of the first one's mean; `effect` is Cohen's d for pairs; `pairs` is how many
    seeds both have, `lower` the share of pairs in which this case's figure is the lower one.

    Args:
        frame: the runs; those that were not ok are left out.
        factors: all columns that tell cases apart.
        factor: the one whose values are compared.
        levels: its values; the first is what the others are compared with.
        measures: the columns with figures.
    """
    others = [name for name in factors if name != factor]
    columns = [*factors, "measure", "pairs", "difference", "low", "high", "percent", "effect", "lower"]
    lines: list[dict[str, Any]] = []
    well = frame[frame["verdict"] == "ok"]
    if factor is None:
        return pd.DataFrame(columns=columns)
    for case, group in _groups(well, others):
        table: Any = group.set_index(["seed", factor])[list(measures)].unstack()
        there = [level for level in levels if any((name, level) in table for name in measures)]
        if len(there) < 2 or there[0] != levels[0]:
            continue
        found = {level: _differences(table, levels[0], level, measures) for level in there[1:]}
        for name in measures:
            for level in there[1:]:
                if name in found[level]:
                    line: dict[str, Any] = dict(zip(others, case, strict=True))
                    lines.append(line | {factor: level, "measure": name} | found[level][name])
    return pd.DataFrame(lines, columns=columns)


def _differences(
    table: Any, first: object, other: object, measures: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return what is known of the pairs of two values of a factor, by measure; without those of no pair."""
    pairs = {name: table[[(name, first), (name, other)]].dropna().to_numpy() for name in measures}
    changes = {name: each[:, 1] - each[:, 0] for name, each in pairs.items() if len(each) > 0}
    intervals: dict[str, Interval] = {}
    for length in {len(change) for change in changes.values()}:
        alike = [name for name, change in changes.items() if len(change) == length]
        found = mean_intervals(np.array([changes[name] for name in alike]))
        intervals |= zip(alike, found, strict=True)
    return {
        name: _difference(change, float(pairs[name][:, 0].mean()), intervals[name])
        for name, change in changes.items()
    }


def _difference(change: Numbers, base: float, interval: Interval) -> dict[str, float]:
    return {
        "pairs": len(change),
        "difference": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "percent": 100 * interval.mean / base if base else float("nan"),
        "effect": cohens_d(change),
        "lower": float((change < 0).mean()),
    }


def _level(frame: pd.DataFrame, factor: str, level: object) -> object:
    return str(level) if frame[factor].dtype == "str" or frame[factor].dtype == object else level


def _groups(frame: pd.DataFrame, by: list[str]) -> list[tuple[tuple[object, ...], pd.DataFrame]]:
    """Return the parts of a table in the order in which their first lines come."""
    return [*frame.groupby(by, sort=False)]
