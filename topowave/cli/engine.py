"""`topowave engine`: run scripts on this machine, without a lab."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from topowave.cli.language import say_in_language
from topowave.cli.options import JsonOption
from topowave.cli.output import FAILED, UNFINISHED, complain, is_heard, lines_of, refuse, say, with_short_path
from topowave.cli.progress import ProgressBar
from topowave.engine.limits import MEMORY_MB, WORKERS
from topowave.translation import text

if TYPE_CHECKING:
    from topowave.cli.task_lines import NamedTask
    from topowave.engine import Engine, TaskResult

engine = typer.Typer(no_args_is_help=True)
AT_ONCE = 500
"""How many tasks at most are submitted before their results are printed."""
DRAW_S = 0.1
"""How often the bar is drawn anew (s)."""


@engine.callback()
def _group() -> None:
    """Run scripts on this machine, without a lab.

    For example:

        topowave engine run pi --params '{"samples": 1000000}'

    Exit code: 0 if all tasks were completed, 1 if one failed, 2 for wrong use, 3 if it was ended early.
    """


@engine.command("examples")
def list_examples(as_json: JsonOption = False) -> None:
    """List the scripts that are there to try the engine with.

    For example:

        topowave engine examples

    Exit code: 0.
    """
    from topowave.examples import examples, summary

    scripts = examples()
    if as_json:
        rows = [{"name": name, "summary": summary(file), "file": str(file)} for name, file in scripts.items()]
        say(json.dumps(rows, ensure_ascii=False))
        return
    width = max(map(len, scripts))
    for name, file in scripts.items():
        say(f"{name:{width}}  {say_in_language(summary(file))}")
        say(f"{'':{width}}  {with_short_path(str(file))}")


@engine.command()
def run(
    script: Annotated[
        str,
        typer.Argument(
            metavar="SCRIPT.py|EXAMPLE",
            help="A file with `module()`, which returns an object with `run(params)`; or one of "
            "`topowave engine examples`.",
        ),
    ],
    params: Annotated[
        str | None,
        typer.Option("--params", "-p", metavar="JSON", help="What `run` is called with.  [default: {}]"),
    ] = None,
    kind: Annotated[
        Literal["cpu", "io"],
        typer.Option("--type", help="cpu for one that computes, io for one that mostly waits."),
    ] = "cpu",
    count: Annotated[
        int | None,
        typer.Option(
            "--count", "-n", metavar="N", min=1, max=1_000_000, help="How many times.  [default: 1]"
        ),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help='A task for each line, as {"params": ..., "priority": "high", "timeout": 10, "retries": 1}; '
            "- for standard input.",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="S", help="How long one task may take (s).  [default: 300]"),
    ] = None,
    retries: Annotated[
        int,
        typer.Option(
            "--retries", metavar="N", min=0, max=1000, help="How often one that failed is tried again."
        ),
    ] = 0,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-w",
            metavar="N",
            min=1,
            max=WORKERS,
            help="How many processes run them.  [default: one for each core; for --type io, for two cores]",
        ),
    ] = None,
    memory: Annotated[
        int,
        typer.Option(
            "--memory",
            metavar="MB",
            min=0,
            max=1_000_000_000,
            help="How much memory each of these may take; 0 for no limit.",
        ),
    ] = MEMORY_MB,
    as_json: JsonOption = False,
) -> None:
    """Run a script in processes of its own and print what it returns, a line of JSON for each task.

    What the script itself prints goes to standard error.

    For example:

        topowave engine run pi --params '{"samples": 1000000}' --count 8

        topowave engine run fetch --type io --batch pages.jsonl --json

    Exit code: 0 if all tasks were completed, 1 if one failed, 2 for wrong use, 3 if Ctrl-C or a reader that
    went away ended it early.
    """
    from topowave.engine import Engine, EngineConfig, TaskType

    Path.cwd()  # where that is gone no process can be started, and `main` says so
    usual: dict[str, Any] = {"task_type": kind, "timeout": timeout, "retries": retries}
    try:
        try:
            tasks = _tasks(script, params, count, batch, usual)
        except ValueError as error:
            problems = lines_of(error)
            if as_json:
                say(json.dumps({"problems": problems}, ensure_ascii=False))
            raise refuse(problems) from None
        kinds = {each.task.task_type for each in tasks}
        config = EngineConfig(
            input_queue_size=AT_ONCE,
            cpu_bound_count=workers if TaskType.CPU_BOUND in kinds else 0,
            io_bound_count=workers if TaskType.IO_BOUND in kinds else 0,
            memory_limit_mb=memory,
        )
        with Engine(config) as running:  # an exception ends what still runs
            failed = _run(running, tasks, as_json=as_json)
    except KeyboardInterrupt:
        complain(text("interrupted: what was not printed was not done, or is lost"))
        raise typer.Exit(UNFINISHED) from None
    if failed:
        if len(tasks) > 1:
            complain(text("{failed:,} of {number:,} failed", failed=failed, number=len(tasks)))
        raise typer.Exit(FAILED)


def _run(running: Engine, tasks: list[NamedTask], *, as_json: bool) -> int:
    """Run the tasks, print their results in their order, and return how many failed."""
    bar = _Bar(len(tasks))
    waiting = (each.task for each in tasks)
    ids = running.submit_batch(itertools.islice(waiting, AT_ONCE))
    failed = 0
    try:
        for done, (place, _) in enumerate(tasks):
            bar.show(done)
            result = running.get_result(ids[done])
            if len(ids) - done <= AT_ONCE // 2:  # several together: a worker is given tiny ones in chunks
                ids += running.submit_batch(itertools.islice(waiting, AT_ONCE // 2))
            failed += not result.is_success
            _print(place, result, as_json=as_json)
            if not is_heard() and done + 1 < len(tasks):
                raise typer.Exit(UNFINISHED)
    finally:
        bar.end()
    return failed


class _Bar:
    """Progress, where there is more than one task; drawn ten times a second at most."""

    def __init__(self, total: int) -> None:
        self._bar = ProgressBar("tasks")
        self._total = total
        self._next_s = 0.0

    def show(self, done: int) -> None:
        now_s = time.monotonic()
        if self._total > 1 and now_s >= self._next_s:
            self._next_s = now_s + DRAW_S
            self._bar.show(done, self._total)

    def end(self) -> None:
        self._bar.end()


def _print(place: str, result: TaskResult, *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(result.to_json(), ensure_ascii=False))
        return
    if result.output:
        complain(result.output.rstrip("\n"))
    if result.is_success:
        say(json.dumps(result.data, ensure_ascii=False))
    else:
        complain(with_short_path(f"{place}: {result.error}" if place else str(result.error)))


def _tasks(
    script: str, params: str | None, count: int | None, batch: Path | None, usual: dict[str, Any]
) -> list[NamedTask]:
    """Return what is to be run. Raises ValueError with a line for every problem."""
    from topowave.cli.task_lines import NamedTask, check, read_json, script_file, tasks_of_file
    from topowave.engine import Task

    file = script_file(script)
    try:
        usual_task = Task(file, **usual)
    except ValueError as error:
        raise ValueError(f"--{str(error).removeprefix('Task: ')}") from None
    if batch is not None:
        if params is not None or count is not None:
            raise ValueError(text("--batch has a task in each line; --params and --count go without it"))
        return tasks_of_file(batch, file, usual)
    try:
        value = read_json("{}" if params is None else params)
    except ValueError as error:
        raise ValueError(f"--params: {error}") from None
    try:
        task = check(Task(usual_task.script_path, value, **usual))
    except ValueError as error:
        raise ValueError(str(error).replace("Task: params", "--params", 1)) from None
    many = count or 1
    return [NamedTask(f"task {number}" if many > 1 else "", task) for number in range(1, many + 1)]
