"""Runs async tests on uvloop, as the servers run, and fails a test whose loop was left in disorder.

Whether what runs in a loop lets the processor sleep is seen on a loop of asyncio's own, which can be asked
how long it is about to wait: a condition, where seconds of processor time would depend on the machine.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import selectors
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ParamSpec

import uvloop

from tests.support.waiting import PATIENCE_S

P = ParamSpec("P")

ASLEEP_S = 0.5
"""A loop that waits for longer than this (s) unless something comes from outside is asleep."""

# The first loop makes a pipe that the process keeps, so it must not be a test that makes it.
uvloop.new_event_loop().close()


class _Errors(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info}")


@contextmanager
def failures_of(part: ModuleType) -> Generator[list[str]]:
    """Give what a module logs as errors, each as one line; these do not fail the test."""
    found: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        error = None if record.exc_info is None else record.exc_info[1]
        found.append(f"{record.getMessage()}: {error!r}")
        return False

    log = logging.getLogger(part.__name__)
    log.addFilter(keep)
    try:
        yield found
    finally:
        log.removeFilter(keep)


class _Selector(selectors.DefaultSelector):
    """Says when a loop would wait for long."""

    on_sleep: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for what comes, as every selector does."""
        if self.on_sleep is not None and (timeout is None or timeout > ASLEEP_S):
            self.on_sleep()
            timeout = 0  # what heard of it has something to do now
        return super().select(timeout)


class _WatchedLoop(asyncio.SelectorEventLoop):
    """A loop that can be waited for until it sleeps."""

    def __init__(self) -> None:
        self.watched = _Selector()
        super().__init__(self.watched)


async def until_asleep() -> None:
    """Wait, `on_watched_loop`, until nothing is to be done for `ASLEEP_S`: no callback, no timer."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, _WatchedLoop)
    asleep = asyncio.Event()
    loop.watched.on_sleep = asleep.set
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asleep.wait()
    finally:
        loop.watched.on_sleep = None


def on_uvloop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a plain test of an async one, which errors in callbacks and logs and tasks left over fail."""
    return _on(uvloop.new_event_loop, test)


def on_watched_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """As `on_uvloop`, on a loop for `until_asleep`."""
    return _on(_WatchedLoop, test)


def _on(
    make_loop: Callable[[], asyncio.AbstractEventLoop], test: Callable[P, Coroutine[Any, Any, None]]
) -> Callable[P, None]:

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        errors = _Errors()

        async def guarded() -> None:
            def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
                errors.found.append(f"{context.get('message')} {context.get('exception')!r}")

            asyncio.get_running_loop().set_exception_handler(note)
            await test(*args, **kwargs)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others, timeout=PATIENCE_S)
            left = [repr(task) for task in others if not task.done()]
            assert not left, f"tasks left: {left}"

        logging.getLogger().addHandler(errors)
        try:
            with asyncio.Runner(loop_factory=make_loop) as runner:
                runner.run(guarded())
        finally:
            logging.getLogger().removeHandler(errors)
        assert not errors.found, errors.found

    return run
