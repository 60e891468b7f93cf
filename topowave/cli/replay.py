"""`topowave replay`: hold a trace against the classes that are said to have made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from topowave.cli.options import JsonOption
from topowave.cli.output import FAILED, TORN, complain, end_with, say, write_file


def replay(
    file: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, simulated or live.")],
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            "--algorithm",
            "-a",
            metavar="FILE.py:CLASS",
            help="The class of the waves that name it, or of all if none does; may be given more than once.",
        ),
    ] = None,
    shiviz: Annotated[
        Path | None, typer.Option("--shiviz", metavar="FILE", help="Also write the trace as a ShiViz log.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Feed each node what a trace says it received, and see whether it does what the trace says it did.

    For example:

        topowave replay run.jsonl

        topowave replay live.jsonl --algorithm ./my_echo.py:MyEcho

    A class of your own has to be given: no file that a trace names is run.

    Exit code: 0 if every send and decide is reproduced and as it should be, 1 if one is not (a node that
    decides twice, too early or not at all), 2 for a file that is no trace or
    names a class that is not found.
    """
    from topowave.topology import Problems
    from topowave.traces.reader import read_trace
    from topowave.traces.replay import replay as replay_trace
    from topowave.traces.shiviz import shiviz_lines

    try:
        recorded = read_trace(file)
        if recorded.torn:
            complain(TORN.format(file))
        found = replay_trace(recorded, *(algorithm or []))
        if shiviz is not None:
            write_file(shiviz, "\n".join(shiviz_lines(recorded)) + "\n")
    except Problems as refusal:
        raise end_with(refusal) from None
    if as_json:
        say(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        say(
            f"{found.source}: {len(found.waves)} waves, {found.nodes} nodes fed with {found.events} events; "
            f"{found.sends} sends and {found.decides} decides reproduced, {found.different} differences"
        )
        for line in (*found.differences, *found.skipped, *found.wrong):
            say(f"  {line}")
    raise typer.Exit(0 if found.ok else FAILED)
