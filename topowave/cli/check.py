"""`topowave check`: search all orders in which messages can arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.lab import PORT, listen, serve
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
from topowave.cli.output import FAILED, UNFINISHED, complain
from topowave.cli.progress import ProgressLine
from topowave.cli.verdict_table import verdict_text
from topowave.translation import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from topowave.checker.result import CheckResult
    from topowave.cli.class_process import Teller

DEFAULT_TOPOLOGY = "topology.json"
SESSIONS = 8
"""Most sessions at a time of the page that `--open` serves."""


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
    opens: Annotated[
        bool,
        typer.Option(
            "--open",
            help="Serve a page on which a violating run is gone through step by step, if there is one.",
        ),
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", metavar="PORT", min=1, max=65535, help="Where --open serves its page."),
    ] = PORT,
    as_json: JsonOption = False,
) -> None:
    """Go through every order in which messages can arrive, and see whether what is promised always holds.

    For example:

        topowave check echo --topology ring:4

        topowave check ./my_echo.py:MyEcho --all-connected 4 --trace wrong.jsonl

    To see in a browser why it is wrong, paused where the condition breaks; Ctrl-C ends it:

        topowave check ./my_echo.py:MyEcho --all-connected 4 --open

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
            lambda teller: _checked(
                algorithm, topology, asked, teller, largest=largest, opens=opens, as_json=as_json
            ),
            time_s=seconds if seconds > 0 else None,
            memory_mb=usual_memory_mb() if memory is None else memory,
            progress=progress,
        )
    finally:
        progress.end()
    ended = finish(algorithm, answer, as_json=as_json)
    if opens and ended.exit_code in (0, FAILED, UNFINISHED):
        _open(answer.result and answer.result.get("lesson"), port, as_json=as_json)
    raise ended


def _open(lesson: object, port: int, *, as_json: bool) -> None:
    """Serve the page with a counterexample until Ctrl-C, if there is one."""
    import asyncio

    if lesson is None:
        complain(text("nothing is opened, since no run was found that breaks a condition"))
        return
    host = "127.0.0.1"
    told = json.dumps(lesson, ensure_ascii=False).encode()
    served = serve(listen(host, port), host, port, SESSIONS, as_json=as_json, own_classes=True, lesson=told)
    asyncio.run(served)


def _checked(
    algorithm: str,
    topology: str | None,
    asked: dict[str, Any],
    teller: Teller,
    *,
    largest: bool,
    opens: bool,
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
        lesson = _lesson(result, look) if opens and result.violation is not None else None
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
        "lesson": lesson,
    }


def _lesson(result: CheckResult, look: Callable[[str, int, int, int], None]) -> dict[str, object]:
    """Return what the page takes: the counterexample with its class, and what it teaches."""
    import inspect

    from topowave.sessions.checking import lesson_form

    assert result.violation is not None
    chosen = result.algorithm_class
    source = Path(inspect.getfile(chosen))
    return {
        "open": {
            "algorithm": chosen.__qualname__,
            "file": {"name": source.name, "text": source.read_text("utf-8")},
            "order": "\n".join(result.violation.trace) + "\n",
        },
        **lesson_form(result, look),
    }


class SearchProgress(ProgressLine):
    """How far a long search is."""

    def __call__(self, network: str, states: int, done: int, cases: int) -> None:
        """Show how many states of a network are seen, and how many of the networks are done."""
        which = network
        if cases > 1:
            which = spoken(text("{done} of {cases}: {network}", done=done + 1, cases=cases, network=network))
        self.show(text("{which}: {states:,} states; Ctrl-C ends the search", which=which[:50], states=states))
