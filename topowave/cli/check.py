"""`topowave check`: what there is to type."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topowave.cli.options import AlgorithmArgument, InitiatorOption


def check(  # noqa: PLR0913, PLR0917 - each is an option of the command
    algorithm: AlgorithmArgument,
    topology: Annotated[
        str | None,
        typer.Option(
            "--topology",
            "-t",
            metavar="FILE|SHAPE:N[:SEED]",
            help="The network: a file, or a shape to generate. Of 2 to 5 nodes, as a rule.",
        ),
    ] = None,
    all_connected: Annotated[
        int | None,
        typer.Option(
            "--all-connected",
            metavar="N",
            help="All connected networks of up to N nodes, with every choice of initiators.",
        ),
    ] = None,
    initiator: InitiatorOption = None,
    loss: Annotated[int, typer.Option("--loss", metavar="K", help="Up to K messages are lost.")] = 0,
    duplicate: Annotated[
        int, typer.Option("--duplicate", metavar="K", help="Up to K messages arrive twice.")
    ] = 0,
    crash: Annotated[int, typer.Option("--crash", metavar="K", help="Up to K nodes crash.")] = 0,
    fifo: Annotated[bool, typer.Option("--fifo", help="Links keep their messages in order.")] = False,
    max_states: Annotated[
        int | None,
        typer.Option(
            "--max-states", metavar="N", help="See at most N states of a network. [default: 4000000]"
        ),
    ] = None,
    time: Annotated[
        float | None,
        typer.Option("--time", metavar="SECONDS", help="Take at most so long; 0 for no limit. [default: 60]"),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option("--trace", metavar="FILE", help="Write a violating run to FILE, if there is one."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")] = False,
) -> None:
    """Go through every order in which messages can arrive, and see whether what is promised always holds.

    For example:

        topowave check echo --topology ring:4

        topowave check ./my_echo.py:MyEcho --all-connected 4 --trace wrong.jsonl

    Exit code: 0 if no violation was found, 1 if one was, 2 for wrong use.
    """
    from topowave.cli.check_run import Asked, run_check  # noqa: PLC0415 - imports the model and the checker

    asked = Asked(
        algorithm,
        topology,
        all_connected,
        initiator or None,
        loss,
        duplicate,
        crash,
        fifo,
        max_states,
        time,
        trace,
    )
    raise typer.Exit(run_check(asked, as_json=json))


def mount(app: typer.Typer) -> None:
    """Add this command to the `topowave` command."""
    app.command()(check)
