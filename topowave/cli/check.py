"""`topowave check`: search all orders in which messages can arrive."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from topowave.cli.networks import read_graph_noting
from topowave.cli.options import AlgorithmArgument, FifoOption, InitiatorOption, JsonOption, LargestOption
from topowave.cli.output import FAILED, complain, end_with, say, with_short_path
from topowave.cli.progress import ProgressLine

DEFAULT_TOPOLOGY = "topology.json"


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
    fifo: FifoOption = False,
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
    largest: LargestOption = False,
    as_json: JsonOption = False,
) -> None:
    """Go through every order in which messages can arrive, and see whether what is promised always holds.

    For example:

        topowave check echo --topology ring:4

        topowave check ./my_echo.py:MyEcho --all-connected 4 --trace wrong.jsonl

    Exit code: 0 if no violation was found, 1 if one was, 2 for wrong use.
    """
    from topowave.checker.check import check as check_algorithm
    from topowave.checker.limits import MAX_STATES, TIME_S
    from topowave.topology import Problems

    if topology is None and all_connected is None:
        topology = DEFAULT_TOPOLOGY
    progress = SearchProgress()
    try:
        with redirect_stdout(sys.stderr):  # what a handler prints is not part of the result
            network = None if topology is None else read_graph_noting(topology, largest=largest)
            result = check_algorithm(
                algorithm,
                network,
                all_connected=all_connected,
                initiators=initiator or None,
                fifo=fifo,
                loss=loss,
                duplicate=duplicate,
                crash=crash,
                max_states=MAX_STATES if max_states is None else max_states,
                time_s=TIME_S if time is None else time or None,
                trace=trace,
                progress=progress,
            )
    except Problems as refusal:
        raise end_with(refusal) from None
    finally:
        progress.end()
    say(json.dumps(result.to_json(), ensure_ascii=False) if as_json else with_short_path(str(result)))
    if trace is not None and result.violation is None and not as_json:
        complain(f"{trace}: not written, since no run breaks a condition")
    raise typer.Exit(0 if result.ok else FAILED)


class SearchProgress(ProgressLine):
    """How far a long search is."""

    def __call__(self, network: str, states: int, done: int, cases: int) -> None:
        """Show how many states of a network are seen, and how many of the networks are done."""
        which = f"{done + 1} of {cases}: {network}" if cases > 1 else network
        self.show(f"{which[:50]}: {states:,} states; Ctrl-C ends the search")
