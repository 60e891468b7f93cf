"""`topowave task list`: the tasks of the lab that runs, those that are asked for, in the order that is."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import typer

from topowave.cli.lab_requests import ask_lab, one_connection, table
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import say
from topowave.cli.reports import with_words
from topowave.translation import text as sentence

PAGE = 1000
"""Most tasks that a lab tells at a time."""
COLUMNS = ("id", "status", "node", "attempts", "kind", "priority", "category", "title")
_AGO = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Status(StrEnum):
    """A status of a task; an option that is given more than once takes no Literal."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    MOVING = "moving"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Urgency(StrEnum):
    """A priority of a task, for the same reason."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def moment(text: str | None) -> float | None:
    """Return the time that somebody means, in seconds since 1970. Raises BadParameter.

    Args:
        text: such seconds; how long ago, as `15m` or `2h`; or a date with a time, as `2026-11-26T15:00`.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return max(0.0, time.time() - float(ago[1]) * _SECONDS[ago[2]])
    try:
        return (
            float(text)
            if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text)
            else datetime.fromisoformat(text).timestamp()
        )
    except (ValueError, OverflowError, OSError):
        known = sentence(
            "seconds since 1970, how long ago (30s, 15m, 2h, 1d), or a date like 2026-11-26T15:00"
        )
        raise typer.BadParameter(
            sentence("{given} is no time; expected {known}", given=repr(text), known=known)
        ) from None


def list_tasks(  # noqa: PLR0913, PLR0917 - each is an option of the command
    status: Annotated[
        list[Status] | None, typer.Option("--status", help="Only those; may be given more than once.")
    ] = None,
    priority: Annotated[
        list[Urgency] | None, typer.Option("--priority", help="Only those; may be given more than once.")
    ] = None,
    kind: Annotated[Literal["emulated", "script"] | None, typer.Option("--kind", help="Only those.")] = None,
    category: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="TEXT", help="Only those; may be given more than once."),
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", metavar="NAME", help="Only its tasks; may be given more than once."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="ROLE", help="Only those that name it; may be given more than once."),
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="ID", help="Only those of this request.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="TEXT", help="Only those with it in id, title, category or script."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Submitted then or later: 15m (ago), a date, seconds."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Submitted before that.")
    ] = None,
    sort: Annotated[
        Literal["submitted", "-submitted", "finished", "-finished", "priority"],
        typer.Option("--sort", help="The order; - for the latest first. finished: only those that are over."),
    ] = "submitted",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Most tasks.")] = 100,
    cursor: Annotated[
        str | None, typer.Option("--cursor", metavar="WORD", help="Go on where a list ended.")
    ] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """List tasks, emulated ones too, by default in the order in which they were submitted.

    For example:

        topowave task list --status running --status assigned --sort priority

        topowave task list --status failed --since 2h --sort -finished

    Exit code: 0, 1 if no lab answers, or 2 for wrong use.
    """
    wanted = {
        "status": status or None,
        "priority": priority or None,
        "kind": kind,
        "category": category or None,
        "node": node or None,
        "role": role or None,
        "request": request,
        "text": text,
        "since": moment(since),
        "until": moment(until),
        "sort": None if sort == "submitted" else sort,
    }
    query = {name: value for name, value in wanted.items() if value is not None}
    tasks: list[dict[str, Any]] = []
    with one_connection(balancer) as lab:
        while True:
            place = {"limit": min(limit - len(tasks), PAGE)} | ({} if cursor is None else {"cursor": cursor})
            answer = ask_lab(lab, "GET", f"/tasks?{urlencode(query | place, doseq=True)}", as_json=as_json)
            tasks += answer["tasks"]
            cursor = answer["next"]
            if cursor is None or len(tasks) >= limit:
                break
    if as_json:
        say(json.dumps({"tasks": tasks, "next": cursor}))
        return
    say(table(COLUMNS, with_words(tasks, ("status", "kind", "priority"))))
    if cursor is not None:
        say(sentence("there are more; with the same options, `--cursor {cursor}` goes on", cursor=cursor))
