"""`topowave check`: search all orders in which messages can arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.networks import read_graph_noting
from topowave.cli.options import (
    AlgorithmArgument,
    FifoOption,
    IdentitiesOption,
    InitiatorOption,
    JsonOption,
    LargestOption,
)
from topowave.cli.output import FAILED, UNFINISHED
from topowave.cli.progress import ProgressLine
from topowave.cli.verdict_table import verdict_text
from topowave.translation import text

if TYPE_CHECKING:
    from topowave.cli.class_process import Teller

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
        str | None,
        typer.Option(
            "--all-connected",
            metavar="N|N..M",
            help="All connected networks of up to N nodes, or of N to M, with every choice of initiators.",
        ),
    ] = None,
    initiator: InitiatorOption = None,
    loss: Annotated[int, typer.Option("--loss", metavar="K", help="Up to K messages are lost.")] = 0,
    duplicate: Annotated[
        int, typer.Option("--duplicate", metavar="K", help="Up to K messages arrive twice.")
    ] = 0,
    crash: Annotated[int, typer.Option("--crash", metavar="K", help="Up to K nodes crash.")] = 0,
    fifo: FifoOption = False,
    ids: IdentitiesOption = "in-order",
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
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory",
            metavar="MB",
            min=0,
            help="Take at most so much memory; 0 for no limit. [default: 6000, or 3/4 of what is free]",
        ),
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

    Exit code: 0 if everything was seen and nothing is violated, 1 if something is, 2 for wrong use, 3 if not
    everything was seen, 4 if the class ended its process or had to be ended.
    """
    from topowave.checker.limits import MAX_STATES, TIME_S
    from topowave.cli.class_process import finish, in_own_process
    from topowave.runtime.memory_limit import usual_memory_mb

    if topology is None and all_connected is None:
        topology = DEFAULT_TOPOLOGY
    seconds = TIME_S if time is None else time
    progress = SearchProgress()
    asked = {
        "all_connected": all_connected,
        "initiators": initiator or None,
        "fifo": fifo,
        "ids": ids,
        "loss": loss,
        "duplicate": duplicate,
        "crash": crash,
        "max_states": MAX_STATES if max_states is None else max_states,
        "time_s": seconds or None,
        "trace": trace,
    }
    try:
        answer = in_own_process(
            lambda teller: _checked(algorithm, topology, asked, teller, largest=largest, as_json=as_json),
            time_s=seconds if seconds > 0 else None,
            memory_mb=usual_memory_mb() if memory is None else memory,
            progress=progress,
        )
    finally:
        progress.end()
    raise finish(algorithm, answer, as_json=as_json)


def _checked(
    algorithm: str,
    topology: str | None,
    asked: dict[str, Any],
    teller: Teller,
    *,
    largest: bool,
    as_json: bool,
) -> dict[str, object]:
    """Check, in the class' own process, and return what is to be printed."""
    from topowave.checker.check import check as check_algorithm
    from topowave.cli.class_process import refused
    from topowave.runtime.reproducibility import notes
    from topowave.topology import Problems

    def look(network: str, states: int, done: int, cases: int) -> None:
        about: dict[str, object] = {
            "algorithm": algorithm,
            "network": network,
            "states": states,
            "complete": False,
            "done": done,
            "cases": cases,
        }
        of_all = text("{done} of {cases} done", done=done, cases=cases)
        rows = [("network", network), ("states", f"{states:,}"), ("networks", of_all)]
        teller.tell("known", {"json": about, "rows": rows})
        teller.tell("progress", [network, states, done, cases])

    try:
        network = None if topology is None else read_graph_noting(topology, largest=largest)
        teller.tell("begins")
        result = check_algorithm(algorithm, network, **asked, progress=look)
    except Problems as refusal:
        return refused(refusal)
    complaints = notes(algorithm)
    if asked["trace"] is not None and result.violation is None and not as_json:
        complaints.append(text("{trace}: not written, since no run breaks a condition", trace=asked["trace"]))
    return {
        "printed": json.dumps(result.to_json(), ensure_ascii=False)
        if as_json
        else verdict_text(result, str(result.violation or "")),
        "complaints": [say_in_language(each) for each in complaints],
        "code": FAILED if not result.ok else 0 if result.complete else UNFINISHED,
    }


class SearchProgress(ProgressLine):
    """How far a long search is."""

    def __call__(self, network: str, states: int, done: int, cases: int) -> None:
        """Show how many states of a network are seen, and how many of the networks are done."""
        which = network
        if cases > 1:
            which = spoken(text("{done} of {cases}: {network}", done=done + 1, cases=cases, network=network))
        self.show(text("{which}: {states:,} states; Ctrl-C ends the search", which=which[:50], states=states))
