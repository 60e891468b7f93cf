"""`topowave task wait`: waits for the ends of tasks, and prints what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from topowave.cli.lab_requests import ask_lab, one_connection
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, UNFINISHED, complain, refuse, say
from topowave.cli.reports import word
from topowave.translation import text

if TYPE_CHECKING:
    from topowave.client import LabClient

OVER = ("completed", "failed", "cancelled")
WAIT_S = 20.0
"""How long one request waits for a task (s); then it is asked for again."""
PAGE = 1000
"""Tasks of a request that are asked for at a time."""


def wait(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="As `topowave task list` shows them.")
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="ID", help="Wait for all tasks of this request.")
    ] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Wait until tasks are over, and print what came of each: its result, a line of JSON.

    For example:

        topowave task wait palm.1-3.1 palm.1-3.2

        topowave task wait --request tonight

    Exit code: 0 if all are completed; 1 if one failed or was cancelled, or no lab answers; 2 for wrong use; 3
    after Ctrl-C.
    """
    if bool(ids) == (request is not None):
        raise refuse([text("name the tasks by their ids, or by --request")])
    wanted = list(ids or [])
    with one_connection(balancer) as lab:
        if request is not None:
            wanted = list(tasks_of(lab, request, as_json=as_json))
            if not wanted:
                complain(
                    text(
                        "there is no task of a request {request}, or they ended long ago",
                        request=repr(request),
                    )
                )
                raise typer.Exit(FAILED)
        wait_for(lab, wanted, as_json=as_json)


def tasks_of(lab: LabClient, request: str, *, as_json: bool) -> Iterator[str]:
    """Yield the ids of a request's tasks, in the order in which they were submitted."""
    query = f"/tasks?request={quote(request, safe='', errors='surrogateescape')}&limit={PAGE}"
    cursor: str | None = ""
    while cursor is not None:
        path = f"{query}&cursor={quote(cursor, safe='')}" if cursor else query
        answer = ask_lab(lab, "GET", path, as_json=as_json)
        yield from (each["id"] for each in answer["tasks"])
        cursor = answer["next"]


def wait_for(lab: LabClient, ids: Iterable[str], *, as_json: bool) -> None:
    """Wait for tasks and print what came of each; end the command where not all are completed."""
    failed = 0
    try:
        for each in ids:
            found = {"status": ""}
            while found["status"] not in OVER:
                path = f"{task_path(each)}?wait={WAIT_S:g}"
                found = ask_lab(lab, "GET", path, as_json=as_json, seconds=WAIT_S)
            failed += not _has_result(found)
            _tell(found, as_json=as_json)
    except KeyboardInterrupt:
        complain(text("interrupted: the tasks go on; `topowave task list` shows them"))
        raise typer.Exit(UNFINISHED) from None
    if failed:
        raise typer.Exit(FAILED)


def task_path(name: str) -> str:
    """Return where the balancer tells of a task; an id of a terminal may be no UTF-8."""
    return f"/tasks/{quote(name, safe='', errors='surrogateescape')}"


def _has_result(found: dict[str, Any]) -> bool:
    """Whether a task is completed, and not so long ago that its result is kept no more."""
    return found["status"] == "completed" and found["error"] is None


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(found))
    elif _has_result(found):
        say(json.dumps(found["result"], ensure_ascii=False))
    else:
        why = text(": {error}", error=found["error"]) if found["error"] else ""
        complain(text("{task} is {state}{why}", task=found["id"], state=word(found["status"]), why=why))
