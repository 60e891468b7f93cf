"""Running a handler of a class that may be a student's: with a deadline, and with its mistakes told."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from topowave.algorithms import Algorithm
from topowave.wire.limits import HANDLER_TIMEOUT


class NonNeighborError(Exception):
    """A message to a node that is no neighbour."""


class HandlerHangError(Exception):
    """A handler that did not return in time."""


def run_handler(handler: Callable[..., None], *args: object) -> None:
    """Run a handler; one of a user's own class must return within HANDLER_TIMEOUT.

    Raises HandlerHangError where it does not, and whatever the handler raises. The library's own classes
    have no deadline, which would cost some system calls a message.
    """
    owner: object = getattr(handler, "__self__", None)
    if is_ours(type(owner)):
        handler(*args)
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, HANDLER_TIMEOUT)
    try:
        handler(*args)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def described(algorithm: type[Algorithm], error: Exception) -> str:
    """Return what went wrong, with the innermost line of the class' own file where there is one."""
    text = str(error) if isinstance(error, NonNeighborError | HandlerHangError) else _named(error)
    files = {getattr(sys.modules.get(cls.__module__), "__file__", None) for cls in algorithm.__mro__[:-2]}
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return f"{text} ({own[-1].filename}, line {own[-1].lineno}: {own[-1].line})" if own else text


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def is_ours(cls: type[object]) -> bool:
    """Whether a class belongs to the library."""
    return cls.__module__.startswith("topowave.algorithms.")


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise HandlerHangError(f"the handler did not return within {HANDLER_TIMEOUT:g} s")
