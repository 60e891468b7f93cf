"""What would hold up the loop runs in a thread; where the system starts none, in the loop all the same.

A limit on processes counts threads too, so a lab that has reached it (`orchestrator` tells that of its forks)
goes on: what a thread does here takes milliseconds, and no balancer is worse than a slow one.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


async def in_a_thread(
    function: Callable[_Given, _Result], /, *arguments: _Given.args, **named: _Given.kwargs
) -> _Result:
    """Call a function in a thread and return what it returns, or raise what it raises.

    A pool that cannot start a further thread keeps what it was given, for one that it has or gets later. So
    the function is called by whoever comes first, and by nobody else.
    """
    done: Future[_Result] = Future()
    calls = itertools.count()

    def call() -> None:
        if next(calls) or not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(function(*arguments, **named))
        except BaseException as error:  # noqa: BLE001 - of whoever waits for it
            done.set_exception(error)

    try:
        asyncio.get_running_loop().run_in_executor(None, call)
    except RuntimeError:
        call()
    return await asyncio.wrap_future(done)
