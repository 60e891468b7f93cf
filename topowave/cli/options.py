"""Options and arguments that more than one command takes."""

from __future__ import annotations

from typing import Annotated

import typer

BALANCER = "http://127.0.0.1:7999"
"""Where the balancer of a lab is, unless its settings say otherwise."""

AlgorithmArgument = Annotated[
    str, typer.Argument(metavar="ALGORITHM", help="A name (see `topowave algorithms`) or FILE.py:CLASS.")
]
InitiatorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--initiator",
        "-i",
        metavar="NAME",
        help="A node that starts; repeat it for more. By default as `topowave algorithms` says.",
    ),
]
FifoOption = Annotated[bool, typer.Option("--fifo", help="Links keep their messages in order.")]
IdentitiesOption = Annotated[
    str,
    typer.Option(
        "--ids",
        metavar="ORDER|FILE",
        help="Which node has which number: in-order (around a ring), reversed, random[:SEED], or a FILE.",
    ),
]
LargestOption = Annotated[
    bool, typer.Option("--largest", help="Take the largest piece of a network in pieces.")
]
BalancerOption = Annotated[
    str, typer.Option("--balancer", metavar="URL", help="Address of the lab's balancer.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
