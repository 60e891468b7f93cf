"""Options that more than one command takes."""

from __future__ import annotations

from typing import Annotated

import typer

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
