"""What commands share that ask a lab that runs: the request, which may end the command, and tables."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from topowave.cli.language import say_in_language
from topowave.cli.output import FAILED, complain, say
from topowave.translation import sentence_of

if TYPE_CHECKING:
    from topowave.client import LabClient


@contextmanager
def one_connection(balancer: str) -> Generator[LabClient]:
    """Ask the lab at this address more than once, over one connection."""
    from topowave.client import LabClient

    with LabClient(balancer) as lab:
        yield lab


def ask_lab(
    lab: str | LabClient,
    method: str,
    path: str,
    body: object = None,
    *,
    as_json: bool,
    seconds: float = 0,
) -> dict[str, Any]:
    """Ask the lab, or end the command with what it says against it.

    Args:
        lab: its balancer's address, or who asks it more than once.
        method: of the request.
        path: of the request.
        body: plain data, if there is any.
        as_json: whether the problem is printed as JSON, too.
        seconds: how long the answer may take because it was asked to (s).
    """
    from topowave.client import LabClient, LabError

    try:
        return (LabClient(lab) if isinstance(lab, str) else lab).ask(method, path, body, seconds)
    except LabError as error:
        if as_json:
            say(json.dumps({"problems": [str(error)]}, ensure_ascii=False))
        complain(sentence_of(error))
        raise typer.Exit(FAILED) from None


def table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    """Write rows below the names of their columns, which are in the language of the command."""
    cells = [
        [*map(say_in_language, columns)],
        *([str("" if row[name] is None else row[name]) for name in columns] for row in rows),
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(columns))]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    return "\n".join(lines)
