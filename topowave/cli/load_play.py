"""`topowave load play`: plays a workload into the lab that runs."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from topowave.cli.lab_requests import one_connection
from topowave.cli.language import number_text, spoken
from topowave.cli.load_workloads import SeedOption, SpecArgument, read_workload
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, UNFINISHED, complain, end_with, say
from topowave.cli.progress import ProgressBar
from topowave.cli.reports import name_of, rows_text
from topowave.translation import Several, counted, sentence_of, text

if TYPE_CHECKING:
    from topowave.client import LabClient
    from topowave.load.play import Clock, PlayReport
    from topowave.load.play_results import PlayResults
    from topowave.load.recordings.recorder import Recorder
    from topowave.load.workloads import Workload
    from topowave.topology import Topology

MILLISECONDS = 1000
FASTEST = 1e9
FOREIGN = "foreign"
"""The state of a node that is somebody else's program, and runs no tasks of ours."""


def play(
    spec: SpecArgument,
    speedup: Annotated[
        float,
        typer.Option(
            "--speedup", metavar="X", help="So many times as fast: times, durations, deadlines / X."
        ),
    ] = 1.0,
    seed: SeedOption = 1,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the ends of its tasks, and tell makespan and responses.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="FILE", help="Write what came of it to FILE, for `load repeat`; as --wait."
        ),
    ] = None,
    request: Annotated[
        str | None,
        typer.Option("--request", metavar="ID", help="What its tasks are called together; else a new name."),
    ] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Play a workload into the lab that runs: order each task when it comes, as long as it says.

    The network, of whose cores a utilisation is a share, is the lab's. How late tasks were sent against their
    time is reported: a lab or machine that cannot keep up has not seen the workload that was meant. Ctrl-C
    ends it and tells what was sent; another one ends it at once.

    For example:

        topowave load play 'poisson:utilisation=0.8,duration=exp(0.5),tasks=500' --wait

        topowave load play 'swf:@nasa-ipsc?tasks=500,utilisation=0.8' --speedup 1000 --wait

        topowave load play 'hotspot:utilisation=0.7,duration=exp(1),tasks=200' --record run.json

    Exit code: 0 if all tasks were taken (with --wait: and completed); 1 if no lab answers, it refuses, or a
    task failed; 2 if the workload or an option is refused; 3 after Ctrl-C.
    """
    from topowave.client import LabError
    from topowave.load.play import check_playable, real_clock
    from topowave.load.play import play as play_into
    from topowave.topology import Problems

    if not 0 < speedup <= FASTEST:
        raise typer.BadParameter(
            text(
                "--speedup {speedup:g}: expected a number above 0 and up to {fastest:g}",
                speedup=speedup,
                fastest=FASTEST,
            )
        )
    if record is not None:
        _check_writable(record)
    name = request or f"play-{uuid4().hex[:12]}"
    with one_connection(balancer) as lab:
        try:
            network = _network_of(lab)
            workload = read_workload(spec, network, seed)
            check_playable(workload, speedup)
        except LabError as error:
            raise _no_lab(error, as_json=as_json) from None
        except Problems as refusal:
            raise end_with(refusal) from None
        bar = ProgressBar("playing")
        with _ended_by_ctrl_c() as over:
            clock = real_clock(over.wait)
            recorder = None if record is None else _recorder(lab, clock, as_json=as_json)

            def tell(done: int, total: int) -> None:
                bar.show(done, total)
                if recorder is not None:
                    recorder.look()

            report = play_into(workload, lab, clock, request=name, speedup=speedup, progress=tell)
            bar.end()
            results = None
            if (wait or recorder) and report.sent and not report.ended_early:
                results = _results(lab, clock, report, over, network, recorder)
                if results is None and report.failure is None:
                    complain(text("the wait was ended: the tasks go on"))
            if recorder is not None and record is not None:
                _write_recording(recorder, record, workload, report, whole=results is not None)
    _tell(workload, report, results, as_json=as_json)
    raise typer.Exit(_exit_code(report, results, over))


def _network_of(lab: LabClient) -> Topology:
    """Return the network of a lab that runs, as far as workloads are concerned. Raises LabError."""
    from topowave.topology import Node, Topology

    said: list[dict[str, Any]] = lab.status()["nodes"]
    children: dict[str, list[str]] = {}
    for each in said:
        if each["parent"] is not None:
            children.setdefault(each["parent"], []).append(each["name"])
    return Topology(
        tuple(
            Node(
                each["name"],
                each["port"],
                each["cpu"],
                each["role"],
                launch=each["state"] != FOREIGN,
                parent=each["parent"],
                children=tuple(children.get(each["name"], ())),
            )
            for each in said
        )
    )


def _results(
    lab: LabClient,
    clock: Clock,
    report: PlayReport,
    over: Event,
    network: Topology,
    recorder: Recorder | None,
) -> PlayResults | None:
    """Wait for the ends and return what became of the tasks; None where that was ended, or no lab answers."""
    from topowave.client import LabError
    from topowave.load.play_results import results_of, tasks_of, wait_for_ends

    bar = ProgressBar("waiting")

    def look() -> None:
        if recorder is not None:
            recorder.look()
        counts = lab.status()["tasks"]
        if counts is not None:
            left = sum(counts[state] for state in ("pending", "assigned", "moving", "running"))
            bar.show(max(0, report.sent - left), report.sent)

    try:
        if not wait_for_ends(lab, clock, report.request, look):
            over.set()
            return None
        cores = {node.name: node.cpu for node in network.nodes if node.launch}
        return results_of(tasks_of(lab, report.request), cores)
    except LabError as error:
        report.failure = sentence_of(error)
        return None
    finally:
        bar.end()


def _check_writable(file: Path) -> None:
    """End the command where a recording could not be written, before hours of it are lost."""
    from topowave.topology import Problems

    place = file if file.exists() else file.parent
    if file.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise end_with(
            Problems([text("{file}: cannot be written; expected a file for the recording", file=file)])
        )


def _recorder(lab: LabClient, clock: Clock, *, as_json: bool) -> Recorder:
    """Begin to record, or end the command."""
    from topowave.client import LabError
    from topowave.load.recordings.recorder import Recorder
    from topowave.topology import Problems

    try:
        return Recorder(lab, clock, time.time)
    except LabError as error:
        raise _no_lab(error, as_json=as_json) from None
    except Problems as refusal:
        raise end_with(refusal) from None


def _write_recording(
    recorder: Recorder, file: Path, workload: Workload, report: PlayReport, *, whole: bool
) -> None:
    """Write a recording once all tasks are over; else say that there is none."""
    from topowave.client import LabError
    from topowave.topology import Problems
    from topowave.topology.problems import cannot_write

    if not whole:
        complain(text("{file}: is not written, since not all tasks are over", file=file))
        return
    bar = ProgressBar("recording")
    try:
        recorder.recording(workload, report.request, report.speedup, bar.show).write(file)
    except LabError as error:
        report.failure = sentence_of(error)
    except Problems as refusal:
        report.failure = str(refusal)
    except OSError as error:
        report.failure = str(cannot_write(file, error))
    finally:
        bar.end()


@contextmanager
def _ended_by_ctrl_c() -> Generator[Event]:
    """Give what is set by the first Ctrl-C; the second one ends the command at once."""
    over = Event()
    before: Any = signal.getsignal(signal.SIGINT)

    def end_early(*_: object) -> None:
        over.set()
        signal.signal(signal.SIGINT, before)

    if before is signal.SIG_IGN:  # as it is in the background of a script
        yield over
        return
    signal.signal(signal.SIGINT, end_early)
    try:
        yield over
    finally:
        signal.signal(signal.SIGINT, before)


def _exit_code(report: PlayReport, results: PlayResults | None, over: Event) -> int:
    if report.failure is not None:
        return FAILED
    if report.ended_early or over.is_set():
        return UNFINISHED
    if not report.is_whole:
        return FAILED
    return FAILED if results is not None and results.completed < results.tasks else 0


def _tell(workload: Workload, report: PlayReport, results: PlayResults | None, *, as_json: bool) -> None:
    if as_json:
        found = {"workload": workload.source, "seed": workload.seed, **report.to_json()}
        ends = None if results is None else results.to_json(report.speedup)
        say(json.dumps(found | {"results": ends}, ensure_ascii=False))
    else:
        say(_title(workload, report))
        rows = [*_lines(report), *(() if results is None else _result_lines(results, report.speedup))]
        say(rows_text(rows, least=9))
        for note in workload.notes:
            say(text("note: {note}", note=note))
    if results is not None and results.tasks < report.sent:
        complain(
            text(
                "note: the lab knows of {tasks:,} of these tasks; the others ended too long ago",
                tasks=results.tasks,
            )
        )
    if report.failure is not None:
        complain(text("it ended before its time: {failure}", failure=report.failure))


def _title(workload: Workload, report: PlayReport) -> str:
    seed = "" if workload.seed is None else text(", seed {seed}", seed=workload.seed)
    return text(
        "{workload}{seed}, {speedup:g} times as fast",
        workload=workload.source,
        seed=seed,
        speedup=report.speedup,
    )


def _lines(report: PlayReport) -> Generator[tuple[str, str]]:
    from topowave.load.workloads.describe import seconds

    early = text(", ended early") if report.ended_early else ""
    yield (
        "sent",
        text(
            "{sent:,} of {tasks:,} tasks in {time}{early}",
            sent=report.sent,
            tasks=report.tasks,
            time=seconds(report.seconds),
            early=early,
        ),
    )
    late = {name: value for name, value in report.lateness().items() if value is not None}
    if late:
        times = [
            text("{which} {time:.1f} ms", which=name_of(name), time=value * MILLISECONDS)
            for name, value in late.items()
        ]
        yield "late", ", ".join(map(spoken, times))
    if report.refused:
        reasons = Several(
            text("{reason} ({times:,})", reason=reason, times=count)
            for reason, count in report.reasons.items()
        )
        yield (
            "refused",
            counted(
                "{count:,} task: {reasons}", "{count:,} tasks: {reasons}", report.refused, reasons=reasons
            ),
        )
    if report.retries:
        yield (
            "put off",
            counted("{count:,} time, and sent again", "{count:,} times, and sent again", report.retries),
        )
    yield "request", f"{report.request}; topowave task list --request {report.request}"


def _result_lines(results: PlayResults, speedup: float) -> Generator[tuple[str, str]]:
    from topowave.load.workloads.describe import seconds

    def both(value: float | None) -> str:
        if value is None:
            return text("none")
        if speedup == 1:
            return seconds(value)
        own = seconds(value * speedup)
        return text("{time}, {own} of the workload's time", time=seconds(value), own=own)

    ended = (
        spoken(text("{number} {state}", number=number_text(count), state=name_of(status)))
        for status, count in results.ended.items()
    )
    yield "ended", ", ".join(ended)

    yield "makespan", both(results.makespan)
    yield "response", text("mean {time}", time=both(results.mean_response))
    yield "", text("median {time}", time=both(results.p50_response))
    yield "", text("p99 {time}", time=both(results.p99_response))
    yield "wait", text("mean {time}", time=both(results.mean_wait))
    if results.deadline_misses:
        yield "deadlines", text("{missed:,} missed", missed=results.deadline_misses)
    if results.jain is not None:
        yield "fairness", text("{jain:.3f} (Jain's index of work by cores)", jain=results.jain)
    nodes = ", ".join(f"{node} {number_text(count)}" for node, count in results.completed_per_node.items())
    yield "completed", nodes or text("none")


def _no_lab(error: Exception, *, as_json: bool) -> typer.Exit:
    if as_json:
        say(json.dumps({"problems": [str(error)]}, ensure_ascii=False))
    complain(sentence_of(error))
    return typer.Exit(FAILED)
