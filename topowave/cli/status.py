"""`topowave status`: the lab that runs, as its balancer describes it."""

from __future__ import annotations

import json

import typer

from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, complain, say
from topowave.translation import sentence_of


def status(balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """Show the lab that runs: its nodes with their states and load.

    For example:

        topowave status

        topowave status --json

    Exit code: 0, or 1 if no lab answers.
    """
    from topowave.client import LabClient, LabError

    try:
        answer = LabClient(balancer).status()
    except LabError as error:
        if as_json:
            say(json.dumps({"problems": [str(error)]}, ensure_ascii=False))
        complain(sentence_of(error))
        raise typer.Exit(FAILED) from None
    if as_json:
        say(json.dumps(answer))
    else:
        from topowave.cli.status_table import status_text  # rich's tables, not needed for JSON

        say(status_text(answer))
