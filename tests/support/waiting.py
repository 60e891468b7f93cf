"""The one way to wait in tests: for a condition, with a deadline, and a message that says what was last seen.

A deadline is there to end a test that has failed, so it is far longer than anything takes on a machine with
other things to do; how fast something is, the benchmark measures.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import reprlib
import select
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 120.0
"""How long any wait in a test may take (s)."""
PAUSE_S = 0.002
"""How long a wait lets others run before it looks again (s)."""


def until(look: Callable[[], T], holds: Callable[[T], object] = bool, *, patience_s: float = PATIENCE_S) -> T:
    """Look again and again until what is seen is as wanted; returns it.

    Args:
        look: what to look at.
        holds: whether that is as wanted; by default, whether it is true.
        patience_s: how long to wait (s).

    Raises:
        AssertionError: it never came to that; the message has what was last seen.
    """
    end_s = time.monotonic() + patience_s
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < end_s, _story(look, holds, seen, patience_s)
        time.sleep(PAUSE_S)


async def eventually(
    look: Callable[[], T], holds: Callable[[T], object] = bool, *, patience_s: float = PATIENCE_S
) -> T:
    """Wait as `until` does, while everything else in this event loop goes on."""
    end_s = time.monotonic() + patience_s
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < end_s, _story(look, holds, seen, patience_s)
        await asyncio.sleep(PAUSE_S)


def wait_gone(pids: Iterable[int], patience_s: float = PATIENCE_S) -> None:
    """Wait until these processes have ended; with no patience, they must have."""
    end_s = time.monotonic() + patience_s
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            ended, _, _ = select.select([handle], [], [], max(0.0, end_s - time.monotonic()))
        finally:
            os.close(handle)
        assert ended, f"process {pid} is there still after {patience_s} s"


def _story(look: Callable[[], T], holds: Callable[[T], object], seen: T, patience_s: float) -> str:
    """Say what was waited for and what there was instead, with the variables that the condition looks at."""
    short = reprlib.Repr()
    short.maxother = short.maxstring = 400
    short.maxlist = short.maxdict = 20
    asked = [_source(each) for each in (look, holds) if each is not bool]
    variables: dict[str, object] = {}
    for each in (look, holds):
        if inspect.isfunction(each):
            variables |= inspect.getclosurevars(each).nonlocals
    where = "".join(f"\n  {name} = {short.repr(value)}" for name, value in variables.items())
    return f"not within {patience_s} s: {'; '.join(asked)}\n  last seen: {short.repr(seen)}{where}"


def _source(function: Callable[..., object]) -> str:
    """The source of a condition, as far as there is one."""
    try:
        return " ".join(inspect.getsource(function).split())
    except (OSError, TypeError):
        return repr(function)
