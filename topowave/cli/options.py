"""Options and arguments that more than one command takes."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer

from topowave.short_text import short_sentence
from topowave.translation import text as sentence

BALANCER = "http://127.0.0.1:7999"
"""Where the balancer of a lab is, unless its settings say otherwise."""

URL_CHARS = 300
"""Most characters of the address of a balancer."""
_WITH_PORT = re.compile(r":[0-9]+/?$")
_PLACE = re.compile(r"[^\s\x00-\x1f/?#\\\ud800-\udfff]*[^\s\x00-\x1f/?#\\\ud800-\udfff:]")


def balancer_url(text: str) -> str:
    """Return the address of a balancer as a URL; a host, a port or both are enough. Raises BadParameter."""
    given = text.strip()
    if given.isascii() and given.isdigit():
        url = f"http://127.0.0.1:{given}"
    elif "://" in given:
        url = given
    else:
        given = given.rstrip("/")
        url = f"http://{given}{'' if _WITH_PORT.search(given) else BALANCER[BALANCER.rindex(':') :]}"
    try:
        parts = urlsplit(url)
        right = bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
    except ValueError:  # no port, or no IPv6 address
        right = False
    else:
        right &= ("://" in given or not parts.path) and not parts.query and not parts.fragment
        right &= _PLACE.fullmatch(parts.netloc) is not None
    if not right or len(url) > URL_CHARS:
        said = short_sentence(text, 100)
        raise typer.BadParameter(
            sentence(
                "{said} is no address of a balancer; expected {balancer}, or a port",
                said=repr(said),
                balancer=BALANCER,
            )
        )
    return url


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
    str,
    typer.Option(
        "--balancer",
        metavar="URL",
        callback=balancer_url,
        help="Address of the lab's balancer: a URL, HOST:PORT or a port.",
        show_default=True,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]

LogFormatOption = Annotated[
    Literal["logfmt", "json"] | None,
    typer.Option(
        "--log-format",
        help="The form of these lines: key=value pairs (logfmt), or a JSON object each. Without "
        "--log-level it means from info on.",
        show_default=False,
    ),
]
