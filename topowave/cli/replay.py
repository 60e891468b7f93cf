"""`topowave replay`: hold a trace against the classes that are said to have made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import JsonOption
from topowave.cli.output import FAILED, UNFINISHED, torn
from topowave.translation import text

if TYPE_CHECKING:
    from topowave.cli.class_process import Teller


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
    decides twice, too early or not at all), 2 for a file that is no trace or names a class that is not found,
    3 if Ctrl-C or a lack of memory ended it, 4 if the class ended its process or had to be ended.
    """
    from topowave.cli.class_process import finish, in_own_process
    from topowave.runtime.memory_limit import usual_memory_mb

    answer = in_own_process(
        lambda teller: _replayed(file, algorithm or [], shiviz, teller, as_json=as_json),
        time_s=None,
        memory_mb=usual_memory_mb(),
        progress=lambda *_: None,
    )
    raise finish(", ".join(algorithm or []) or str(file), answer, as_json=as_json)


def _replayed(
    file: Path, algorithms: list[str], shiviz: Path | None, teller: Teller, *, as_json: bool
) -> dict[str, object]:
    """Replay, in the classes' own process, and return what is to be printed."""
    from topowave.cli.class_process import refused
    from topowave.runtime.memory_limit import lift_memory_limit
    from topowave.topology import Problems
    from topowave.topology.problems import cannot_write
    from topowave.traces.reader import read_trace
    from topowave.traces.replay import replay as replay_trace
    from topowave.traces.shiviz import shiviz_lines

    complaints: list[str] = []
    try:
        recorded = read_trace(file)
        if recorded.torn:
            complaints.append(torn(file))
        about = {"algorithm": ", ".join(algorithms) or str(file), "trace": str(file)}
        teller.tell("known", {"json": about, "rows": [("trace", str(file))]})
        teller.tell("begins")
        found = replay_trace(recorded, *algorithms, progress=lambda: teller.tell("progress", []))
        if shiviz is not None:
            try:
                shiviz.write_text("\n".join(shiviz_lines(recorded)) + "\n", encoding="utf-8")
            except OSError as error:
                raise cannot_write(shiviz, error) from None
    except Problems as refusal:
        return refused(refusal)
    except MemoryError:
        lift_memory_limit()
        return {
            "printed": json.dumps({"trace": str(file), "ending": "memory"}) if as_json else str(file),
            "complaints": [spoken(text("{file}: ended by the memory that a replay may take", file=file))],
            "code": UNFINISHED,
        }
    told = text(
        "{source}: {waves} waves, {nodes} nodes fed with {events} events; "
        "{sends} sends and {decides} decides reproduced, {differences} differences",
        source=found.source,
        waves=len(found.waves),
        nodes=found.nodes,
        events=found.events,
        sends=found.sends,
        decides=found.decides,
        differences=found.different,
    )
    found_lines = (*found.differences, *found.skipped, *found.wrong)
    lines = [spoken(told), *(f"  {say_in_language(line)}" for line in found_lines)]
    return {
        "printed": json.dumps(found.to_json(), ensure_ascii=False) if as_json else "\n".join(lines),
        "complaints": [say_in_language(each) for each in complaints],
        "code": 0 if found.ok else FAILED,
    }
