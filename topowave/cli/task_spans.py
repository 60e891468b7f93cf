"""`topowave task spans`: tasks that are over as OpenTelemetry traces, made of what the journal says."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from topowave.cli.lab_requests import ask_lab, one_connection
from topowave.cli.options import BALANCER, BalancerOption
from topowave.cli.output import FAILED, REFUSED, complain, end_with
from topowave.cli.task_wait import task_path
from topowave.translation import counted, sentence_of, text

if TYPE_CHECKING:
    from topowave.client import LabClient

PAGE = 200
"""Tasks that are read, and whose spans are sent, at a time."""
FOLLOW_S = 1.0
"""Seconds between two looks at what has ended."""


def spans(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL|FILE|-",
            help="Where they go: a collector's OTLP over HTTP, a file of JSON lines, or standard output.",
        ),
    ] = "http://localhost:4318/v1/traces",
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with the tasks that end from now on, until Ctrl-C.")
    ] = False,
    balancer: BalancerOption = BALANCER,
) -> None:
    """Send tasks that are over as OpenTelemetry traces: one trace a task, one span a stage of its life.

    For example:

        topowave task spans --follow

        topowave task spans --to spans.jsonl

    They are made of the histories that the journal keeps anyway, so nothing in the lab does more for them.
    Its extra: pip install 'topowave[opentelemetry]'.

    Exit code: 0; 1 if no lab answers or the spans cannot be sent; 2 if the extra is not installed.
    """
    try:
        from topowave.tracing.export import export, exporter_to
    except ModuleNotFoundError as missing:
        complain(
            text(
                "{package} is not installed here: pip install 'topowave[opentelemetry]'", package=missing.name
            )
        )
        raise typer.Exit(REFUSED) from None
    from topowave.topology.problems import cannot_write
    from topowave.tracing.stages import spans_of

    try:
        exporter = exporter_to(to, sys.stdout)
    except OSError as error:
        complain(text("--to {target}: {why}", target=to, why=str(error.strerror)))
        raise typer.Exit(REFUSED) from None
    try:
        with one_connection(balancer) as lab:
            for tasks in _ended(lab, follow=follow):
                try:
                    arrived = export(exporter, [span for task in tasks for span in spans_of(task)])
                except OSError as error:
                    if to == "-":
                        raise
                    raise end_with(cannot_write(Path(to), error)) from None
                if not arrived:
                    complain(
                        counted(
                            "{target} did not take the spans of {count} task",
                            "{target} did not take the spans of {count} tasks",
                            len(tasks),
                            target=to,
                        )
                    )
                    raise typer.Exit(FAILED)
    except KeyboardInterrupt:
        return
    finally:
        with suppress(OSError):  # each batch was flushed, and what could not be is told
            exporter.shutdown()


def _ended(lab: LabClient, *, follow: bool) -> Iterator[list[dict[str, Any]]]:
    """Yield the tasks that are over, each once, with their histories, in the order in which they ended."""
    after: str | None = None
    seen: set[str] = set()
    while True:
        query = {"sort": "finished", "limit": str(PAGE)} | ({} if after is None else {"cursor": after})
        page = ask_lab(lab, "GET", f"/tasks?{urlencode(query)}", as_json=False)
        new = [task["id"] for task in page["tasks"] if task["id"] not in seen]
        if new:
            yield _told(lab, new)
        seen.update(new)
        if page["next"] is not None:
            after, seen = page["next"], set()
        elif follow:
            time.sleep(FOLLOW_S)
        else:
            return


def _told(lab: LabClient, tasks: Iterable[str]) -> list[dict[str, Any]]:
    """Return tasks with their histories; one that the journal has let go meanwhile is left out."""
    from topowave.client import LabError

    found: list[dict[str, Any]] = []
    for each in tasks:
        try:
            found.append(lab.ask("GET", task_path(each)))
        except LabError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                complain(sentence_of(error))
                raise typer.Exit(FAILED) from None
    return found
