"""`topowave lab`: a laboratory of runs in virtual time, in a browser, without a lab of servers."""

from __future__ import annotations

import json
import socket
from typing import Annotated

import typer

from topowave.cli.output import FAILED, complain, refuse, say
from topowave.cli.up import PAGE
from topowave.translation import text as sentence

PORT = 3000
"""Where the page is, unless somebody says otherwise."""


def lab(
    port: Annotated[
        int,
        typer.Option("--port", "-p", metavar="PORT", min=1, max=65535, help="Where the page is served."),
    ] = PORT,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help="The address to serve at. Whoever has the printed link can use it there.",
        ),
    ] = "127.0.0.1",
    sessions: Annotated[
        int,
        typer.Option("--sessions", metavar="N", min=1, max=100, help="Most sessions at a time."),
    ] = 8,
    own_classes: Annotated[
        bool | None,
        typer.Option(
            "--own-classes/--no-own-classes",
            help="Whether a page may bring a class of its own, which runs with your rights. "
            "By default not where other machines reach the page.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Once it serves, print the addresses as one line of JSON.")
    ] = False,
) -> None:
    """Step through runs in virtual time, in a browser: no lab of servers is needed. Ctrl-C stops it.

    The page opens sessions, each in a process of its own: a network, an algorithm of the library or a class
    of yours, and then event by event, forwards and backwards. Hold a message back, lose it or let a node
    crash, and see what comes of it: each change makes a branch. For example:

        topowave lab

    then open the link that it prints. On another port, and for other machines too:

        topowave lab --port 3100

        topowave lab --host 0.0.0.0

    Programs speak to it over the WebSocket /session (docs/reference/session-protocol.md); in Python, the
    same is `topowave.Session`.

    Exit code: 0 after a normal stop, 1 if the port is taken, 2 if an option is refused.
    """
    import asyncio

    from topowave.wire.addresses import is_loopback

    listener = listen(host, port)
    allowed = is_loopback(host) if own_classes is None else own_classes
    asyncio.run(serve(listener, host, port, sessions, as_json=as_json, own_classes=allowed))


def listen(host: str, port: int) -> socket.socket:
    """Return the socket of the page, or end the command with the reason why there is none."""
    from topowave.orchestrator.ports import PortTaken, open_ports

    try:
        listener = open_ports(host, {port: "the page"})[port]
    except PortTaken as taken:
        for problem in (*taken.problems, sentence("nothing was started")):
            complain(problem)
        raise typer.Exit(FAILED) from None
    except OSError as error:
        raise refuse([sentence("--host {host}: {error}", host=host, error=str(error))]) from None
    if not (PAGE / "index.html").is_file():
        complain(sentence("the page is not built, so only programs can use it; `make run` builds it"))
    return listener


async def serve(
    listener: socket.socket,
    host: str,
    port: int,
    most: int,
    *,
    as_json: bool,
    own_classes: bool,
    lesson: bytes | None = None,
) -> None:
    """Serve the page and its sessions until Ctrl-C; the link leads to the lesson, if there is one."""
    from topowave.balancer.page import make_page
    from topowave.sessions.process import SessionLimits
    from topowave.sessions.server import PATH, Sessions
    from topowave.web.uvicorn_adapter.server import serving, until_stopped
    from topowave.wire.addresses import Address
    from topowave.wire.token import Token

    # Other accounts on this machine reach a loopback address, too, and a class of one's own is a program.
    token = Token.new()
    sessions = Sessions(SessionLimits(sessions=most), own_classes=own_classes)
    page = make_page(PAGE, None, host, port, token, sessions, lesson)
    async with serving(page, listener):
        at = Address("localhost" if host in {"127.0.0.1", "::1"} else host, port)
        where = token.on(at.http("/lab")) + ("" if lesson is None else "&lesson=1")
        if as_json:
            say(json.dumps({"page": where, "session": at.websocket(PATH, token)}))
        else:
            say(sentence("laboratory  {page}", page=where))
            say(sentence("Ctrl-C stops everything."))
        await until_stopped()
        await sessions.close()
