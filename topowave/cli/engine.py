"""`topowave engine`: run scripts on this machine, without a lab."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from topowave.cli.options import JsonOption
from topowave.cli.output import FAILED, UNFINISHED, complain, refuse, say, with_short_path
from topowave.cli.progress import ProgressBar

if TYPE_CHECKING:
    from topowave.engine import Engine, Task, TaskResult

engine = typer.Typer(no_args_is_help=True)
AT_ONCE = 500
"""How many tasks are submitted before their results are printed."""
_KEYS = ("params", "type", "priority", "timeout", "retries", "script")


@engine.callback()
def _group() -> None:
    """Run scripts on this machine, without a lab.

    For example:

        topowave engine run pi.py --params '{"samples": 100000}'

    Exit code: 0 if all tasks were completed, 1 if one failed, 2 for wrong use, 3 if Ctrl-C ended it.
    """


@engine.command()
def run(
    script: Annotated[
        Path,
        typer.Argument(
            metavar="SCRIPT.py", help="A file with `module()`, which returns an object with `run`."
        ),
    ],
    params: Annotated[
        str, typer.Option("--params", "-p", metavar="JSON", help="What `run` is called with.")
    ] = "{}",
    kind: Annotated[
        Literal["cpu", "io"],
        typer.Option("--type", help="cpu for one that computes, io for one that mostly waits."),
    ] = "cpu",
    count: Annotated[
        int, typer.Option("--count", "-n", metavar="N", min=1, max=1_000_000, help="How many times.")
    ] = 1,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help='A task for each line, as {"params": ..., "priority": "high", "timeout": 10, "retries": 1}.',
        ),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="S", help="How long one task may take (s).")
    ] = None,
    retries: Annotated[
        int,
        typer.Option(
            "--retries", metavar="N", min=0, max=1000, help="How often one that failed is tried again."
        ),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run a script in processes of its own and print its results, a line for each.

    For example:

        topowave engine run pi.py --params '{"samples": 100000}' --count 8

        topowave engine run fetch.py --type io --batch pages.jsonl --json

    Exit code: 0 if all tasks were completed, 1 if one failed, 2 for wrong use, 3 if Ctrl-C ended it.
    """
    from topowave.engine import Engine, EngineConfig, TaskType

    usual: dict[str, Any] = {"task_type": kind, "timeout": timeout, "retries": retries}
    try:
        tasks = _batch(batch, script, usual) if batch else _tasks(script, params, count, usual)
    except ValueError as error:
        raise refuse(str(error).splitlines()) from None
    kinds = {task.task_type for task in tasks}
    config = EngineConfig(
        input_queue_size=AT_ONCE,
        cpu_bound_count=None if TaskType.CPU_BOUND in kinds else 0,
        io_bound_count=None if TaskType.IO_BOUND in kinds else 0,
    )
    running = Engine(config).start()
    try:
        failed = _run(running, tasks, as_json=as_json)
    except KeyboardInterrupt:
        running.shutdown(wait=False)
        complain("interrupted: what was not printed was not done, or is lost")
        raise typer.Exit(UNFINISHED) from None
    running.shutdown()
    if failed:
        complain(f"{failed:,} of {len(tasks):,} failed" if len(tasks) > 1 else "it failed")
        raise typer.Exit(FAILED)


def _run(running: Engine, tasks: list[Task], *, as_json: bool) -> int:
    """Run the tasks, print their results in their order, and return how many failed."""
    bar = ProgressBar("tasks")
    waiting = iter(tasks)
    ids = running.submit_batch(itertools.islice(waiting, AT_ONCE))
    failed = 0
    try:
        for done in range(len(tasks)):
            result = running.get_result(ids[done])
            if len(ids) < len(tasks):
                ids += running.submit_batch(itertools.islice(waiting, 1))
            failed += not result.is_success
            _print(result, as_json=as_json)
            bar.show(done + 1, len(tasks))
    finally:
        bar.end()
    return failed


def _print(result: TaskResult, *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(result.to_json(), ensure_ascii=False))
        return
    if result.output:
        complain(result.output.rstrip("\n"))
    if result.is_success:
        say(json.dumps(result.data, ensure_ascii=False))
    else:
        complain(with_short_path(result.error or "it failed"))


def _tasks(script: Path, params: str, count: int, usual: dict[str, Any]) -> list[Task]:
    from topowave.engine import Task

    try:
        value: object = json.loads(params)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"--params: is not JSON: {error}") from None
    return [Task(script, value, **usual)] * count


def _batch(file: Path, script: Path, usual: dict[str, Any]) -> list[Task]:
    """Return the tasks of a file. Raises ValueError with a line for every problem."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: is not UTF-8: {error}") from None
    problems: list[str] = []
    tasks = list(_lines(file, text, script, usual, problems))
    if problems or not tasks:
        raise ValueError("\n".join(problems or [f"{file}: there is no task in it"]))
    return tasks


def _lines(file: Path, text: str, script: Path, usual: dict[str, Any], problems: list[str]) -> Iterator[Task]:
    from topowave.engine import Task

    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value: object = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError('expected an object like {"params": ...}')
            given = cast("dict[str, Any]", value)
            if unknown := [key for key in given if key not in _KEYS]:
                raise ValueError(f"unknown {', '.join(map(repr, unknown))}; there are {', '.join(_KEYS)}")
            names = {"type": "task_type"}
            chosen = usual | {names.get(key, key): value for key, value in given.items()}
            yield Task(chosen.pop("script", script), chosen.pop("params", {}), **chosen)
        except (ValueError, RecursionError) as error:
            problems.append(f"{file}: line {number}: {error}")
