"""`topowave simulate`: run an algorithm in virtual time."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from topowave.cli.networks import read_graph_noting
from topowave.cli.options import AlgorithmArgument, JsonOption, LargestOption
from topowave.cli.output import FAILED, complain, end_with, say, with_short_path
from topowave.cli.progress import ProgressLine
from topowave.simulator.config import options


def simulate(algorithm: str, topology: str, *, largest: bool, as_json: bool, **chosen: Any) -> None:
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
            chosen["inputs"] = _read_inputs(chosen["inputs"])
            chosen["initiators"] = chosen["initiators"] or None
            network = read_graph_noting(topology, largest=largest)
            run = simulator.simulate(algorithm, network, **chosen, progress=progress)
    except Problems as refusal:
        progress.end()
        raise end_with(refusal) from None
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


def _parameters() -> Iterator[inspect.Parameter]:
    """Yield what the command takes: the options of `SimulationConfig`, each with its words and its help."""
    network = typer.Option(
        "--topology",
        "-t",
        metavar="FILE|SHAPE:N[:SEED]",
        help="The network: a file, or a shape to generate.",
    )
    yield _parameter("algorithm", AlgorithmArgument, inspect.Parameter.empty)
    yield _parameter("topology", Annotated[str, network], "topology.json")
    for option in options():
        if option.flags:
            words = typer.Option(*option.flags, metavar=option.metavar, help=option.help, min=option.least)
            kind: Any = option.kind if option.default is not None else option.kind | None
            yield _parameter(option.name, Annotated[kind, words], option.default)
    yield _parameter("largest", LargestOption, False)
    yield _parameter("as_json", JsonOption, False)


def _parameter(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


vars(simulate)["__signature__"] = inspect.Signature([*_parameters()])


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
