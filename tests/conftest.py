"""What all tests share: free ports, and a check that a test leaves nothing behind."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, settings

from tests.support import ports
from topowave.translation.languages import VARIABLES

ENDING_S = 60.0
"""How long a thread that was told to end may take (s): longer than a busy machine stands still."""
TESTS = Path(__file__).parent
KINDS = ("faults", "live", "docs", "fuzz", "unit", "e2e")
"""The marker of a test is the name of its folder; where that is not among these, it is a unit test."""


# How long an example takes depends on what else the machine does: a slow one is no failure. The examples
# follow from the test, so that what passed once passes again; `--hypothesis-profile=search` looks for others.
settings.register_profile(
    "topowave", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("topowave"), derandomize=False, max_examples=2_000)
settings.load_profile("topowave")


def pytest_configure() -> None:
    """Let Ctrl-C and hang-up reach the processes that tests start.

    Under nohup, or in the background of a script, these signals are ignored, and so they would be in every
    process that is started from here. A handler is not passed on. And let programs speak English, whatever
    language the developer has set.
    """
    for variable in VARIABLES:
        os.environ.pop(variable, None)
    os.environ["LC_ALL"] = "C.UTF-8"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _go_on)


def _go_on(_signal: int, _frame: FrameType | None) -> None:
    """What nohup is for: the run itself goes on."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its kind, and put the kinds in the order in which a parallel run is shortest.

    Tests of real processes mostly wait, so they come first and the unit tests fill the gaps. Browser tests
    have to be last: Playwright keeps an event loop running, beside which no other can start in its process.
    """
    kinds = {item: _kind(item) for item in items}
    for item, kind in kinds.items():
        item.add_marker(kind)
    items.sort(key=lambda item: KINDS.index(kinds[item]))


def _kind(item: pytest.Item) -> str:
    folder = item.path.relative_to(TESTS).parts[0]
    return folder if folder in KINDS else "unit"


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
    gc.freeze()  # what has outlived this test is not gone through after each of those to come
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
    found: set[str] = set()
    for children in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended since it was listed
            found.update(children.read_text().split())
    return found


def _descriptors() -> set[str]:
    """What is open: pipes and sockets by their own numbers, the rest by path."""
    found: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:
            continue
    return {name for name in found if name.startswith(("socket:", "pipe:"))}
