"""Which handler of a user's class a process runs, noted where its parent reads it whatever becomes of it.

A class may end its process (`os._exit`, a fault in C, a signal), and a process that has ended tells nobody
why. So it notes each handler before it runs it, in memory that it shares with its parent; who finds a note
there when the process is gone knows in the middle of what it went.
"""

from __future__ import annotations

import mmap
from pathlib import Path

import msgspec

from topowave.algorithms import Algorithm
from topowave.runtime.algorithm_error import place
from topowave.translation import in_json

NOTE_BYTES = 8192
"""Longest note: what does not fit, as where a path is very long, is noted without the place."""
_LENGTH = 4
_OURS = str(Path(__file__).resolve().parents[1]) + "/"


class HandlerRun(msgspec.Struct, array_like=True, frozen=True):
    """A handler that runs.

    Attributes:
        wave, node, algorithm: in which wave, at which node, of which algorithm (its name in a registry).
        title: what people call that algorithm.
        handler: the handler, as `MyEcho.on_message`.
        file, line: where that begins; None and 0 where it is not known.
    """

    wave: str
    node: str
    algorithm: str
    title: str
    handler: str
    file: str | None = None
    line: int = 0

    @property
    def text(self) -> str:
        """The handler and its place, for a sentence."""
        if self.file is None:
            return self.handler
        file, line, code = place(self.file, self.line)
        return f"{self.handler} ({file}, line {line}: {code})"


class HandlerNote:
    """One note, in memory that a process shares with those that it forks afterwards."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, NOTE_BYTES)

    def begin(self, wave: str, node: str, algorithm: type[Algorithm], name: str) -> None:
        """Note that the handler `name` of `algorithm` runs from now on."""
        code = getattr(_function(algorithm, name), "__code__", None)
        file, line = getattr(code, "co_filename", None), getattr(code, "co_firstlineno", 0)
        if isinstance(file, str) and file.startswith(_OURS):
            file = None
        title, handler_name = _text(algorithm.title), _text(f"{algorithm.__qualname__}.{name}")
        run = HandlerRun(wave, node, algorithm.name, title, handler_name, file and _text(file), line)
        data = msgspec.json.encode(run, enc_hook=in_json)
        if len(data) > NOTE_BYTES - _LENGTH:
            run = HandlerRun(wave, node, algorithm.name, title[:200], handler_name[:200])
            data = msgspec.json.encode(run, enc_hook=in_json)
        # The length last: a process that is killed in between has begun nothing.
        self._memory[_LENGTH : _LENGTH + len(data)] = data
        self._memory[:_LENGTH] = len(data).to_bytes(_LENGTH, "little")

    def end(self) -> None:
        """Note that no handler runs."""
        self._memory[:_LENGTH] = bytes(_LENGTH)

    def read(self) -> HandlerRun | None:
        """Return which handler runs; None where none does."""
        length = int.from_bytes(self._memory[:_LENGTH], "little")
        try:
            return msgspec.json.decode(self._memory[_LENGTH : _LENGTH + length], type=HandlerRun)
        except msgspec.MsgspecError:
            return None


def _function(algorithm: type[Algorithm], name: str) -> object:
    """Return what the class or its nearest base has under that name, whatever it does on access."""
    return next((vars(cls)[name] for cls in algorithm.__mro__ if name in vars(cls)), None)


def _text(text: str) -> str:
    """Return a text as it can be written down: what is no UTF-8 in it as escapes."""
    return text.encode(errors="backslashreplace").decode()
