"""Runs async tests on uvloop, as the servers run, and fails a test whose loop was left in disorder."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

import uvloop

P = ParamSpec("P")

# The first loop makes a pipe that the process keeps, so it must not be a test that makes it.
uvloop.new_event_loop().close()


class _Errors(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info}")


def on_uvloop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a plain test of an async one, which errors in callbacks and logs and tasks left over fail."""

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
                await asyncio.wait(others, timeout=1.0)
            left = [repr(task) for task in others if not task.done()]
            assert not left, f"tasks left: {left}"

        logging.getLogger().addHandler(errors)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(guarded())
        finally:
            logging.getLogger().removeHandler(errors)
        assert not errors.found, errors.found

    return run
