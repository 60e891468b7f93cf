"""What a process of the lab prints, by whatever way, on its way to the terminal: named, escaped, in bounds.

Its own log lines go past this. What comes here is what a user's class prints, what it starts prints, and the
last words of a library that ends the process. It may be anything, and any amount of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from topowave.orchestrator.limits import PRINTED_CHARS, PRINTED_CHUNK_BYTES, PRINTED_LINES, PRINTED_S


class PrintedLines:
    """The lines that come from a pipe, a few of them in a while; the others are counted, and told.

    Args:
        pipe: its end to read, which is made non-blocking, and closed by `close`.
        show: is called with each line.
        clock: returns the time (s).

    Attributes:
        pipe: as given.
        ended: whether nobody can print there any more.
    """

    def __init__(
        self, pipe: int, show: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        os.set_blocking(pipe, False)
        self.pipe = pipe
        self.ended = False
        self._show = show
        self._clock = clock
        self._line = b""
        self._length = 0
        """Bytes of the line that has not ended, kept or not."""
        self._began_s = clock()
        self._shown = 0
        self._left_out = 0

    def read(self) -> bool:
        """Read once what is there; return whether that was anything."""
        try:
            data = os.read(self.pipe, PRINTED_CHUNK_BYTES)
        except BlockingIOError:
            return False
        self.ended = not data
        self._take(data)
        return bool(data)

    def close(self) -> None:
        """Show what is left, once nobody can print there any more."""
        for _ in range(2):  # a pipe holds no more; who still has its other end is about to be killed
            if not self.read():
                break
        if self._line:
            self._end_line(b"")
        self._tell_left_out()
        os.close(self.pipe)

    def _take(self, data: bytes) -> None:
        *ended, rest = data.split(b"\n")
        for line in ended:
            self._end_line(line)
        self._keep(rest)

    def _keep(self, part: bytes) -> None:
        room = 4 * PRINTED_CHARS - len(self._line)  # a character has 4 bytes at most
        self._line += part[:room]
        self._length += len(part)

    def _end_line(self, part: bytes) -> None:
        self._keep(part)
        line, length, self._line, self._length = self._line, self._length, b"", 0
        if not self._has_room():
            self._left_out += 1
            return
        text = line.decode("utf-8", "replace")
        shown = text[:PRINTED_CHARS]
        more = f"... ({length:,} bytes in all)" if length > len(line) or len(text) > len(shown) else ""
        self._show(shown + more)

    def _has_room(self) -> bool:
        now_s = self._clock()
        if now_s - self._began_s >= PRINTED_S:
            self._tell_left_out()
            self._began_s, self._shown = now_s, 0
        self._shown += 1
        if self._shown == PRINTED_LINES + 1:
            self._show(f"... more than {PRINTED_LINES} lines in {PRINTED_S:g} s; the next ones are left out")
        return self._shown <= PRINTED_LINES

    def _tell_left_out(self) -> None:
        if self._left_out:
            self._show(f"... {self._left_out:,} lines were left out")
            self._left_out = 0
