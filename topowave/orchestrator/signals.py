"""The parent's signals as bytes on a socket: they are handled in the loop and never between two lines.

One that is ignored when the lab starts stays ignored: `nohup` and `trap '' HUP` say so of a hang-up, and a
shell without job control of the Ctrl-C that is not meant for what it runs in the background.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterable
from types import FrameType

HANDLED = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], object] | int | None


class SignalPipe:
    """Catches the signals of `HANDLED` that are not ignored, from its making until `close`.

    To be used in the main thread.
    """

    def __init__(self) -> None:
        self.reader, self._writer = socket.socketpair()
        self.reader.setblocking(False)
        self._writer.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._former: dict[signal.Signals, _Handler] = {
            number: signal.signal(number, _nothing) for number in HANDLED if not is_ignored(number)
        }

    def read(self) -> Iterable[int]:
        """Return the numbers of the signals that have come since."""
        try:
            return self.reader.recv(4096)
        except BlockingIOError:
            return b""

    def drop(self) -> None:
        """Close both ends without touching the handlers: for a child, which sets its own."""
        self.reader.close()
        self._writer.close()

    def close(self) -> None:
        """Give the signals back to whoever had them."""
        signal.set_wakeup_fd(self._former_fd)
        for number, handler in self._former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self.drop()


def is_ignored(number: signal.Signals) -> bool:
    """Whether a signal of somebody else's is ignored; that a child has ended is always to be known."""
    return number != signal.SIGCHLD and signal.getsignal(number) is signal.SIG_IGN


def _nothing(number: int, frame: FrameType | None) -> None:
    """Do nothing: the wake-up descriptor has the number, and a handler must exist for it to be written."""
