"""`topowave draw`: a picture of a trace, or the whole of it as a page of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topowave.cli.output import complain, refuse, say, torn, write_file
from topowave.translation import text

NO_SVG = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".pdf", ".eps", ".ps", ".tif", ".tiff"})
"""Endings that promise a picture of another kind, which no program would open."""

HTML = frozenset({".html", ".htm"})


def draw(
    file: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, simulated or live.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where it goes: a name in .svg for a picture, in .html for a page.",
        ),
    ],
    wave: Annotated[
        str | None, typer.Option("--wave", metavar="ID", help="Only this wave; by default all of them.")
    ] = None,
) -> None:
    """Draw a trace as a space-time diagram: a lane for each node, an arrow for each message.

    For example:

        topowave draw run.jsonl -o run.svg

    With a name that ends in .html it becomes one file that any browser opens without a server, to step
    through the run:

        topowave draw run.jsonl -o run.html

    Exit code: 0, or 2 for a file that is no trace.
    """
    if output.suffix.lower() in NO_SVG:
        raise refuse(
            [text("{output}: a picture is written as SVG; expected a name that ends in .svg", output=output)]
        )
    from topowave.topology import Problems
    from topowave.traces.html_file import trace_as_html
    from topowave.traces.reader import read_trace
    from topowave.traces.space_time_diagram import DRAWN_EVENTS
    from topowave.traces.space_time_diagram import draw as draw_trace

    try:
        recorded = read_trace(file, DRAWN_EVENTS)
        if recorded.torn:
            complain(torn(file))
        diagram = draw_trace(recorded, wave)
        page = trace_as_html(file) if output.suffix.lower() in HTML else None
    except Problems as refusal:
        raise refuse(refusal.problems) from None
    if page is not None:
        write_file(output, page)
        say(text("{output}: opens in any browser, without a server", output=output))
        return
    write_file(output, str(diagram))
    shown = diagram.excerpt or text("all nodes and messages")
    say(text("{output}: {shown}", output=output, shown=shown))
