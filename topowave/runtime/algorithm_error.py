"""A mistake in an algorithm's class, told so that its author finds it: node, event, own line."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType

from topowave.algorithms import Algorithm
from topowave.runtime.value_text import error_text

LONGEST_SAID = 500
"""Most characters of what an exception of a class says."""


class WrongEffectError(Exception):
    """An effect that cannot be carried out, such as a message to a node that is no neighbour."""


class HandlerHangError(BaseException):
    """A handler that did not return in time; not an Exception, so that no handler catches it by chance."""


class InterruptedRunError(KeyboardInterrupt):
    """Ctrl-C, as the watchdog raises it. Any other KeyboardInterrupt is a handler's own."""


class OutOfTimeError(InterruptedRunError):
    """The time that a run may take is over: the watchdog raises it."""


@dataclass(frozen=True)
class AlgorithmError:
    """What an algorithm did wrong.

    Attributes:
        node: the name of the node.
        event: what the node was doing, as "receiving 'token' from root at 3.5".
        problem: what is wrong.
        file, line, code: the place in the class' own file; None and "" where it is not known.
    """

    node: str
    event: str
    problem: str
    file: str | None = None
    line: int | None = None
    code: str = ""

    @property
    def reason(self) -> str:
        """The problem, with its place where that is known."""
        return self.problem + ("" if self.line is None else f" ({self.file}, line {self.line}: {self.code})")

    def __str__(self) -> str:
        return f"node {self.node}, {self.event}: {self.reason}"


class AlgorithmFailedError(Exception):
    """A mistake that shows only later, outside the handler that made it."""

    def __init__(self, mistake: AlgorithmError) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def own_files(algorithm: type[Algorithm]) -> frozenset[str]:
    """Return the files in which the class and its bases are written, down to the base of all algorithms."""
    modules = {cls.__module__ for cls in algorithm.__mro__ if cls not in (Algorithm, object)}
    files = (getattr(sys.modules.get(module), "__file__", None) for module in modules)
    return frozenset(file for file in files if isinstance(file, str))


def algorithm_error(
    algorithm: type[Algorithm], node: str, event: str, error: BaseException
) -> AlgorithmError:
    """Return the mistake that `error`, which came out of a handler of `algorithm`, stands for."""
    if isinstance(error, AlgorithmFailedError):
        found = error.mistake
        return AlgorithmError(node, event, found.problem, found.file, found.line, found.code)
    if isinstance(error, WrongEffectError | HandlerHangError):
        problem = str(error)
    elif isinstance(error, RecursionError):
        problem = "RecursionError: the handler calls itself without end"
    else:
        problem = error_text(error, LONGEST_SAID)
    line = own_line(algorithm, error.__traceback__)
    return AlgorithmError(node, event, problem, *(line or (None, None, "")))


def own_line(algorithm: type[Algorithm], trace: TracebackType | None) -> tuple[str, int, str] | None:
    """Return the innermost place of a traceback in the class' own file: file, line number, text."""
    files = own_files(algorithm)
    found = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            found = place(file, trace.tb_lineno)
        trace = trace.tb_next
    return found


def calling_line(files: frozenset[str], frame: FrameType | None) -> tuple[str, int, str] | None:
    """Return the innermost place in one of `files` among the callers of `frame`."""
    for caller in _callers(frame):
        if caller.f_code.co_filename in files:
            return place(caller.f_code.co_filename, caller.f_lineno)
    return None


def place(file: str, line: int) -> tuple[str, int, str]:
    """Return a line of a file with its text."""
    return file, line, linecache.getline(file, line).strip()


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
