"""`topowave simulate`: run an algorithm in virtual time."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, cast

import typer

from topowave.cli.options import AlgorithmArgument, FifoOption, InitiatorOption, JsonOption
from topowave.cli.output import FAILED, complain, refuse, say, with_short_path
from topowave.cli.progress import ProgressLine


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
    fifo: FifoOption = False,
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
    as_json: JsonOption = False,
) -> None:
    """Run an algorithm in virtual time and hold it against its theorem.

    For example:

        topowave simulate echo --topology binary:15

        topowave simulate ./my_echo.py:MyEcho -t random:100:7 --delay uniform:1,10 --trace run.jsonl

    Exit code: 0 if all that applies holds, 1 if something is violated or the algorithm makes a mistake,
    2 for wrong use.
    """
    from topowave import simulator
    from topowave.topology import Problems

    progress = SimulationProgress()
    progress.prepare()
    try:
        with redirect_stdout(sys.stderr):  # what a handler prints is not part of the result
            run = simulator.simulate(
                algorithm,
                topology,
                initiators=initiator or None,
                inputs=_read_inputs(inputs),
                seed=seed,
                delay=delay,
                fifo=fifo,
                loss=loss,
                duplicate=duplicate,
                faults=fault,
                trace=trace,
                max_events=max_events,
                fast=fast,
                progress=progress,
            )
    except Problems as refusal:
        progress.end()
        raise refuse(refusal.problems) from None
    except KeyboardInterrupt:
        progress.end()
        complain("interrupted before the run began")
        raise typer.Exit(FAILED) from None
    progress.end()
    if as_json:
        say(json.dumps(run.to_json(), ensure_ascii=False))
        if run.mistake is not None:
            complain(f"{run.algorithm}: {with_short_path(str(run.mistake))}")
    else:
        say(with_short_path(str(run)))
    if run.ending == "interrupted":
        complain("interrupted: this is what is known so far")
        raise typer.Exit(FAILED)
    raise typer.Exit(0 if run.ok else FAILED)


def _read_inputs(path: Path | None) -> dict[str, object] | None:
    from topowave.topology import Problems

    if path is None:
        return None
    try:
        data: object = json.loads(path.read_bytes())
    except OSError as error:
        raise Problems([f"{path}: {error.strerror}"]) from None
    except (ValueError, RecursionError) as error:
        raise Problems([f"{path}: is not JSON: {error}"]) from None
    if not isinstance(data, dict):
        raise Problems([f"{path}: expected an object like {{NAME: VALUE}}"])
    return cast("dict[str, object]", data)


class SimulationProgress(ProgressLine):
    """How far a long run is."""

    def prepare(self) -> None:
        """Say that there is no run yet."""
        self.show("making the network")

    def __call__(self, events: int, time: float) -> None:
        """Show how many events there were, and how far virtual time is."""
        self.show(f"{events:,} events, virtual time {time:,.1f}; Ctrl-C ends the run")
