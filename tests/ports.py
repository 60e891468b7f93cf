"""Free ports for tests, away from those that a running lab holds and from those of other test runs."""

from __future__ import annotations

import fcntl
import itertools
import os
import socket
import tempfile
from pathlib import Path

PORTS = range(20_000, 32_000)
"""Below the range that the system itself hands out, so that no outgoing connection takes a port meanwhile."""
BLOCK = 2_000
"""How many of them one test run uses, so that runs beside each other take none from each other."""


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


_ports = itertools.cycle(_own_block())


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
