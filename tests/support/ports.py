"""Free ports for tests, away from those that a running lab holds and from those of other test processes.

Tests run in several processes, and several runs may share a machine. So the ports are cut into blocks with a
lock file each, and a process hands out ports only from blocks that it has locked. The system drops a lock
when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

PORTS = range(10_000, 32_500)
"""Below the range that the system itself hands out, so that no outgoing connection takes a port meanwhile."""
BLOCK = 500
"""How many ports are locked together: more than most test files need, and enough blocks for 40 processes."""

LOCKS = Path(tempfile.gettempdir())


class _Locked:
    """Neighbouring ports that this process alone uses."""

    def __init__(self, ports: range) -> None:
        self.ports = ports
        self._round = itertools.cycle(ports)

    def free(self) -> Iterator[int]:
        """Go round once through the ports that nobody listens on, from where the last one stopped."""
        return filter(_is_free, itertools.islice(self._round, len(self.ports)))


_locked: list[_Locked] = []


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on; no port is handed out twice soon."""
    for locked in _locked:
        found = list(itertools.islice(locked.free(), count))
        if len(found) == count:
            return found
    _lock(count)
    return free_ports(count)


def neighbouring_ports(count: int) -> int:
    """Return the first of a number of neighbouring free ports."""
    for locked in _locked:
        first = last = 0
        for port in itertools.chain(locked.free(), locked.free()):
            first, last = (first if port == last + 1 else port), port
            if last - first + 1 == count:
                return first
    _lock(count)
    return neighbouring_ports(count)


def _lock(count: int) -> None:
    """Lock the first blocks in a row that no process has, with more than `count` ports in them."""
    held: list[tuple[int, int]] = []
    for start in range(PORTS.start, PORTS.stop, BLOCK):
        lock = _try_lock(start)
        if lock is None:
            _unlock(held)
            continue
        held.append((start, lock))
        if len(held) * BLOCK > count:
            _locked.append(_Locked(range(held[0][0], start + BLOCK)))
            return
    _unlock(held)
    raise AssertionError(f"no {count} ports beside each other that no other test process has locked")


def _try_lock(start: int) -> int | None:
    """Lock the block that begins with a port; returns what holds the lock while it is open."""
    try:
        lock = os.open(
            Path(tempfile.gettempdir()) / f"topowave-tests-{start}.lock", os.O_CREAT | os.O_RDONLY, 0o666
        )
    except OSError:  # another user's file
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _unlock(held: list[tuple[int, int]]) -> None:
    while held:
        os.close(held.pop()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
