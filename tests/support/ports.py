"""Free ports for tests, away from those that a running lab holds and from those of other test runs."""

from __future__ import annotations

import fcntl
import itertools
import os
import socket
import tempfile
from pathlib import Path

PORTS = range(12_000, 32_000)
"""Below the range that the system itself hands out, so that no outgoing connection takes a port meanwhile."""
BLOCK = 4_000
"""How many of them one test run uses, so that runs beside each other take none from each other.

A thousand neighbours are free in it even where a lab of the same run has some ports in its middle.
"""


def _own_block() -> range:
    """A block that no other run has, locked until this process ends; all ports where every block is taken."""
    folder = Path(tempfile.gettempdir())
    for start in range(PORTS.start, PORTS.stop, BLOCK):
        try:
            lock = os.open(folder / f"topowave-tests-{start}.lock", os.O_CREAT | os.O_RDONLY, 0o666)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
        else:
            return range(start, start + BLOCK)
    return PORTS


_own = _own_block()
_ports = itertools.cycle(_own)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on; no port is handed out twice soon."""
    return list(itertools.islice(filter(_is_free, _ports), count))


def neighbouring_ports(count: int) -> int:
    """Return the first of a number of neighbouring free ports."""
    first = length = 0
    for port in itertools.islice(_ports, 2 * len(_own)):
        if not _is_free(port):
            length = 0
        elif length and port == first + length:
            length += 1
        else:
            first, length = port, 1
        if length == count:
            return first
    raise AssertionError(f"no {count} free ports beside each other from {_own.start} to {_own.stop - 1}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
