"""What all tests share: free ports, and a check that a test leaves nothing behind."""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import ports

ENDING_S = 2.0
"""How long a thread that was told to end may take."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last: Playwright keeps an event loop running, beside which no other can start."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """Finds ports that nobody listens on; no port is handed out twice soon."""
    return ports.free_ports


@pytest.fixture
def base_port() -> Callable[[int], int]:
    """Finds the first of a number of neighbouring free ports."""
    return ports.neighbouring_ports


@pytest.fixture(scope="session", autouse=True)
def _quick_collections() -> None:  # pyright: ignore[reportUnusedFunction]
    """Leave what the imports made out of the collection after each test."""
    gc.collect()
    gc.freeze()


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
    for thread in set(threading.enumerate()) - before[1]:
        thread.join(ENDING_S)  # anyio tells its threads to end, but does not wait for them
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
