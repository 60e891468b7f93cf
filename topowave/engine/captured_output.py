"""What scripts print, kept for each task: its beginning, so that one that prints without end takes no memory.

Standard output and error of a worker process lead here, each thread's to the task that it runs. What goes
past Python, such as the output of other programs, leads nowhere.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import TYPE_CHECKING

from topowave.engine.limits import OUTPUT_CHARACTERS

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Captured:
    """What one task has printed."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._kept = 0
        self._left_out = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was printed."""
        return not self._kept

    def add(self, text: str) -> None:
        """Take what is printed."""
        room = OUTPUT_CHARACTERS - self._kept
        if room:
            part = text[:room]
            self._parts.append(part)
            self._kept += len(part)
        self._left_out += max(0, len(text) - room)

    def text(self) -> str:
        """Return it, as it could be printed, with a last line on what was left out."""
        if not self._kept:
            return ""
        if self._left_out:
            self._parts.append(f"\n[{self._left_out:,} more characters were left out]\n")
            self._left_out = 0
        return "".join(self._parts).encode("utf-8", "backslashreplace").decode()


class CapturedStream(io.TextIOBase):
    """Stands for standard output and error in a worker process."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self) -> None:
        self._here = threading.local()
        self._last: Captured | None = None
        self.buffer = _Bytes(self)

    def begin(self) -> Captured:
        """Let what this thread prints lead to a new task from now on."""
        captured: Captured | None = getattr(self._here, "captured", None)
        if captured is None or not captured.is_empty:
            captured = self._here.captured = Captured()
        self._last = captured
        return captured

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str, /) -> int:
        """Keep it; of a thread that a script started, for the task that began last."""
        captured: Captured | None = getattr(self._here, "captured", self._last)
        if captured is not None:
            captured.add(text)
        return len(text)


class _Bytes(io.RawIOBase):
    def __init__(self, stream: CapturedStream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        raw = bytes(data)
        self._stream.write(raw.decode("utf-8", "replace"))
        return len(raw)


def capture() -> CapturedStream:
    """Lead this process' standard output and error into a `CapturedStream`, and its input to nothing."""
    stream = CapturedStream()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the process
    sys.stdout = sys.stderr = stream
    return stream
