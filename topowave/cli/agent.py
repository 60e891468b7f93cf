"""`topowave agent`: keep nodes of a lab alive on this machine, as the lab's balancer says."""

from __future__ import annotations

import re
import secrets
import socket
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer

from topowave.cli.language import say_in_language
from topowave.cli.options import LogFormatOption, balancer_url
from topowave.cli.output import complain, refuse
from topowave.short_text import short_sentence
from topowave.translation import sentence_of, text
from topowave.wire.agents import HEARTBEAT
from topowave.wire.limits import AGENT_PORT, HEARTBEAT_LEAST, HEARTBEAT_MOST, URL_CHARS

if TYPE_CHECKING:
    from topowave.wire.addresses import Address

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_NAME_CHARS = 40
"""Most characters of this machine's name in the name of an agent that was given none."""


def agent(
    controller: Annotated[
        str,
        typer.Option(
            "--controller",
            metavar="URL",
            help="Address of the lab's balancer as seen from here: a URL, HOST:PORT or a port.",
            callback=balancer_url,
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Name of this agent, unique in the lab.  [default: this machine's name and four characters]",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65535,
            metavar="P",
            help="First port for what runs here; the next ones follow. The lab leaves out those that "
            "any of its nodes has and those that are taken, so agents of one machine may begin at the same.",
        ),
    ] = AGENT_PORT,
    node_ip: Annotated[
        str | None,
        typer.Option(
            "--node-ip",
            metavar="IP",
            help="Address of this machine on which what runs here listens, and by which the lab's other "
            "machines reach it.  [default: the one by which this machine reaches the controller]",
            show_default=False,
        ),
    ] = None,
    workload: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Run this command for each replica instead of our own node. {port}, which must be in it, "
            "{name}, {host}, {cpu} and {controller} are filled in; it is up when its port takes connections.",
            show_default=False,
        ),
    ] = None,
    heartbeat: Annotated[
        float,
        typer.Option(
            min=HEARTBEAT_LEAST,
            max=HEARTBEAT_MOST,
            metavar="S",
            help="Time between two heartbeats, in seconds. After three without an answer all that runs here "
            "is ended.",
        ),
    ] = HEARTBEAT,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TOPOWAVE_TOKEN",
            metavar="TOKEN",
            help="What a lab asks for that other machines can reach; `topowave up` printed it. Others on "
            "this machine can see options, but not variables.",
            show_default=False,
        ),
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        typer.Option(
            "--log-level",
            help="Log on standard error, from this level on, a line of key=value pairs for each start and "
            "end of a process. Without it warnings only, in words.",
            show_default=False,
        ),
    ] = None,
    log_format: LogFormatOption = None,
) -> None:
    """Keep nodes of a lab alive on this machine, as the lab says. Ctrl-C ends them, and says so.

    For example:

        topowave agent --controller 7999

        topowave agent --controller http://192.168.1.5:7999 --name rack-2 --port 9100

        topowave agent --controller 7999 --workload 'python3 -m http.server {port} --bind {host}'

    The lab (`topowave up`) is the controller: `topowave deploy N` spreads nodes over the agents that are
    alive, those with the least first. Several agents on one machine emulate a cluster.

    A controller that is not there is waited for. One that does not answer any more is waited for too; but
    three heartbeats after the last one that was answered all that runs here is ended, so that the lab can
    start it elsewhere and nothing ever runs twice.

    Exit code: 0 after Ctrl-C, 1 if the system lets nothing start, 2 if an option is refused or the lab
    does not take this agent.
    """
    from topowave.orchestrator.agent import AgentSpec, run_agent
    from topowave.topology import Problems
    from topowave.wire.addresses import Address
    from topowave.wire.token import Token

    at = urlsplit(controller)
    try:
        _check(name, token, workload)
        if at.scheme != "http" or at.path.strip("/"):
            raise Problems(
                [
                    text(
                        "--controller {controller}: expected http://HOST:PORT, as http://127.0.0.1:7999",
                        controller=controller,
                    )
                ]
            )
        there = Address(at.hostname or "", at.port or 80)
        spec = AgentSpec(
            controller=there,
            name=name or _own_name(),
            host=_own_host(node_ip, there),
            port=port,
            heartbeat_s=heartbeat,
            token=None if token is None else Token(token),
            workload=workload,
            note=complain,
            why_refused=lambda: _why_refused(controller, token),
            log_level=log_level or (log_format and "info"),
            log_format=log_format or "logfmt",
        )
        code = run_agent(spec)
    except Problems as refusal:
        raise refuse(refusal.problems) from None
    raise typer.Exit(code)


