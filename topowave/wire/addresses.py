"""Where the programs of a lab are reached, and which node an address means."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from topowave.wire.token import Token

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that stay on this machine."""
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - named, not bound
"""Addresses that mean all of this machine's, and the one at which its own programs find each other."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one program of a lab is reached.

    Attributes:
        host: a name or an IP address, as it stands in the topology or the configuration.
        port: its TCP port.
    """

    host: str
    port: int

    def http(self, path: str = "") -> str:
        """Return the URL of a page or an operation."""
        return f"http://{self._authority}{path}"

    def websocket(self, path: str = "/ws", token: Token | None = None) -> str:
        """Return the URL of a WebSocket, with the lab's token if it has one."""
        url = f"ws://{self._authority}{path}"
        return url if token is None else token.on(url)

    @property
    def _authority(self) -> str:
        host = ANY.get(self.host, self.host)
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def host_and_port(url: str) -> tuple[str, int | None]:
    """Return host (in lower case, "" if none) and port (None if none or no number) of `url`."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port)
    except ValueError:
        return ("", None)


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` is for this machine only."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
