"""The algorithm itself beside its run: a class's source, the lines that an event ran through, the pseudocode.

Theory of operation. A session can be at any event again, so nothing of this is noted while a run goes on:
the event that somebody asks for is played once more on a copy of the run, and Python's own tracing
(`sys.settrace`) says which lines of the class it comes to. So nothing is slower where nobody asks.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, cast

from topowave.algorithms import Algorithm
from topowave.sessions.moment import check_event
from topowave.sessions.session import Session

HANDLERS = {
    "on_start": "upon start",
    "on_message": "upon receiving",
    "on_timer": "upon timer",
    "on_down": "upon the loss",
}
"""How a block of pseudocode begins that stands for a handler."""


@dataclass(frozen=True)
class Source:
    """The source of a class.

    Attributes:
        name: of the class.
        file: its name, without a folder.
        first: the number of its first line in the file, from 1.
        text: what is written there.
    """

    name: str
    file: str
    first: int
    text: str


@dataclass(frozen=True)
class Lines:
    """What an event ran through.

    Attributes:
        handler: the name of the first handler that was called; None where none of the class's own ran.
        begins: where it begins: the number of its class in `sources`, and of the line in its file.
        ran: the lines, each in the same way, in the order in which the event came to them first.
        blocks: the lines of the pseudocode that stand for the handler, from 0.
    """

    handler: str | None
    begins: tuple[int, int] | None
    ran: tuple[tuple[int, int], ...]
    blocks: tuple[int, ...]


def sources(algorithm: type[Algorithm]) -> list[Source]:
    """Return the source of a class and of its bases, itself first, down to the base of all algorithms."""
    return [source for _, source in _sources(algorithm)]


def pseudocode(algorithm: type[Algorithm]) -> str | None:
    """Return the pseudocode of one of the library's algorithms, as textbooks write it; None for any other."""
    if not algorithm.__module__.startswith("topowave.algorithms."):
        return None
    file = files("topowave.algorithms") / "pseudocode" / f"{algorithm.name}.txt"
    return file.read_text("utf-8") if file.is_file() else None


def lines_of(session: Session, event: int | None = None) -> Lines:
    """Return the lines that an event of the session's branch ran through.

    Args:
        session: which stays where it is.
        event: its number, from 1; None for the last one here.

    Raises:
        Problems: nobody has been at such an event.
    """
    position = session.position if event is None else event
    branch, player = session.branch_now.id, session.player
    check_event(player, branch, position)
    kernel = player.kernel_at(branch, position - 1)
    algorithm = session.prepared.plans[0].algorithm
    with _traced(algorithm) as seen:
        player.go(kernel, branch, position)
    rows = player.rows(branch, position - 1, position)[0]
    message = next((row["message"] for row in rows if row["event"] == "receive"), None)
    code = pseudocode(algorithm)
    if seen.handler is None:
        return Lines(None, None, tuple(seen.ran), ())
    name, begins = seen.handler
    blocks = () if code is None else blocks_of(code, algorithm, name, message)
    return Lines(name, begins, tuple(seen.ran), blocks)


def blocks_of(code: str, algorithm: type[Algorithm], handler: str, message: object = None) -> tuple[int, ...]:
    """Return the lines of a pseudocode that stand for a handler; of several for messages, those of this kind.

    Args:
        code: blocks with an empty line between them, the first line of each says when it runs.
        algorithm: whose it is.
        handler: the name of the method.
        message: which it handles, as a trace has it.
    """
    blocks = [block for block in _blocks(code) if block[0][1].startswith(HANDLERS[handler])]
    if handler == "on_message":
        kinds = {_word(kind.__name__) for kind in algorithm.messages if kind is not None}
        mine = _kind(message)
        named = [block for block in blocks if mine in _words(block[0][1])]
        blocks = named or [block for block in blocks if not kinds & _words(block[0][1])]
    return tuple(number for block in blocks for number, _ in block)


class _Seen:
    """What was come to: lines in their order, each once, and the first handler that was called."""

    def __init__(self, algorithm: type[Algorithm]) -> None:
        self.ran: dict[tuple[int, int], None] = {}
        self.handler: tuple[str, tuple[int, int]] | None = None
        self._places = [
            (sys.modules[cls.__module__].__file__, source.first, source.first + source.text.count("\n"))
            for cls, source in _sources(algorithm)
        ]
        self._classes: dict[CodeType, int | None] = {}

    def call(self, frame: FrameType, _: str, __: Any) -> Any:
        """Follow a call, if it is of the class."""
        code = frame.f_code
        if code not in self._classes:
            self._classes[code] = self._class_of(code)
        number = self._classes[code]
        if number is None:
            return None
        if self.handler is None and code.co_name in HANDLERS:
            self.handler = code.co_name, (number, code.co_firstlineno)

        def line(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                self.ran[number, frame.f_lineno] = None
            return line

        return line

    def _class_of(self, code: CodeType) -> int | None:
        for number, (file, first, last) in enumerate(self._places):
            if code.co_filename == file and first <= code.co_firstlineno <= last:
                return number
        return None


@contextmanager
def _traced(algorithm: type[Algorithm]) -> Generator[_Seen]:
    """Note the lines of a class and of its bases that are run meanwhile."""
    seen = _Seen(algorithm)
    before = sys.gettrace()
    sys.settrace(seen.call)
    try:
        yield seen
    finally:
        sys.settrace(before)


def _sources(algorithm: type[Algorithm]) -> Iterator[tuple[type, Source]]:
    for cls in algorithm.__mro__:
        if cls in (Algorithm, object):
            continue
        try:
            lines, first = inspect.getsourcelines(cls)
        except (OSError, TypeError, SyntaxError):  # made while the program ran, or its file is gone
            continue
        file = sys.modules[cls.__module__].__file__ or ""
        yield cls, Source(cls.__name__, Path(file).name, first, "".join(lines))


def _blocks(code: str) -> list[list[tuple[int, str]]]:
    """Return the blocks of a pseudocode: of each its lines, with their numbers from 0."""
    found: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(code.splitlines()):
        if line.strip():
            found[-1].append((number, line))
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def _kind(message: object) -> str:
    """Return how people write the kind of a message of a trace; nothing of one that is no dataclass."""
    if not isinstance(message, dict):
        return ""
    return _word(str(cast("dict[str, object]", message).get("$", "")))


def _words(line: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z-]*", line))


def _word(name: str) -> str:
    """Return a name of a class as people write it: `WakeUp` is wake-up."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
