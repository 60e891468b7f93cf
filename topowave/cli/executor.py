"""`topowave executor`: the nodes of the lab that runs as executors of tasks, listed and changed."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer

from topowave.cli.lab_requests import ask_lab, table
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import refuse, say
from topowave.cli.reports import with_words
from topowave.translation import text

executor = typer.Typer(no_args_is_help=True)
NO_LIMIT = "none"


@executor.callback()
def _group() -> None:
    """Say which nodes of the lab that runs take which tasks.

    For example:

        topowave executor set palm --roles gpu,video --weight 2

    Exit code: 0; 1 if no lab answers or it refuses; 2 for wrong use.
    """


@executor.command("list")
def list_executors(balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """List the nodes with the tasks that they take, and what they have to do now.

    For example:

        topowave executor list

    Exit code: 0, or 1 if no lab answers.
    """
    answer = ask_lab(balancer, "GET", "/executors", as_json=as_json)
    if as_json:
        say(json.dumps(answer))
        return
    columns = ("name", "role", "roles", "cpu", "weight", "limit", "status", "load", "assigned", "running")
    say(table(columns, with_words(map(_row, answer["executors"]), ("status",))))


@executor.command("set")
def set_executor(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The node.")],
    active: Annotated[
        bool | None,
        typer.Option(
            "--active/--inactive", help="Whether it gets new tasks; an inactive one finishes what it has."
        ),
    ] = None,
    roles: Annotated[
        str | None,
        typer.Option("--roles", metavar="A,B", help="What it is beside its role; '' for nothing."),
    ] = None,
    weight: Annotated[
        float | None,
        typer.Option("--weight", metavar="W", help="Its share, as if it had W times its cores."),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N|none", help="Most unfinished tasks that it is given."),
    ] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Change what tasks a node takes, as long as its topology runs; topology.json stays as it is.

    For example:

        topowave executor set palm --inactive

        topowave executor set palm --active --roles gpu,video --limit 8

    Exit code: 0; 1 if no lab answers or it refuses; 2 for wrong use.
    """
    changes: dict[str, object] = {"active": active, "weight": weight}
    changes = {key: value for key, value in changes.items() if value is not None}
    if roles is not None:
        changes["roles"] = [role.strip() for role in roles.split(",")] if roles.strip() else []
    if limit is not None:
        if limit != NO_LIMIT and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
            raise refuse(
                [
                    text(
                        "--limit {limit}: expected a number of tasks, or {no_limit}",
                        limit=limit,
                        no_limit=NO_LIMIT,
                    )
                ]
            )
        changes["limit"] = None if limit == NO_LIMIT else int(limit)
    if not changes:
        raise refuse([text("name what is to change: --active, --inactive, --roles, --weight or --limit")])
    path = f"/executors/{quote(name, safe='', errors='surrogateescape')}"
    answer = ask_lab(balancer, "PATCH", path, changes, as_json=as_json)
    if as_json:
        say(json.dumps(answer))
        return
    columns = ("name", "roles", "weight", "limit", "status")
    say(table(columns, with_words([_row(answer["executor"])], ("status",))))
    if answer["not_yet"]:
        say(
            text(
                "not yet known at {not_yet}, which take it when they go on",
                not_yet=", ".join(answer["not_yet"]),
            )
        )


def _row(found: dict[str, Any]) -> dict[str, Any]:
    limit = NO_LIMIT if found["limit"] is None else found["limit"]
    return found | {"roles": ",".join(found["roles"]), "weight": f"{found['weight']:g}", "limit": limit}
