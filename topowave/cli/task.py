"""`topowave task`: tasks of the lab that runs: submitted, listed, looked at, changed, cancelled."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal

import typer

from topowave.cli.lab_requests import ask_lab, one_connection
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import say
from topowave.cli.reports import NAMES, word
from topowave.cli.task_list import list_tasks
from topowave.cli.task_spans import spans
from topowave.cli.task_submit import submit
from topowave.cli.task_wait import task_path, wait
from topowave.translation import text as sentence

_TIMES = {"submitted_at", "assigned_at", "started_at", "finished_at", "deadline", "not_before"}
_DURATIONS = {"timeout", "duration", "took"}
_JSON = {"params", "result"}
_NEW_LINE = "\n"

task = typer.Typer(no_args_is_help=True)
task.command("submit")(submit)
task.command("list")(list_tasks)
task.command("spans")(spans)
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `topowave task list` shows them.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `topowave task list` shows it.")]


@task.callback()
def _group() -> None:
    """Give tasks to the lab that runs, and have their results.

    For example:

        topowave task submit pi --params '{"samples": 1000000}' --count 8 --wait

    Exit code: 0; 1 if no lab answers, it refuses, or a task failed; 2 for wrong use; 3 if it was ended early.
    """


@task.command()
def show(id: Id, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Show a task: what it is, what came of it, and all that happened to it.

    For example:

        topowave task show palm.1-3.1

    Exit code: 0, or 1 if no lab answers or there is no such task.
    """
    found = ask_lab(balancer, "GET", task_path(id), as_json=as_json)
    if as_json:
        say(json.dumps(found))
        return
    history = found.pop("history")
    told = {
        name: _told(name, value)
        for name, value in found.items()
        if value not in (None, "", []) or (name in _JSON and value is not None)
    }
    width = max(map(len, told))
    for name, text in told.items():
        say(f"{name:{width}}  {text.rstrip().replace(_NEW_LINE, _NEW_LINE + ' ' * (width + 2))}")
    for event in history:
        where = "" if event["node"] is None else f"{event['node']}: "
        say(f"{_time(event['time'])}  {where}{event['what']}")


def _told(name: str, value: object) -> str:
    """Return what a task has under a name, as a person reads it."""
    if name in _TIMES and isinstance(value, float | int):
        return _time(value)
    if name in _DURATIONS and isinstance(value, float | int):
        return f"{value:.6g} s"
    if isinstance(value, str) and name not in _JSON:
        return value
    return json.dumps(value, ensure_ascii=False)


def _time(seconds: float) -> str:
    """Return a moment in seconds since 1970 as this machine's clock says it; `--since` takes it, too."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")


@task.command()
def cancel(id: Id, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Cancel a task that waits or runs.

    For example:

        topowave task cancel palm.1-3.1

    Exit code: 0, or 1 if no lab answers, or the task is over.
    """
    answer = ask_lab(balancer, "DELETE", task_path(id), as_json=as_json)
    say(
        json.dumps(answer)
        if as_json
        else sentence(
            "{task} is cancelled; it was {was}", task=answer["task"], was=word(answer["was"], NAMES)
        )
    )


@task.command()
def retry(ids: Ids, balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Put failed tasks back: they wait for a node again, and their attempts begin anew.

    For example:

        topowave task retry palm.1-3.1

    Exit code: 0, or 1 if no lab answers, or one of them has not failed.
    """
    with one_connection(balancer) as lab:
        for each in ids:
            answer = ask_lab(lab, "POST", f"{task_path(each)}/retry", as_json=as_json)
            say(json.dumps(answer) if as_json else sentence("{task} is pending again", task=answer["task"]))


@task.command()
def priority(
    id: Id,
    value: Annotated[
        Literal["critical", "high", "medium", "low"],
        typer.Argument(metavar="PRIORITY", help="critical, high, medium or low."),
    ],
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Change how urgent a task is that waits: it starts after those that are as urgent already.

    For example:

        topowave task priority palm.1-3.1 critical

    Exit code: 0, or 1 if no lab answers, or the task does not wait.
    """
    answer = ask_lab(balancer, "PATCH", task_path(id), {"priority": value}, as_json=as_json)
    say(
        json.dumps(answer)
        if as_json
        else sentence("{task} has the priority {priority}", task=answer["task"], priority=answer["priority"])
    )


task.command("wait")(wait)
