"""The report of an experiment: tables and pictures in one HTML file, and as Markdown with pictures beside it.

The HTML file needs nothing else; the Markdown is for what is shown where HTML is not.
"""

from __future__ import annotations

import hashlib
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
    trend_picture,
)
from topowave.experiments.scenario import LoadScenario
from topowave.experiments.scenario_file import ScenarioFile
from topowave.experiments.statistics import fitted_growth
from topowave.experiments.words import MEASURES, interval_text, number_text, titled
from topowave.translation import Several, Text, text

BOUND_OF = {"messages": "message_bound", "time": "time_bound"}
"""The figure that is the proven limit of another."""
STEPWISE = ("first-order-diffusion", "second-order-diffusion", "dimension-exchange", "finn-spread")
"""Policies that move a little in each of many steps, and not all that is to be moved at once."""
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

    measure: str
    title: str
    about: str
    picture: str = ""
    """SVG; empty where there is nothing to see."""
    tables: list[Table] = field(default_factory=list[Table])


@dataclass(frozen=True)
class Report:
    """All that the report says.

    Attributes:
        title, about: of the scenario.
        runs, product, seeds: how many there are, and of what.
        verdicts, problems: what became of the runs, and why of those that were not ok.
        notes: what to know of what was run.
        command: what repeats it.
        identity: what it depends on, as `results.identity` has it.
        source: the scenario as it is written; empty where there is no file.
        digest: SHA-256 of that; empty where there is no file.
        sections: a part for each figure.
    """

    title: str
    about: str
    runs: str
    product: str
    seeds: str
    verdicts: str
    problems: Sequence[str]
    notes: Sequence[str]
    command: str
    identity: dict[str, Any]
    source: str
    digest: str
    sections: Sequence[Section]


def report_of(
    scenario: AnyScenario,
    identity: dict[str, Any],
    source: ScenarioFile,
    frame: pd.DataFrame,
    summary: pd.DataFrame,
    pairs: pd.DataFrame,
) -> Report:
    """Return what the report of an experiment says.

    Args:
        scenario: what was run.
        identity: what it depends on, as `results.identity` has it.
        source: the scenario's file.
        frame: a line a run, as `tables.frame_of` makes it.
        summary: a line a case and measure, of `tables.summary_of`.
        pairs: the differences, of `tables.compared`.
    """
    return Report(
        title=scenario.title or scenario.name,
        about=scenario.about or "",
        runs=f"{len(frame):,}",
        product=" × ".join(_factor_text(scenario, name) for name in scenario.varied) or "one case",  # noqa: RUF001
        seeds=f"{len(scenario.seed_list):,}",
        verdicts=verdicts_text(frame),
        problems=[*problem_lines(frame)],
        notes=[*notes_on(scenario)],
        command=f"topowave experiment run {source.name}",
        identity=identity,
        source=source.text,
        digest=hashlib.sha256(source.text.encode()).hexdigest() if source.text else "",
        sections=[
            _section(scenario, frame, summary, pairs, name) for name in _with_values(scenario, summary)
        ],
    )


def report_html(report: Report) -> str:
    """Return a report as one file that needs nothing else."""
    return _filled("report.html.j2", autoescape=True, report=report)


def report_markdown(report: Report, pictures: str = "pictures/") -> str:
    """Return a report as Markdown.

    Args:
        report: what it says.
        pictures: what the names of its pictures begin with, as `pictures_of` has them.
    """
    return _filled("report.md.j2", autoescape=False, report=report, pictures=pictures)


def pictures_of(report: Report) -> dict[str, str]:
    """Return the pictures of a report as SVG, by the names of their files."""
    return {f"{section.measure}.svg": section.picture for section in report.sections if section.picture}


