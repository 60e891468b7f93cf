"""`topowave simulate`, `replay`, `draw` and `algorithms`: what there is to type."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topowave.cli.options import AlgorithmArgument, InitiatorOption

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def simulate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    algorithm: AlgorithmArgument,
    topology: Annotated[
        str,
        typer.Option(
            "--topology",
            "-t",
            metavar="FILE|SHAPE:N[:SEED]",
            help="The network: a file, or a shape to generate.",
        ),
    ] = "topology.json",
    initiator: InitiatorOption = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all random choices.")] = 0,
    delay: Annotated[
        str,
        typer.Option(
            "--delay",
            metavar="MODEL",
            help="constant:T, uniform:LEAST,MOST, exponential:MEAN, or links[:T] for each link's own.",
        ),
    ] = "constant:1",
    fifo: Annotated[bool, typer.Option("--fifo", help="Links keep their messages in order.")] = False,
    loss: Annotated[
        float, typer.Option("--loss", metavar="P", help="Probability that a message is lost.")
    ] = 0.0,
    duplicate: Annotated[
        float, typer.Option("--duplicate", metavar="P", help="Probability that a message arrives twice.")
    ] = 0.0,
    fault: Annotated[
        Path | None,
        typer.Option("--fault", metavar="FILE", help="What goes wrong: crashes, cuts, partitions."),
    ] = None,
    inputs: Annotated[
        Path | None,
        typer.Option("--inputs", metavar="FILE", help="What the nodes contribute: JSON, {NAME: VALUE}."),
    ] = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", metavar="FILE", help="Write every event to FILE, one a line.")
    ] = None,
    max_events: Annotated[
        int | None,
        typer.Option(
            "--max-events", metavar="N", min=1, help="Stop after so many events, as a run that does not end."
        ),
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Leave out what costs time: bits and dependence.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run an algorithm in virtual time and hold it against its theorem.

    For example:

        topowave simulate echo --topology binary:15

        topowave simulate ./my_echo.py:MyEcho -t random:100:7 --delay uniform:1,10 --trace run.jsonl

    Exit code: 0 if all that applies holds, 1 if something is violated or the algorithm makes a mistake,
    2 for wrong use.
    """
    from topowave.cli.simulate_run import Asked, run_simulation  # noqa: PLC0415 - imports the model and the kernel

    asked = Asked(
        algorithm,
        topology,
        initiator or None,
        seed,
        delay,
        fifo,
        loss,
        duplicate,
        fault,
        inputs,
        trace,
        max_events,
        fast,
    )
    raise typer.Exit(run_simulation(asked, as_json=json))


def algorithms(json: JsonOption = False) -> None:
    """List the algorithms of the library, with what they need and what is proven of them.

    For example:

        topowave algorithms

    Exit code: 0.
    """
    from topowave.cli.simulate_run import list_algorithms  # noqa: PLC0415

    raise typer.Exit(list_algorithms(as_json=json))


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
    json: JsonOption = False,
) -> None:
    """Feed each node what a trace says it received, and see whether it does what the trace says it did.

    For example:

        topowave replay run.jsonl

        topowave replay live.jsonl --algorithm ./my_echo.py:MyEcho

    Exit code: 0 if every send and decide is reproduced, 1 if one is not, 2 for a file that is no trace or
    names a class that is not found.
    """
    from topowave.cli.replay import replay_file  # noqa: PLC0415

    raise typer.Exit(replay_file(file, algorithm or [], shiviz, as_json=json))


def draw(
    file: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, simulated or live.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the SVG goes.")],
    wave: Annotated[
        str | None, typer.Option("--wave", metavar="ID", help="Only this wave; by default all of them.")
    ] = None,
) -> None:
    """Draw a trace as a space-time diagram: a lane for each node, an arrow for each message.

    For example:

        topowave draw run.jsonl -o run.svg

    Exit code: 0, or 2 for a file that is no trace.
    """
    from topowave.cli.replay import draw_file  # noqa: PLC0415

    raise typer.Exit(draw_file(file, output, wave))


def mount(app: typer.Typer) -> None:
    """Add these commands to the `topowave` command."""
    for command in (simulate, replay, draw, algorithms):
        app.command()(command)
