"""`topowave start`: a node that was given up, once more."""

from __future__ import annotations

from typing import Annotated

import typer

from topowave.cli.options import BALANCER, BalancerOption
from topowave.cli.output import FAILED, complain, say
from topowave.translation import Several, sentence_of, text


def start(
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's name.")],
    balancer: BalancerOption = BALANCER,
) -> None:
    """Start a node of the lab that runs again, after it has died so often that it was given up.

    For example:

        topowave start amber

    Exit code: 0, or 1 if no lab answers or the node is none that was given up.
    """
    from topowave.client import LabClient, LabError

    try:
        answer = LabClient(balancer).start(node)
    except LabError as error:
        complain(sentence_of(error))
        raise typer.Exit(FAILED) from None
    others = text(", and with it {nodes}", nodes=Several(answer["others"])) if answer["others"] else ""
    say(text("{node} is started again{others}", node=node, others=others))
