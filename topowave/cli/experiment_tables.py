"""Tables of an experiment on a terminal, with figures and heads in the language of the command.

Factors and their values stay as the scenario has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from topowave.cli.language import language, spoken, unit_text
from topowave.cli.reports import name_of
from topowave.translation import text
from topowave.translation.languages import ENGLISH

if TYPE_CHECKING:
    from topowave.experiments.report import Table

MOST_LINES = 60
"""Lines of a table on the terminal; the report has more, the files all."""


def title_of(measure: str) -> str:
    """Return a figure's title with its unit."""
    from topowave.experiments.words import MEASURES, titled
    from topowave.load.measures import MEASURES as LOAD_MEASURES

    if language() == ENGLISH:
        return titled(measure)
    said = name_of({each.name: each.title for each in LOAD_MEASURES}.get(measure, measure))
    unit = MEASURES[measure].unit
    return f"{said[:1].upper()}{said[1:]}" + (f" ({unit_text(unit)})" if unit else "")


def figure_text(figure: str) -> str:
    """Return a written figure, which may have its interval behind it, as the language writes numbers."""
    if language() == ENGLISH:
        return figure
    from topowave.translation.translate import separated

    return separated(figure.replace(", ", "; "), language())


def table_text(table: Table, measure: str) -> str:
    """Return a table of a figure as lines."""
    from topowave.experiments.words import titled

    words = sum(head.word for head in table.heads)
    shown = table.lines[:MOST_LINES]
    heads = [
        head.text if head.word else title_of(measure) if head.text == titled(measure) else name_of(head.text)
        for head in table.heads
    ]
    lines = [[*line.cells[:words], *map(figure_text, line.cells[words:])] for line in shown]
    written = columns_text(heads, lines, words=words)
    more = len(table.lines) - len(lines)
    return f"{written}\n{spoken(text('... and {more} more lines', more=more))}" if more > 0 else written


def columns_text(heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: int) -> str:
    """Write rows below their heads: the first `words` columns to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [heads, *rows]
    ]
    return "\n".join(lines)
