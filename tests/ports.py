"""Free ports for tests, away from those that a running lab holds."""

from __future__ import annotations

import itertools
import os
import socket

PORTS = range(20_000, 32_000)
"""Below the range that the system itself hands out, so that no outgoing connection takes a port meanwhile."""

_ports = itertools.cycle(range(PORTS.start + os.getpid() * 97 % len(PORTS), PORTS.stop))


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on; no port is handed out twice soon."""
    return list(itertools.islice(filter(_is_free, _ports), count))


def neighbouring_ports(count: int) -> int:
    """Return the first of a number of neighbouring free ports."""
    run: list[int] = []
    for port in _ports:
        run = [*run, port] if _is_free(port) and (not run or run[-1] == port - 1) else []
        if len(run) == count:
            return run[0]
    raise AssertionError("the ports never end")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
