"""`topowave simulate`: run an algorithm in virtual time."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from topowave.cli.language import say_in_language
from topowave.cli.networks import read_graph_noting
from topowave.cli.options import AlgorithmArgument, JsonOption, LargestOption
from topowave.cli.output import FAILED, UNFINISHED
from topowave.cli.progress import ProgressLine
from topowave.cli.verdict_table import verdict_text
from topowave.simulator.config import options
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.cli.class_process import Teller
    from topowave.simulator import Run


def simulate(algorithm: str, topology: str, *, largest: bool, as_json: bool, **chosen: Any) -> None:
    """Run an algorithm in virtual time and hold it against its theorem.

    For example:

        topowave simulate echo --topology binary:15

        topowave simulate ./my_echo.py:MyEcho -t random:100:7 --delay uniform:1,10 --trace run.jsonl

    Exit code: 0 if all that applies holds and the run came to its end, 1 if something is violated or the
    algorithm makes a mistake, 2 for wrong use, 3 if a limit or Ctrl-C ended the run, 4 if the class ended
    its process or had to be ended.
    """
    from topowave.cli.class_process import finish, in_own_process
    from topowave.runtime.memory_limit import usual_memory_mb

    progress = SimulationProgress()
    progress.prepare()
    if chosen["memory_mb"] is None:
        chosen["memory_mb"] = usual_memory_mb()
    try:
        answer = in_own_process(
            lambda teller: _simulated(
                algorithm, topology, teller, largest=largest, as_json=as_json, chosen=chosen
            ),
            time_s=_limit(chosen["time_s"]),
            memory_mb=chosen["memory_mb"],
            progress=progress,
        )
    finally:
        progress.end()
    raise finish(algorithm, answer, as_json=as_json)


def _simulated(
    algorithm: str,
    topology: str,
    teller: Teller,
    *,
    largest: bool,
    as_json: bool,
    chosen: dict[str, Any],
) -> dict[str, object]:
    """Run, in the class' own process, and return what is to be printed."""
    from topowave import simulator
    from topowave.cli.class_process import refused
    from topowave.runtime.loading import algorithm_of
    from topowave.runtime.reproducibility import notes
    from topowave.runtime.shared_state import SharedState
    from topowave.simulator.run import UNFINISHED as UNFINISHED_RUNS
    from topowave.simulator.simulation import run_waves
    from topowave.topology import Problems

    known: list[Callable[[], Run]] = []

    def tell() -> None:
        run = known[0]()
        teller.tell("known", {"json": run.to_json(), "rows": run.rows()})

    def begun(so_far: Callable[[], Run]) -> None:
        known.append(so_far)
        tell()

    def look(events: int, time: float) -> None:
        tell()
        teller.tell("progress", [events, time])

    try:
        chosen["inputs"] = _read_inputs(chosen["inputs"])
        chosen["initiators"] = chosen["initiators"] or None
        chosen["time_s"] = chosen["time_s"] or None
        config = simulator.SimulationConfig(**chosen, progress=look)
        network = read_graph_noting(topology, largest=largest)
        teller.tell("begins")
        chosen_class = algorithm_of(algorithm)
        shared = SharedState(chosen_class)
        (run,) = run_waves([simulator.Wave(chosen_class)], network, config, begun)
    except Problems as refusal:
        return refused(refusal)
    complaints = [
        *notes(algorithm),
        *(
            sentence(
                "{algorithm}: note: {name} has changed: all nodes share what stands in a class or beside it, "
                "as those of a network cannot; a node's state is made in `setup`",
                algorithm=algorithm,
                name=name,
            )
            for name in shared.changed()
        ),
    ]
    if as_json and run.mistake is not None:
        complaints.append(f"{run.algorithm}: {run.mistake}")
    if run.ending in UNFINISHED_RUNS:
        complaints.append(
            sentence(
                "ended {unfinished_runs}: this is what is known so far",
                unfinished_runs=UNFINISHED_RUNS[run.ending],
            )
        )
    return {
        "printed": json.dumps(run.to_json(), ensure_ascii=False) if as_json else verdict_text(run),
        "complaints": [say_in_language(each) for each in complaints],
        "code": UNFINISHED if run.unfinished else 0 if run.ok else FAILED,
    }


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


def _limit(seconds: float | None) -> float | None:
    """Return the time after which the class' process is ended; what is no time the run refuses itself."""
    return seconds if seconds is not None and seconds > 0 else None


def _no_number(text: str) -> float:
    raise ValueError(sentence("{given} is no number", given=text))


def _finite_number(text: str) -> float:
    """Return a number. Raises ValueError where it is too large for one, as 1e999."""
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _read_inputs(path: Path | None) -> dict[str, object] | None:
    from topowave.topology import Problems
    from topowave.topology.files import read_bytes
    from topowave.topology.problems import no_json

    if path is None:
        return None
    read = read_bytes(path)
    try:
        data: object = json.loads(read, parse_constant=_no_number, parse_float=_finite_number)
    except (ValueError, RecursionError) as error:
        raise no_json(path, error) from None
    if not isinstance(data, dict):
        raise Problems([sentence("{path}: expected an object like {{NAME: VALUE}}", path=path)])
    return cast("dict[str, object]", data)


class SimulationProgress(ProgressLine):
    """How far a long run is."""

    def prepare(self) -> None:
        """Say that there is no run yet."""
        self.show(sentence("making the network"))

    def __call__(self, events: int, time: float) -> None:
        """Show how many events there were, and how far virtual time is."""
        self.show(
            sentence(
                "{events:,} events, virtual time {time:,.1f}; Ctrl-C ends the run", events=events, time=time
            )
        )
