"""What a report says, as plain data out of its scenario.json, summary.csv and compared.csv. Pure."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import islice
from typing import Any, TypeAlias, cast

from topowave.balancer import limits
from topowave.balancer.json_form import JsonForm
from topowave.balancer.reports.report_files import UnreadableReportError
from topowave.translation import text

NO_FACTORS = ("seeds", "measures")
"""Lists of a scenario whose entries are no cases."""
USUAL_SEEDS = 10
"""How many seeds a scenario has that says nothing of them."""
COUNTS = ("runs", "not_ok", "pairs")
"""Columns that have a number in every line."""
FIGURES = ("nodes", "measure", "runs", "not_ok", "mean", "low", "high", "median", "least", "most")
"""The columns of summary.csv that are no factors."""


class Figure(JsonForm):
    """A mean over runs, and between what it lies with a confidence of 95 %; one run has no interval."""

    runs: int
    not_ok: int
    mean: float | None
    low: float | None
    high: float | None
    median: float | None
    least: float | None
    most: float | None


class Difference(JsonForm):
    """The mean difference of pairs of runs with the same seed, its interval, in percent, and Cohen's d."""

    pairs: int
    difference: float | None
    low: float | None
    high: float | None
    percent: float | None
    effect: float | None


class ReportLine(JsonForm):
    """A case and a measure: the figure, and how it differs from that of the compared factor's first value."""

    case: dict[str, str]
    measure: str
    figure: Figure
    difference: Difference | None


class ReportHead(JsonForm):
    """An experiment that was run on this machine; `id` is the name of its folder.

    `factors` are those with several values. `done` of `runs` are finished (null: too many to count here);
    the tables are there when it is `complete`, which it was at `finished` (Unix seconds).
    """

    id: str
    name: str
    title: str
    about: str
    kind: str
    factors: dict[str, list[str]]
    runs: int
    done: int | None
    complete: bool
    finished: float | None


class Report(JsonForm):
    """What a report says: a line for each case and measure, at most `limits.REPORT_LINES` of `all_lines`.

    `measures` are in the order in which the scenario shows them, `pictures` those of which there is one,
    `versions` the programs with which it was run.
    """

    report: ReportHead
    measures: list[str]
    pictures: list[str]
    versions: dict[str, str]
    lines: list[ReportLine]
    all_lines: int


Case: TypeAlias = tuple[tuple[str, str], ...]
"""The factors of a line with their values, as texts."""
Figures: TypeAlias = Mapping[tuple[Case, str], Figure]
Differences: TypeAlias = Mapping[tuple[Case, str], Difference]


