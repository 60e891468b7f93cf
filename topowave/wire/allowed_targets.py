"""Where the programs of a lab may answer to, when somebody names an address: a `sender`, or a `receiver`.

That is this machine, the address that the lab listens on, and what its configuration adds. An address is
taken only in its plainest form, so that no two programs read it differently.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from topowave.wire.addresses import LOOPBACK, Address

_PLAIN = re.compile(
    r"(?:ws|http)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?][!-~]*)?"
)
_MISREAD = frozenset('\\#"<>^`{|}')


class AllowedTargets:
    """The hosts to which a lab answers.

    Args:
        host: what the lab's servers listen on.
        more: further hosts: names, addresses, or networks such as 10.0.0.0/24.
    """

    def __init__(self, host: str, more: Collection[str] = ()) -> None:
        self._own = frozenset({*LOOPBACK, host.lower()})
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

    def allows(self, url: str) -> bool:
        """Whether the lab may answer to `url`: a plain `ws://` or `http://` one, of an allowed host."""
        found = plain_address(url)
        return found is not None and self.allows_host(found.host)

    def allows_host(self, host: str) -> bool:
        """Whether the lab may answer to this host, in lower case."""
        if host in self._own or host in self._names:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def __str__(self) -> str:
        return ", ".join([*sorted(self._own), *sorted(self._names), *map(str, self._networks)])


def is_plain(url: str) -> bool:
    """Whether `url` is an address that may be asked about: `ws://` or `http://` and nothing unusual."""
    return plain_address(url) is not None


def plain_address(url: str) -> Address | None:
    """Return where a plain URL leads, its host in lower case; None for any other."""
    found = _PLAIN.fullmatch(url)
    if found is None or not _MISREAD.isdisjoint(url):
        return None
    port = int(found["port"] or 80)
    return Address(found["host"].strip("[]").lower(), port) if 0 < port < 65536 else None
