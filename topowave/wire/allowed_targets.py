"""Where the programs of a lab may answer to, when somebody names an address: a `sender`, or a `receiver`.

That is this machine, the address that the lab listens on, and what its configuration adds. An address is
taken only in its plainest form, so that no two programs read it differently.

A lab that other machines can reach does not answer to loopback: there listen programs of this machine that
trust whoever is on it, which whoever names an address is not. Only the lab's own programs are answered there.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from topowave.wire.addresses import ANY, LOOPBACK, Address, is_loopback

_PLAIN = re.compile(
    r"(?P<scheme>ws|https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?][!-~]*)?"
)
_PORTS = {"ws": 80, "http": 80, "https": 443}
_MISREAD = frozenset('\\#"<>^`{|}')


class AllowedTargets:
    """The hosts to which a lab answers.

    Args:
        host: what the lab's servers listen on.
        more: further hosts: names, addresses, or networks such as 10.0.0.0/24.
        own_ports: ports of the lab's own programs.
        also_called: what else the machine is called on which the lab listens.
    """

    def __init__(
        self,
        host: str,
        more: Collection[str] = (),
        own_ports: Collection[int] = (),
        also_called: Collection[str] = (),
    ) -> None:
        self._own = frozenset({*LOOPBACK, host.lower(), *map(str.lower, also_called)})
        is_private = all(map(is_loopback, (host, *also_called)))
        self._local: frozenset[str] = frozenset() if is_private else frozenset(filter(_stays_here, self._own))
        self._own_ports = frozenset(own_ports)
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for each in more:
            try:
                self._networks.append(ipaddress.ip_network(each, strict=False))
            except ValueError:
                self._names.add(each.lower())

    @property
    def own_hosts(self) -> frozenset[str]:
        """The names under which the lab's own machine is known, in lower case."""
        return self._own

    def allows(self, url: str, *, https: bool = False) -> bool:
        """Whether the lab may answer to `url`: a plain `ws://` or `http://` one, of an allowed host.

        Args:
            url: which.
            https: whether an `https://` one will do, too.
        """
        found = plain_address(url, https=https)
        if found is None:
            return False
        if found.host in self._local:
            return found.port in self._own_ports or self.adds(found.host)
        return self.allows_host(found.host)

    def allows_host(self, host: str) -> bool:
        """Whether a node may be on this host, in lower case."""
        return host in self._own or self.adds(host)

    def allows_newcomer(self, host: str) -> bool:
        """Whether a new node of others may be on this host: as `allows` has it, for all its ports."""
        return self.adds(host) if host in self._local else self.allows_host(host)

    def adds(self, host: str) -> bool:
        """Whether the configuration adds this host, in lower case."""
        if host in self._names:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def __str__(self) -> str:
        hosts = [*sorted(self._own - self._local), *sorted(self._names), *map(str, self._networks)]
        return ", ".join(hosts) or "its own balancer"


def _stays_here(host: str) -> bool:
    """Whether a host means this machine as only this machine sees it."""
    return is_loopback(host) or host in ANY


def is_plain(url: str) -> bool:
    """Whether `url` is an address that may be asked about: `ws://` or `http://` and nothing unusual."""
    return plain_address(url) is not None


def plain_address(url: str, *, https: bool = False) -> Address | None:
    """Return where a plain URL leads, its host in lower case; None for any other, and for `https://` ones.

    Args:
        url: which.
        https: whether an `https://` one is taken, too.
    """
    found = _PLAIN.fullmatch(url)
    if found is None or not _MISREAD.isdisjoint(url) or (found["scheme"] == "https" and not https):
        return None
    port = int(found["port"] or _PORTS[found["scheme"]])
    return Address(found["host"].strip("[]").lower(), port) if 0 < port < 65536 else None