def scenario_in(data: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the scenario in a scenario.json, and the versions with which it was run.

    Raises:
        UnreadableReportError: it is none that `topowave experiment run` wrote.
    """
    try:
        found = json.loads(data)
        scenario, packages = found["scenario"], found.get("packages", {})
        json.dumps(found, ensure_ascii=False).encode()  # half a character would be in no answer
        if not _is_one(scenario):
            raise TypeError
        versions = {name: str(found[name]) for name in ("topowave", "python") if name in found}
        versions |= {str(name): str(number) for name, number in packages.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableReportError(
            text("its scenario.json is none that `topowave experiment run` wrote")
        ) from None
    return scenario, versions


def _is_one(scenario: Mapping[str, Any]) -> bool:
    """Whether a scenario has what a report is made of, each of its type."""
    texts = all(isinstance(scenario[name], str) for name in ("name", "kind"))
    seeds = scenario.get("seeds", USUAL_SEEDS)
    counted = isinstance(seeds, list) or (isinstance(seeds, int) and 0 <= seeds <= limits.REPORT_RUNS)
    measures = isinstance(scenario.get("measures"), list | None)
    return texts and counted and measures and _runs_of(scenario) <= limits.REPORT_RUNS


def _factors_of(scenario: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [_text(level) for level in cast("list[object]", levels)]
        for name, levels in scenario.items()
        if isinstance(levels, list) and name not in NO_FACTORS
    }


def _runs_of(scenario: Mapping[str, Any]) -> int:
    """Return how many runs a scenario asks for: a run for each seed of each case."""
    seeds = scenario.get("seeds", USUAL_SEEDS)
    each = len(cast("list[object]", seeds)) if isinstance(seeds, list) else int(seeds)
    return each * math.prod(max(1, len(levels)) for levels in _factors_of(scenario).values())


def head_of(report: str, scenario: Mapping[str, Any], done: int | None, finished: float | None) -> ReportHead:
    """Return the head of a report.

    Args:
        report: the name of its folder.
        scenario: as `scenario_in` returns it.
        done: finished runs; None where nobody has counted them.
        finished: when its tables were written (Unix seconds); None where they are not there.
    """
    factors, runs = _factors_of(scenario), _runs_of(scenario)
    return ReportHead(
        id=report,
        name=scenario["name"],
        title=_text(scenario.get("title") or scenario["name"]),
        about=_text(scenario.get("about") or ""),
        kind=scenario["kind"],
        factors={name: levels for name, levels in factors.items() if len(levels) > 1},
        runs=runs,
        done=runs if finished is not None else done,
        complete=finished is not None,
        finished=finished,
    )


def report_of(
    head: ReportHead,
    scenario: Mapping[str, Any],
    versions: dict[str, str],
    lines: Figures,
    differences: Differences,
    pictures: list[str],
) -> Report:
    """Return what a report says.

    Args:
        head: of the report.
        scenario: as `scenario_in` returns it.
        versions: with which it was run.
        lines: its figures, as `summary_lines` returns them.
        differences: its differences, as `compared_lines` returns them.
        pictures: measures of which there is a picture.
    """
    there = [*dict.fromkeys(measure for _, measure in lines)]
    wanted = [str(name) for name in scenario.get("measures") or there]
    shown = [name for name in wanted if name in there]
    found = [
        ReportLine(
            case=dict(case), measure=measure, figure=figure, difference=differences.get((case, measure))
        )
        for (case, measure), figure in lines.items()
    ]
    found.sort(key=lambda line: shown.index(line.measure) if line.measure in shown else len(shown))
    return Report(
        report=head,
        measures=[*shown, *(name for name in there if name not in shown)],
        pictures=pictures,
        versions=versions,
        lines=found[: limits.REPORT_LINES],
        all_lines=len(found),
    )


def summary_lines(data: bytes) -> Figures:
    """Return the figures in a summary.csv by case and measure, in its order.

    Raises:
        UnreadableReportError: it has other columns, or what is no number.
    """
    return {
        (case, row["measure"]): Figure(
            runs=int(float(row["runs"])),
            not_ok=int(float(row["not_ok"])),
            mean=number(row["mean"]),
            low=number(row["low"]),
            high=number(row["high"]),
            median=number(row["median"]),
            least=number(row["least"]),
            most=number(row["most"]),
        )
        for case, row in _rows("summary.csv", data, FIGURES)
    }


DIFFERENCES = ("measure", "pairs", "difference", "low", "high", "percent", "effect", "lower")
"""The columns of compared.csv that are no factors."""


def compared_lines(data: bytes) -> Differences:
    """Return the differences in a compared.csv by case and measure. Raises UnreadableReportError."""
    return {
        (case, row["measure"]): difference_of(row) for case, row in _rows("compared.csv", data, DIFFERENCES)
    }


def difference_of(row: Mapping[str, object]) -> Difference:
    """Return the difference that a line of compared.csv or of `topowave experiment compare` tells."""
    return Difference(
        pairs=int(float(str(row["pairs"]))),
        difference=number(row["difference"]),
        low=number(row["low"]),
        high=number(row["high"]),
        percent=number(row["percent"]),
        effect=number(row["effect"]),
    )


def case_of(row: Mapping[str, object], others: tuple[str, ...]) -> Case:
    """Return the factors of a line: all columns but `others`, each as text, however a number was written."""
    return tuple((name, _text(value)) for name, value in row.items() if name not in others)


def _rows(name: str, data: bytes, figures: tuple[str, ...]) -> Iterator[tuple[Case, dict[str, str]]]:
    """Yield the lines of a table with their cases. Raises UnreadableReportError where it is another one."""
    try:
        reader = csv.DictReader(StringIO(data.decode("utf-8"), newline=""), strict=True)
        if not set(figures) <= set(reader.fieldnames or ()):
            raise UnreadableReportError(
                text("its {name} has other columns than `topowave experiment run` writes", name=name)
            )
        for row in islice(reader, limits.REPORT_LINES_READ):
            if None in row or None in row.values():
                raise ValueError
            for column in figures:
                if column != "measure" and number(row[column]) is None and column in COUNTS:
                    raise ValueError
            yield case_of(row, figures), row
    except (ValueError, csv.Error, OverflowError):
        raise UnreadableReportError(text("its {name} is damaged", name=name)) from None


def number(value: object) -> float | None:
    """Return a number out of a table; None where there is none, or none that JSON has."""
    if value in ("", None):
        return None
    found = float(str(value))
    return found if math.isfinite(found) else None


def _text(value: object) -> str:
    text = str(value)
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text
