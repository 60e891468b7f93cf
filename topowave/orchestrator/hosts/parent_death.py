"""A child's first act: make sure that it ends with its parent, however the parent ends.

Two ways, because each has a gap. The kernel's parent-death signal works even where Python is stuck in C,
but exists on Linux only and is lost when the parent died before it was asked for (hence the second look at
the parent). The pipe whose write end only the parent holds works everywhere, but needs Python to run.
"""

from __future__ import annotations

import errno
import os
import threading

from topowave.runtime.parent_death_signal import ask_the_kernel


def end_with(parent: int, pipe: int) -> None:
    """End the calling process when its parent ends.

    Args:
        parent: the parent's process id, as the parent saw it before the fork.
        pipe: the read end of the parent's pipe; no process but the parent may hold its write end.

    Raises:
        OSError: neither way is to be had.
    """
    asked = ask_the_kernel()
    if os.getppid() != parent:
        os._exit(1)
    try:
        threading.Thread(target=_watch, args=(pipe,), name="parent-death", daemon=True).start()
    except RuntimeError as error:  # a limit on processes counts threads too
        if not asked:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error


def _watch(pipe: int) -> None:
    """Wait until the parent's end of the pipe closes; the thread sleeps in the kernel all the while."""
    while True:
        try:
            if not os.read(pipe, 1):
                os._exit(1)
        except OSError:
            os._exit(1)