def _filled(template: str, *, autoescape: bool, **words: object) -> str:
    environment = jinja2.Environment(
        autoescape=autoescape,  # noqa: S701 - off for Markdown, whose template escapes what is not its own
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["cell"] = _markdown_cell
    source = (files("topowave.experiments") / template).read_text("utf-8")
    return environment.from_string(source).render(words)


def _markdown_cell(cell: str) -> str:
    """Return a text as a cell of a table in Markdown: what would end the cell or begin a link does not."""
    for sign in "\\|<*_`":
        cell = cell.replace(sign, f"\\{sign}")
    return cell.replace("](", "]\\(")


def verdicts_text(frame: pd.DataFrame) -> Text:
    """Say how many runs were ok, and what became of the others."""
    counts = {str(name): int(count) for name, count in frame["verdict"].value_counts().items()}
    bad = {name: count for name, count in counts.items() if name != "ok"}
    if not bad:
        return text("All were ok.")
    others = Several(_counted(name, count) for name, count in bad.items())
    return text("{ok:,} were ok, {others}.", ok=counts.get("ok", 0), others=others)


def _counted(verdict: str, runs: int) -> Text:
    match verdict:
        case "unsuitable":
            return text("{runs:,} unsuitable", runs=runs)
        case "violated":
            return text("{runs:,} violated", runs=runs)
        case "unfinished":
            return text("{runs:,} unfinished", runs=runs)
        case _:
            return text("{runs:,} failed", runs=runs)


def problem_lines(frame: pd.DataFrame, most: int = 5) -> Iterator[Text]:
    """Yield why runs were not ok: each reason once, with how many have it and the first of them."""
    bad = frame[frame["verdict"] != "ok"]
    # What a network lacks is told once for an algorithm, not for each of its sizes.
    kinds = bad["reason"].where(bad["verdict"] != "unsuitable", bad["reason"].str.split(":").str[0])
    for _, group in [*bad.groupby(kinds, sort=False)][:most]:
        first = group.iloc[0]
        yield text(
            "{runs:,} x (the first is run {run}): {problem}",
            runs=len(group),
            run=int(first["run"]),
            problem=str(first["reason"]),
        )


def notes_on(scenario: AnyScenario) -> Iterator[str]:
    """Yield what a reader has to know of what was run, lest it be taken for worse than it is."""
    policies = scenario.policy if isinstance(scenario, LoadScenario) else ()
    stepwise = [name for name in policies if name in STEPWISE]
    if stepwise:
        yield (
            f"{', '.join(stepwise)}: made of many small steps between neighbours, and takes one step a round "
            "here. With a shorter rebalance_interval it would be nearer to what was published."
        )


def _with_values(scenario: AnyScenario, summary: pd.DataFrame) -> list[str]:
    there = set(summary["measure"])
    return [name for name in scenario.shown_measures if name in there]


def _factor_text(scenario: AnyScenario, name: str) -> str:
    return f"{len(scenario.levels(name))} of {name}"


def _section(
    scenario: AnyScenario, frame: pd.DataFrame, summary: pd.DataFrame, pairs: pd.DataFrame, measure: str
) -> Section:
    known = MEASURES[measure]
    better = {"lower": " Less is better.", "higher": " More is better.", "": ""}[known.better]
    section = Section(measure, titled(measure), f"{known.about[:1].upper()}{known.about[1:]}.{better}")
    for make in (
        partial(growth_picture, bound=BOUND_OF.get(measure, "")),
        trend_picture,
        compared_picture,
    ):
        picture = make(scenario, summary, measure)
        if picture is not None:
            section.picture = to_svg(picture)
            break
    for table in (bound_table(scenario, frame, measure), growth_table(scenario, summary, measure)):
        if table is not None:
            section.tables.append(table)
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


def bound_table(scenario: AnyScenario, frame: pd.DataFrame, measure: str) -> Table | None:
    """Return how near a figure came to its proven bound, a line for each case and a column for each family.

    None where no run has a bound.
    """
    bound = BOUND_OF.get(measure, "")
    well = frame[frame["verdict"] == "ok"]
    if bound not in frame or not bool(well[bound].notna().any()):
        return None
    share = 100 * well[measure] / well[bound]
    family = well["topology"].str.partition(":")[0]
    others = [name for name in scenario.varied if name != "topology"] or ["algorithm"]
    families = [*dict.fromkeys(family)]
    lines: list[Line] = []
    for case, part in share.groupby([well[name] for name in others], sort=False):
        most = part.groupby(family).max()
        cells = [number_text(float(most.get(name, float("nan")))) for name in families]
        lines.append(Line([*map(str, case), *cells]))
    heads = [*(Head(name, word=True) for name in others), *map(Head, families)]
    return Table(
        heads, lines, "percent of the proven bound, the most of all runs; a dash where none is proven"
    )


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
