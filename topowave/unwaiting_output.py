"""Standard output and error that never wait for whoever reads them.

A terminal that was stopped with Ctrl-S, or a pager that nobody scrolls, takes nothing, and a plain write
would wait for it: a lab would start no process again, and no node would answer. So what is not taken at once
is kept, up to KEPT_BYTES, and written when there is room; what comes on top of that is left out, whole lines
at a time, and their number is told.

Only terminals, pipes and sockets make a writer wait. The stream opens such a one anew for itself, without
waiting: to switch ours over would switch it for the shell too, with which we share it. Where that cannot be,
it asks before each short write whether there is room.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

KEPT_BYTES = 65_536
"""Most bytes that wait for a reader."""
SHORT_BYTES = 512
"""What a terminal or a pipe that says that it has room takes without a wait (POSIX's least PIPE_BUF)."""
LAST_S = 0.5
"""How long a program that ends waits for its reader (s)."""


class UnwaitingOutput(io.BufferedIOBase):
    """Writes to a descriptor without ever waiting; for a text stream that buffers lines.

    Args:
        number: the descriptor.
        quiet: whether to swallow what goes wrong, for programs that go on whatever becomes of their output.
    """

    def __init__(self, number: int, *, quiet: bool = False) -> None:
        self._number = number
        self._quiet = quiet
        self._pending = bytearray()
        self._left_out = 0
        self._dead = False
        kind = os.fstat(number).st_mode
        self._may_wait = stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or os.isatty(number)
        self._own = _opened_anew(number) if self._may_wait else None

    def writable(self) -> bool:
        """Say yes."""
        return True

    @property
    def name(self) -> int:
        """The descriptor, as files that were opened by one are called."""
        return self._number

    def fileno(self) -> int:
        """Return the descriptor, for those who ask for the size of the terminal."""
        return self._number

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._number)

    @property
    def waits(self) -> bool:
        """Whether something has not been taken yet."""
        return bool(self._pending or self._left_out)

    def write(self, data: Buffer, /) -> int:
        """Write, or keep, or leave out. Raises OSError where the output has failed, unless it is quiet."""
        text = bytes(data)
        if self._dead:
            return len(text)
        if len(self._pending) + len(text) > KEPT_BYTES:
            self._left_out += max(1, text.count(b"\n"))
        else:
            self._pending += text
        self.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is taken now."""
        if self._dead:
            return
        try:
            self._flush()
        except OSError:
            self._dead = True
            self._pending.clear()
            if not self._quiet:
                raise

    def finish(self, seconds: float = LAST_S) -> None:
        """Give the reader some time to take what is left."""
        until_s = time.monotonic() + seconds
        while self.waits and not self._dead and time.monotonic() < until_s:
            select.select([], [self._number], [], max(0.0, until_s - time.monotonic()))
            self.flush()

    def _flush(self) -> None:
        while self.waits:
            if not self._pending:
                note = f"... {self._left_out} lines were left out: nobody read them so fast\n"
                self._pending += note.encode()
                self._left_out = 0
            taken = self._take()
            if not taken:
                return
            del self._pending[:taken]

    def _take(self) -> int:
        """Return how many of the bytes that wait were taken."""
        if not self._may_wait:
            return os.write(self._number, self._pending)
        try:
            if self._own is not None:
                return os.write(self._own, self._pending)
            _, room, _ = select.select([], [self._number], [], 0)
            return os.write(self._number, self._pending[:SHORT_BYTES]) if room else 0
        except BlockingIOError:
            return 0

    def disown(self) -> None:
        """Do nothing any more: for a process that was forked, and has streams of its own."""
        self._own, self._dead = None, True
        self._pending.clear()
        self._left_out = 0

    def close(self) -> None:
        """Close what was opened anew."""
        if self._own is not None:
            os.close(self._own)
            self._own = None
            self._dead = True
        super().close()


def _opened_anew(number: int) -> int | None:
    """Return another descriptor of the same terminal or pipe that does not wait; None where there is none."""
    try:
        return os.open(f"/dev/fd/{number}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None  # a socket, a terminal of another user, no such folder


def text_stream(out: UnwaitingOutput, like: TextIO) -> io.TextIOWrapper:
    """Return a text stream that writes there, in the encoding of another one."""
    return io.TextIOWrapper(out, like.encoding, "backslashreplace", line_buffering=True)


def pending_outputs() -> list[UnwaitingOutput]:
    """Return those of the standard streams for which something waits."""
    return [each for each in standard_outputs() if each.waits]


def standard_outputs() -> list[UnwaitingOutput]:
    """Return those of the standard streams that never wait."""
    found = [getattr(each, "buffer", None) for each in (sys.stdout, sys.stderr)]
    return [each for each in found if isinstance(each, UnwaitingOutput)]


@contextmanager
def unwaiting_streams() -> Generator[None]:
    """Let standard output and error never wait while the context is open."""
    former = sys.stdout, sys.stderr
    made: list[UnwaitingOutput] = []
    for name, stream in zip(("stdout", "stderr"), former, strict=True):
        try:
            out = UnwaitingOutput(stream.fileno())
        except (OSError, ValueError, AttributeError):  # closed, or no real file, as in a test
            continue
        made.append(out)
        setattr(sys, name, text_stream(out, stream))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = former
        for out in made:
            with suppress(OSError):  # it was told when it failed first
                out.finish()
