"""Pictures of an experiment: figures with error bars, and growth on logarithmic axes with its exponents."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from topowave.experiments.kinds import AnyScenario
from topowave.experiments.statistics import Growth, fitted_growth
from topowave.experiments.words import titled

mpl: Any = matplotlib
"""matplotlib, whose functions take keywords that have no types."""
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
"""Okabe and Ito's colours, which people with any colour vision tell apart."""
MARKS = "osD^vPX*"
STYLE: Any = {
    "svg.hashsalt": "topowave",  # else ids in the picture would differ from run to run
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}
AREA = (2.7, 2.3)
"""Width and height of what is drawn in one panel (inches), without its words."""
CHARACTER = 0.08
LINE = 0.14
"""Room for a character of a label, and for a line of a title (inches)."""
MOST_PANELS = 12
"""Panels of one picture; where there are more cases, it says so."""
MOST_LINES = 8
"""Lines that are drawn into one panel; more come family by family."""
WIDE = 20
"""From how many times the smallest value on a logarithmic axis shows more than a plain one."""
MOST_LABEL = 28
"""Characters of a label; a longer one is cut."""


def to_svg(figure: Figure) -> str:
    """Return a picture as SVG, the same bytes each time."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        untyped: Any = figure
        untyped.savefig(text, format="svg", metadata={"Date": None, "Creator": "Topowave"})
    found = text.getvalue()
    return found[found.index("<svg") :]


def compared_picture(scenario: AnyScenario, summary: pd.DataFrame, measure: str) -> Figure | None:
    """Return a panel for each case of the factors that are not compared, a point with its interval a value.

    None where the figure has no values, or is the same everywhere, or nothing is compared.
    """
    factor = scenario.compared
    shown = summary[summary["measure"] == measure]
    if factor is None or shown.empty or shown["mean"].nunique() == 1:
        return None
    others = [name for name in scenario.varied if name != factor]
    panels = [*shown.groupby(others, sort=False)] if others else [((), shown)]
    labels = max(len(_label(level)) for level in shown[factor])
    figure, axes = _panels(min(len(panels), MOST_PANELS), lines=len(others), label=labels)
    if len(panels) > MOST_PANELS:
        untyped: Any = figure
        untyped.suptitle(
            f"the first {MOST_PANELS} of {len(panels)} cases; the table has all", fontsize=8, y=1, va="top"
        )
    for axis, (case, part) in zip(axes, panels, strict=False):
        places = np.arange(len(part))[::-1]
        mean = part["mean"].to_numpy()
        errors = np.nan_to_num(np.abs(np.vstack([mean - part["low"], part["high"] - mean])))
        for place, value, error, color in zip(places, mean, errors.T, cycle(COLORS), strict=False):
            axis.errorbar(
                value, place, xerr=error[:, np.newaxis], fmt="o", color=color, capsize=3, markersize=5
            )
        axis.set_yticks(places, [_label(level) for level in part[factor]])
        axis.set_ylim(-0.6, len(part) - 0.4)
        axis.set_title("\n".join(_label(level) for level in case), fontsize=8, loc="left")
        axis.set_xlabel(titled(measure))
    return figure


def growth_picture(scenario: AnyScenario, summary: pd.DataFrame, measure: str, bound: str) -> Figure | None:
    """Return how a figure grows with the nodes, a line for each case, and its proven bound, dashed.

    None where the networks have fewer than three sizes.
    """
    series = growth_series(scenario, summary, measure)
    if not series:
        return None
    bounds = dict(growth_series(scenario, summary, bound))
    panels: dict[str, list[tuple[str, str, pd.DataFrame]]] = {}
    for label, part in series:  # many lines are drawn family by family
        family, _, rest = label.partition(", ") if len(series) > MOST_LINES else ("", "", label)
        panels.setdefault(family, []).append((rest, label, part))
    names = [*dict.fromkeys(rest for lines in panels.values() for rest, _, _ in lines)]
    styles = dict(zip(names, _line_styles(), strict=False))
    figure, axes = _line_panels(len(panels))
    for axis, (family, lines) in zip(axes, panels.items(), strict=True):
        for rest, label, part in lines:
            nodes, mean = part["nodes"].to_numpy(), part["mean"].to_numpy()
            growth = fitted_growth(nodes, mean) if len(panels) == 1 else None
            text = f"{rest}  {growth_text(growth)}" if growth is not None else rest
            axis.errorbar(nodes, mean, yerr=_errors(part), label=text, **styles[rest])
            limit = bounds.get(label)
            if limit is not None:
                axis.plot(limit["nodes"], limit["mean"], color=styles[rest]["color"], lw=0.9, ls="--")
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_title(family, fontsize=8, loc="left")
        axis.set_xlabel("Nodes")
        axis.set_ylabel(titled(measure))
    _explain_lines(figure, axes)
    return figure


def trend_picture(scenario: AnyScenario, summary: pd.DataFrame, measure: str) -> Figure | None:
    """Return how a figure changes with a factor that is a number, a line for each compared value.

    There is a panel for each case of the other factors. None where nothing is compared, or where not exactly
    one other factor has three numbers or more.
    """
    factor = scenario.compared
    others = [name for name in scenario.varied if name != factor]
    numbers = [name for name in others if _is_scale(scenario.levels(name))]
    shown = summary[summary["measure"] == measure]
    if factor is None or len(numbers) != 1 or shown.empty or shown["mean"].nunique() == 1:
        return None
    (along,) = numbers
    rest = [name for name in others if name != along]
    panels = [*shown.groupby(rest, sort=False)] if rest else [((), shown)]
    if len(panels) > MOST_PANELS:
        return None
    levels = [*map(float, scenario.levels(along))]
    smallest = min(level for level in levels if level > 0) if max(levels) > 0 else 1.0
    styles = dict(zip(map(str, scenario.levels(factor)), _line_styles(), strict=False))
    figure, axes = _line_panels(len(panels))
    for axis, (case, part) in zip(axes, panels, strict=True):
        for level, line in part.groupby(factor, sort=False):
            axis.errorbar(
                line[along], line["mean"], yerr=_errors(line), label=_label(level), **styles[str(level)]
            )
        if min(levels) >= 0 and max(levels) >= WIDE * smallest:
            axis.set_xscale("symlog", linthresh=smallest)
            axis.set_xticks(levels, [f"{level:g}" for level in levels])
        if part["mean"].min() > 0 and part["mean"].max() >= WIDE * part["mean"].min():
            axis.set_yscale("log")
        axis.set_title("\n".join(_label(level) for level in case), fontsize=8, loc="left")
        axis.set_xlabel(along)
        axis.set_ylabel(titled(measure))
    _explain_lines(figure, axes)
    return figure


def _is_scale(levels: Sequence[object]) -> bool:
    """Whether the values of a factor are numbers of which some may lie between others."""
    return len(levels) >= 3 and all(isinstance(each, int | float) for each in levels)


def growth_series(
    scenario: AnyScenario, summary: pd.DataFrame, measure: str
) -> list[tuple[str, pd.DataFrame]]:
    """Return for each family of networks and case of the other factors its lines by number of nodes.

    A family is what stands before the number in SHAPE:N; only those of three sizes or more are returned.
    """
    shown = summary[summary["measure"] == measure]
    if shown.empty:
        return []
    family = shown["topology"].str.partition(":")[0].rename("family")
    others = [name for name in scenario.varied if name != "topology"]
    series: list[tuple[str, pd.DataFrame]] = []
    for case, part in shown.groupby([family, *others], sort=False):
        ordered = part.sort_values("nodes")
        if ordered["nodes"].nunique() >= 3 and bool((ordered["mean"] > 0).all()):
            series.append((", ".join(_label(level) for level in case), ordered))
    return series


def _line_styles() -> Iterator[dict[str, Any]]:
    """Yield how to draw one line after the other; where colours come again, marks are others."""
    for number in count():
        mark = MARKS[(number + number // len(COLORS)) % len(MARKS)]
        yield {
            "color": COLORS[number % len(COLORS)],
            "marker": mark,
            "markersize": 4,
            "capsize": 3,
            "lw": 1.2,
        }


def _errors(lines: pd.DataFrame) -> Any:
    mean = lines["mean"].to_numpy()
    return np.nan_to_num(np.abs(np.vstack([mean - lines["low"], lines["high"] - mean])))


def _line_panels(wanted: int) -> tuple[Figure, list[Any]]:
    """Return panels for lines, beside which there is room for what explains them."""
    columns = min(wanted, 3)
    rows = -(-wanted // columns)
    size = (9.0, 4.6) if wanted == 1 else (3.2 * columns + 1.6, 2.9 * rows)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes: Any = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[wanted:]:
        axis.set_visible(False)
    return figure, [*axes[:wanted]]


def _explain_lines(figure: Figure, axes: list[Any]) -> None:
    found: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        found = dict(zip(labels, handles, strict=True)) | found
    untyped: Any = figure
    with mpl.rc_context(STYLE):
        untyped.legend([*found.values()], [*found], loc="outside right center", fontsize=8)


def growth_text(growth: Growth) -> str:
    """Return a growth in a few characters: `~ n^1.02 (R² 1.000)`."""
    return f"~ n^{growth.exponent:.2f} (R² {growth.r_squared:.3f})"


def _panels(count: int, *, lines: int, label: int) -> tuple[Figure, list[Any]]:
    """Return a picture of so many panels with room for titles of so many lines and so long labels.

    matplotlib's own layouts draw everything twice to find that out, which took most of the time.
    """
    columns = min(count, 3)
    rows = -(-count // columns)
    left, bottom = 0.25 + CHARACTER * label, 0.55
    top = 0.2 + LINE * lines
    width, height = (left + AREA[0] + 0.15) * columns, (bottom + AREA[1] + top) * rows
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes: Any = figure.subplots(rows, columns, squeeze=False).ravel()
    figure.subplots_adjust(
        left=left / width,
        right=1 - 0.15 / width,
        bottom=bottom / height,
        top=1 - top / height,
        wspace=(left + 0.15) / AREA[0],
        hspace=(bottom + top) / AREA[1],
    )
    for axis in axes[count:]:
        axis.set_visible(False)
    return figure, [*axes[:count]]


def _label(level: object) -> str:
    text = str(level)
    return text if len(text) <= MOST_LABEL else f"{text[: MOST_LABEL - 1]}…"