def _check(name: str | None, token: str | None, workload: str | None) -> None:
    """Refuse options that make no sense. Raises Problems."""
    from topowave.orchestrator.agent.workload import parsed_command
    from topowave.topology import Problems
    from topowave.topology.node import fault_in_name

    problems: list[str] = []
    fault = None if name is None else fault_in_name(name)
    if fault is not None:
        problems.append(text("--name {value}: {fault}", value=short_sentence(name or "", 100), fault=fault))
    if token is not None and not _TOKEN.fullmatch(token):
        problems.append(text("the token is none: expected letters, digits, and . _ ~ - (at most 200)"))
    if workload is not None and len(workload) > URL_CHARS:
        problems.append(
            text(
                "--workload: at most {url_chars:,} characters, found {number:,}",
                url_chars=URL_CHARS,
                number=len(workload),
            )
        )
    elif workload is not None:
        try:
            parsed_command(workload)
        except Problems as refusal:
            problems += refusal.problems
    if problems:
        raise Problems(problems)


def _own_name() -> str:
    """Return a name that says where this is, and that no other agent has."""
    host = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname().partition(".")[0])[:_NAME_CHARS]
    return f"{host.strip('-') or 'agent'}-{secrets.token_hex(2)}"


def _own_host(node_ip: str | None, controller: Address) -> str:
    """Return the address on which what runs here listens. Raises Problems where it cannot."""
    from topowave.orchestrator.agent.listeners import own_address_problem
    from topowave.topology import Problems
    from topowave.topology.node import HOST
    from topowave.wire.addresses import ANY, is_loopback

    host = _address_towards(controller) if node_ip is None else node_ip
    if host in ANY:
        raise Problems(
            [
                text(
                    "--node-ip {host} means all addresses: expected the one by which others reach "
                    "this machine",
                    host=host,
                )
            ]
        )
    fault = text("is no address") if not HOST.fullmatch(host) else own_address_problem(host)
    if fault is not None:
        raise Problems(
            [
                text(
                    "--node-ip {host}: {fault}",
                    host=short_sentence(host, 100),
                    fault=fault.removeprefix(f"{host} "),
                )
            ]
        )
    if is_loopback(host) and not is_loopback(controller.host):
        raise Problems(
            [
                text(
                    "--node-ip {host}: other machines cannot reach what listens there, and the lab "
                    "is at {host_2}; expected another address of this machine",
                    host=host,
                    host_2=controller.host,
                )
            ]
        )
    return host


def _address_towards(controller: Address) -> str:
    """Return the address by which this machine reaches another one. Raises Problems where there is none."""
    from topowave.topology import Problems

    reason: str = text("it has no address")
    try:
        found = socket.getaddrinfo(controller.host, controller.port, type=socket.SOCK_DGRAM)
    except OSError as error:
        found, reason = [], error.strerror or str(error)
    # "localhost" may mean ::1 too, where no lab listens that was not told so.
    for family, kind, protocol, _, address in sorted(found, key=lambda each: each[0] != socket.AF_INET):
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.connect(address)  # asks the routing table only; nothing is sent
                return str(probe.getsockname()[0])
        except OSError as error:
            reason = error.strerror or str(error)
    raise Problems(
        [
            text(
                "--controller {http}: cannot be reached from here: {reason}",
                http=controller.http(),
                reason=reason,
            )
        ]
    )


def _why_refused(controller: str, token: str | None) -> str | None:
    """Return why the program there takes no agent, as a lab says it; None where it does not say."""
    import os

    from topowave.client import TOKEN_VARIABLE, LabClient, LabError

    if token is not None:
        os.environ[TOKEN_VARIABLE] = token
    try:
        LabClient(controller).status()
    except LabError as error:
        return say_in_language(sentence_of(error))
    return None
