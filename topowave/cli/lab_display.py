"""What `topowave up` shows on the terminal: how far the lab is, its tree, and where to reach it."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterable

from topowave.cli.language import say_in_language, spoken
from topowave.cli.output import can_draw, say
from topowave.cli.progress import ProgressBar
from topowave.orchestrator import ProgressListener
from topowave.topology import LabConfig, Topology, text_tree
from topowave.translation import text as sentence
from topowave.wire.addresses import Address
from topowave.wire.token import Token

NODES_DRAWN = 100
"""Nodes of the tree that a starting lab draws at most; of a larger one it draws the first levels."""


LISTENS_S = 0.2
"""How long it may take to find out whether a program listens on this machine (s)."""


def addresses(config: LabConfig, nodes: Iterable[int] = ()) -> dict[str, str]:
    """Where to reach a lab, by name; its page leads to the nodes at the ports `nodes` under the same name."""
    host = config.host
    if host in ("127.0.0.1", "::1"):
        host = _localhost(host, *config.pages_of_ours, config.balancer_port, *nodes)
    elif host in ("0.0.0.0", "::"):  # noqa: S104 - named, not bound
        host = _own_address(host)
    page = {"page": config.page_port} if config.page else {}
    ports = {**page, "balancer": config.balancer_port}
    return {name: Address(host, port).http() for name, port in ports.items()}


def _localhost(host: str, *ports: int) -> str:
    """Return "localhost" where that leads to `host` whoever asks, else `host` itself.

    The name may mean both 127.0.0.1 and ::1. Where another program listens on the other one, some browsers
    would end up there.
    """
    meant = localhost_means()
    taken = any(_somebody_listens(other, port) for other in meant - {host} for port in ports)
    return host if taken or host not in meant else "localhost"


def localhost_means() -> set[str]:
    """Return the addresses that this machine calls localhost."""
    try:
        return {str(each[4][0]) for each in socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)}
    except OSError:
        return set()


def _somebody_listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=LISTENS_S):
            return True
    except OSError:
        return False


def _own_address(host: str) -> str:
    """Return the address at which other machines most likely reach this one."""
    family, far = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # asks the routing table only; nothing is sent
            return str(probe.getsockname()[0])
    except OSError:
        return "localhost"


class LabDisplay(ProgressListener):
    """Shows a lab on the terminal: a bar while it starts, then its tree and its addresses.

    Args:
        topology, config, token: the lab's.
        as_json: whether a program reads it.
        elsewhere: where its nodes run, in words, if not here.
    """

    def __init__(
        self,
        topology: Topology,
        config: LabConfig,
        token: Token | None,
        *,
        as_json: bool,
        elsewhere: str | None = None,
    ) -> None:
        self._topology = topology
        self._elsewhere = elsewhere
        self._config = config
        self._token = token
        self._as_json = as_json
        self._bar = ProgressBar("starting")

    def progress(self, up: int, total: int) -> None:
        """Move the bar."""
        self._bar.show(up, total)

    def running(self, processes: int) -> None:
        """Show the network and the addresses."""
        self._bar.end()
        at = addresses(self._config, (node.port for node in self._topology.nodes if node.launch))
        if self._as_json:
            secret = {} if self._token is None else {"token": self._token.reveal()}
            about = {"nodes": len(self._topology.nodes), "processes": processes}
            say(json.dumps({**at, **secret, **about}))
            return
        say(text_tree(self._topology, most=NODES_DRAWN, ascii_only=not can_draw(sys.stdout), say=spoken))
        say("")
        launched = sum(node.launch for node in self._topology.nodes)
        if self._elsewhere is not None:
            say(sentence("nodes     {elsewhere} (`topowave status` says where)", elsewhere=self._elsewhere))
        elif processes < launched:
            say(
                sentence(
                    "processes {processes} for {launched} nodes (see --processes)",
                    processes=processes,
                    launched=launched,
                )
            )
        self._say_page(at.get("page"))
        say(sentence("balancer  {balancer}    its HTTP: {balancer}/docs", balancer=at["balancer"]))
        if self._token is not None:
            say(
                sentence(
                    "Other machines can reach this lab. Who has the link to the page can do everything in it;"
                )
            )
            say(sentence("it is shown only now, and ends with the lab."))
        say(sentence("Ctrl-C stops everything."))

    def _say_page(self, page: str | None) -> None:
        if page is None:
            say(sentence("page      none of ours (see page and allow_origins in the config file)"))
            if self._token is not None:
                say(sentence("token     {token}", token=self._token.reveal()))
        else:
            address = page if self._token is None else self._token.on(f"{page}/")
            say(sentence("page      {address}", address=address))

    def agents(self, here: int, expected: int) -> None:
        """Say how many agents there are, as long as nodes wait for more."""
        if not self._as_json:
            say(sentence("waiting for agents: {here} of {value}", here=here, value=max(1, expected)))

    def network(self, topology: Topology) -> None:
        """Remember it: it is the one to show, once all is up."""
        self._topology = topology

    def links(self, text: str) -> None:
        """Say how far the links are: the nodes are up, but waves wait."""
        if not self._as_json:
            say(say_in_language(text))

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._bar.end()
        if not self._as_json:
            say(sentence("\nstopping ..."))
