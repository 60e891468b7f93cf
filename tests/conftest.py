"""What all tests share: free ports, and a check that a test leaves nothing behind."""

from __future__ import annotations

import gc
import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PORTS = range(20_000, 32_000)
"""Below the range that the system itself hands out, so that no outgoing connection takes a port meanwhile."""

_ports = itertools.cycle(range(PORTS.start + os.getpid() * 97 % len(PORTS), PORTS.stop))


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """Finds ports that nobody listens on; no port is handed out twice soon."""

    def find(count: int) -> list[int]:
        return list(itertools.islice(filter(_is_free, _ports), count))

    return find


@pytest.fixture
def base_port() -> Callable[[int], int]:
    """Finds the first of a number of neighbouring free ports."""

    def find(count: int) -> int:
        run: list[int] = []
        for port in _ports:
            run = [*run, port] if _is_free(port) and (not run or run[-1] == port - 1) else []
            if len(run) == count:
                return run[0]
        raise AssertionError("the ports never end")

    return find


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture(autouse=True)
def _no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """Fail a test that leaves processes, threads or descriptors behind.

    Browser tests are exempt: their browser outlives the test.
    """
    if "e2e" in request.path.parts:
        yield
        return
    before = _children(), set(threading.enumerate()), _descriptors()
    yield
    gc.collect()
    left = {
        "processes": _children() - before[0],
        "threads": {each for each in threading.enumerate() if each.is_alive()} - before[1],
        "descriptors": _descriptors() - before[2],
    }
    left = {what: which for what, which in left.items() if which}
    assert not left, f"the test left behind: {left}"


def _children() -> set[str]:
    """The processes started from here that are there still, those included that nobody waited for."""
    return set(
        itertools.chain.from_iterable(
            children.read_text().split() for children in Path("/proc/self/task").glob("*/children")
        )
    )


def _descriptors() -> set[str]:
    """What is open: pipes and sockets by their own numbers, the rest by path."""
    found: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:
            continue
    return {name for name in found if name.startswith(("socket:", "pipe:"))}
