"""The report of an experiment: one HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd

from topowave.experiments.kinds import AnyScenario
from topowave.experiments.pictures import (
    compared_picture,
    growth_picture,
    growth_series,
    to_svg,
)
from topowave.experiments.scenario_file import ScenarioFile
from topowave.experiments.statistics import fitted_growth
from topowave.experiments.words import MEASURES, interval_text, number_text, titled

MOST_LINES = 400
"""Lines of a table in the report; the whole table is in the files."""


@dataclass(frozen=True)
class Head:
    """A column's head; `word`: its cells are words."""

    text: str
    word: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a table; `first`: a new group begins with it."""

    cells: Sequence[str]
    first: bool = False


@dataclass(frozen=True)
class Table:
    """A table for people."""

    heads: Sequence[Head]
    lines: Sequence[Line]
    caption: str = ""


@dataclass
class Section:
    """What the report says of one figure."""

    title: str
    about: str
    pictures: list[str] = field(default_factory=list[str])
    tables: list[Table] = field(default_factory=list[Table])


def report_html(
    scenario: AnyScenario,
    identity: dict[str, Any],
    source: ScenarioFile,
    frame: pd.DataFrame,
    summary: pd.DataFrame,
    pairs: pd.DataFrame,
) -> str:
    """Return the report.

    Args:
        scenario: what was run.
        identity: what it depends on, as `results.identity` has it.
        source: the scenario's file.
        frame: a line a run, as `tables.frame_of` makes it.
        summary: a line a case and measure, of `tables.summary_of`.
        pairs: the differences, of `tables.compared`.
    """
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((files("topowave.experiments") / "report.html.j2").read_text("utf-8"))
    return template.render(
        title=scenario.title or scenario.name,
        about=scenario.about,
        runs=f"{len(frame):,}",
        product=" × ".join(_factor_text(scenario, name) for name in scenario.varied) or "one case",  # noqa: RUF001
        seeds=f"{len(scenario.seed_list):,}",
        verdicts=verdicts_text(frame),
        problems=[*problem_lines(frame)],
        command=f"topowave experiment run {source.name}",
        identity=identity,
        source=source.text,
        sections=[_section(scenario, summary, pairs, name) for name in _with_values(scenario, summary)],
    )


def verdicts_text(frame: pd.DataFrame) -> str:
    """Say how many runs were ok, and what became of the others."""
    counts = {str(name): int(count) for name, count in frame["verdict"].value_counts().items()}
    bad = {name: count for name, count in counts.items() if name != "ok"}
    if not bad:
        return "All were ok."
    return f"{counts.get('ok', 0):,} were ok, " + ", ".join(f"{n:,} {name}" for name, n in bad.items()) + "."


def problem_lines(frame: pd.DataFrame, most: int = 5) -> Iterator[str]:
    """Yield why runs were not ok: each reason once, with how many have it and the first of them."""
    bad = frame[frame["verdict"] != "ok"]
    for reason, group in [*bad.groupby("reason", sort=False)][:most]:
        yield f"{len(group):,} x (the first is run {int(group['run'].iloc[0])}): {reason}"


def _with_values(scenario: AnyScenario, summary: pd.DataFrame) -> list[str]:
    there = set(summary["measure"])
    return [name for name in scenario.shown_measures if name in there]


def _factor_text(scenario: AnyScenario, name: str) -> str:
    return f"{len(scenario.levels(name))} of {name}"


def _section(scenario: AnyScenario, summary: pd.DataFrame, pairs: pd.DataFrame, measure: str) -> Section:
    known = MEASURES[measure]
    better = {"lower": " Less is better.", "higher": " More is better.", "": ""}[known.better]
    section = Section(titled(measure), f"{known.about[:1].upper()}{known.about[1:]}.{better}")
    for make in (
        partial(growth_picture, bound={"messages": "message_bound", "time": "time_bound"}.get(measure, "")),
        compared_picture,
    ):
        picture = make(scenario, summary, measure)
        if picture is not None:
            section.pictures.append(to_svg(picture))
            break
    growth = growth_table(scenario, summary, measure)
    if growth is not None:
        section.tables.append(growth)
    section.tables.append(measure_table(scenario, summary, pairs, measure))
    return section


def measure_table(scenario: AnyScenario, summary: pd.DataFrame, pairs: pd.DataFrame, measure: str) -> Table:
    """Return a line for each case: the figure, and its difference from the compared factor's first value."""
    shown = summary[summary["measure"] == measure]
    factor = scenario.compared
    names = [name for name in scenario.varied if name != factor] + ([factor] if factor else [])
    differences = {
        tuple(line[name] for name in names): line
        for line in pairs[pairs["measure"] == measure].to_dict("records")
    }
    heads = [*(Head(name, word=True) for name in names), Head(titled(measure)), Head("median")]
    if factor:
        heads += [Head("difference"), Head("%"), Head("effect")]
    order = [*shown.groupby(names[:-1], sort=False)] if factor and len(names) > 1 else [((), shown)]
    lines: list[Line] = []
    for _, group in order:
        for place, line in enumerate(group.to_dict("records")):
            case = tuple(line[name] for name in names)
            cells = [*map(str, case), interval_text(line["mean"], line["low"], line["high"])]
            cells.append(number_text(line["median"]))
            pair = differences.get(case)
            if pair is not None:
                cells.append(interval_text(pair["difference"], pair["low"], pair["high"]))
                cells += [number_text(pair["percent"]), number_text(pair["effect"])]
            elif factor:
                cells += ["", "", ""]
            lines.append(Line(cells, first=place == 0))
    caption = "" if len(lines) <= MOST_LINES else f"the first {MOST_LINES} of {len(lines):,} lines"
    return Table(heads, lines[:MOST_LINES], caption)


def growth_table(scenario: AnyScenario, summary: pd.DataFrame, measure: str) -> Table | None:
    """Return the fitted exponents of growth; None where no network comes in three sizes."""
    lines: list[Line] = []
    for label, part in growth_series(scenario, summary, measure):
        nodes = part["nodes"].to_numpy()
        growth = fitted_growth(nodes, part["mean"].to_numpy())
        if growth is not None:
            sizes = f"{int(nodes.min()):,} to {int(nodes.max()):,}"
            figures = (growth.exponent, growth.factor, growth.r_squared)
            lines.append(Line([label, sizes, *(f"{figure:.4g}" for figure in figures)]))
    if not lines:
        return None
    heads = [Head("series", word=True), Head("nodes"), Head("exponent"), Head("factor"), Head("R²")]
    return Table(heads, lines, "fitted as factor × nodes ^ exponent, on logarithms")  # noqa: RUF001
