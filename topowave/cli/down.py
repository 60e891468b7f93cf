"""`topowave down`: stop the lab that runs."""

from __future__ import annotations

import typer

from topowave.cli.options import BALANCER, BalancerOption
from topowave.cli.output import FAILED, complain
from topowave.translation import sentence_of


def down(balancer: BalancerOption = BALANCER) -> None:
    """Stop the lab that runs, and wait until it is gone.

    For example:

        topowave down

    Exit code: 0 when it is gone, 1 if none answers or it does not end.
    """
    from topowave.client import LabClient, LabError

    try:
        LabClient(balancer).shut_down()
    except LabError as error:
        complain(sentence_of(error))
        raise typer.Exit(FAILED) from None
