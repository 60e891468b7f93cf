"""`topowave task`: script tasks of the lab that runs: submitted, listed, looked at, waited for, cancelled."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer

from topowave.cli.lab_requests import ask_lab, table
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, UNFINISHED, complain, refuse, say
from topowave.cli.task_list import list_tasks

task = typer.Typer(no_args_is_help=True)
task.command("list")(list_tasks)
OVER = ("completed", "failed", "cancelled")
WAIT_S = 20.0
"""How long one request waits for a task (s); then it is asked for again."""
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `topowave task list` shows them.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `topowave task list` shows it.")]


@task.callback()
def _group() -> None:
    """Give script tasks to the lab that runs, and have their results.

    For example:

        topowave task submit pi --params '{"samples": 1000000}' --count 8 --wait

    Exit code: 0; 1 if no lab answers, it refuses, or a task failed; 2 for wrong use; 3 if it was ended early.
    """


@task.command()
def submit(  # noqa: PLR0913, PLR0917 - each is an option of the command
    script: Annotated[
        str,
        typer.Argument(
            metavar="SCRIPT.py|EXAMPLE",
            help="A file in one of the lab's `script_dirs`, or one of `topowave engine examples`.",
        ),
    ],
    params: Annotated[
        str, typer.Option("--params", "-p", metavar="JSON", help="What `run` is called with.")
    ] = "{}",
    kind: Annotated[
        Literal["cpu", "io"],
        typer.Option("--type", help="cpu for one that computes, io for one that mostly waits."),
    ] = "cpu",
    node: Annotated[
        str | None, typer.Option("--node", metavar="NAME", help="Which node; by default the least loaded.")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", "-n", metavar="N", min=1, max=1000, help="How many times.")
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="S", help="How long one attempt may take (s)."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="A title, for people.")] = "",
    category: Annotated[str, typer.Option("--category", help="A category, for people.")] = "",
    priority: Annotated[
        Literal["critical", "high", "medium", "low"], typer.Option("--priority", help="How urgent it is.")
    ] = "medium",
    wait_for: Annotated[bool, typer.Option("--wait", help="Wait, and print the results.")] = False,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Submit a script task, and print the ids of what was added.

    For example:

        topowave task submit pi --params '{"samples": 1000000}' --count 8 --wait

        topowave task submit scripts/mine.py --node palm --priority high

    Exit code: 0; 1 if no lab answers, it refuses, or a task failed; 2 for wrong use; 3 if it was ended early.
    """
    from topowave.cli.task_lines import read_json

    try:
        value = read_json(params)
    except ValueError as error:
        raise refuse([f"--params: {error}"]) from None
    file = Path(script)
    is_here = os.path.isfile(file)  # noqa: PTH113 - Path's raises where a name is too long
    named = str(file.absolute()) if is_here else script  # the lab may have another working directory
    order = {"script": named, "params": value, "type": kind, "count": count, "priority": priority}
    more = {"node": node, "timeout": timeout, "title": title, "category": category}
    order |= {name: said for name, said in more.items() if said}
    answer = ask_lab(balancer, "POST", "/tasks", order, as_json=as_json)
    if wait_for:
        _wait(balancer, [each["id"] for each in answer["tasks"]], as_json=as_json)
    elif as_json:
        say(json.dumps(answer))
    else:
        say(table(("id", "node"), answer["tasks"]))


@task.command()
def show(id: Id, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Show a task: what it is, what came of it, and all that happened to it.

    For example:

        topowave task show palm.1-3.1

    Exit code: 0, or 1 if no lab answers or there is no such task.
    """
    found = ask_lab(balancer, "GET", _path(id), as_json=as_json)
    if as_json:
        say(json.dumps(found))
        return
    for name, value in found.items():
        if name != "history" and value is not None:
            say(f"{name:9} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    for event in found["history"]:
        say(f"{event['time']:.3f}  {event['node']}: {event['what']}")


@task.command()
def cancel(id: Id, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Cancel a task that waits or runs.

    For example:

        topowave task cancel palm.1-3.1

    Exit code: 0, or 1 if no lab answers, or the task is over.
    """
    answer = ask_lab(balancer, "DELETE", _path(id), as_json=as_json)
    say(json.dumps(answer) if as_json else f"{answer['task']} is cancelled; it was {answer['was']}")


@task.command()
def wait(ids: Ids, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Wait until tasks are over, and print what came of each: its result, a line of JSON.

    For example:

        topowave task wait palm.1-3.1 palm.1-3.2

    Exit code: 0 if all are completed; 1 if one failed or was cancelled, or no lab answers; 3 after Ctrl-C.
    """
    _wait(balancer, ids, as_json=as_json)


def _wait(balancer: str, ids: Iterable[str], *, as_json: bool) -> None:
    failed = 0
    try:
        for each in ids:
            found = {"status": ""}
            while found["status"] not in OVER:
                path = f"{_path(each)}?wait={WAIT_S:g}"
                found = ask_lab(balancer, "GET", path, as_json=as_json, seconds=WAIT_S)
            failed += not _has_result(found)
            _tell(found, as_json=as_json)
    except KeyboardInterrupt:
        complain("interrupted: the tasks go on; `topowave task list` shows them")
        raise typer.Exit(UNFINISHED) from None
    if failed:
        raise typer.Exit(FAILED)


def _has_result(found: dict[str, Any]) -> bool:
    """Whether a task is completed, and not so long ago that its result is kept no more."""
    return found["status"] == "completed" and found["error"] is None


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(found))
    elif _has_result(found):
        say(json.dumps(found["result"], ensure_ascii=False))
    else:
        why = f": {found['error']}" if found["error"] else ""
        complain(f"{found['id']} is {found['status']}{why}")


def _path(name: str) -> str:
    return f"/tasks/{quote(name, safe='', errors='surrogateescape')}"
