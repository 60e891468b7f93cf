"""Forks one child: what happens between `fork` and the program that the child runs."""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from topowave.logs import rename_source
from topowave.orchestrator.hosts.parent_death import end_with
from topowave.orchestrator.limits import COLLECTIONS
from topowave.orchestrator.signals import is_ignored
from topowave.unwaiting_output import UnwaitingOutput, standard_outputs, text_stream

PARENTS_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
"""Signals that the parent handles; they wait while it forks, so that no child ever handles one for it."""


@dataclass(slots=True)
class Pipes:
    """The two pipes that parent and children share.

    parent: the parent holds the write end as long as it runs; children read, and see the end of file.
    ready: each child writes its incarnation whenever one of its servers is ready; the parent reads.
    """

    parent_read: int
    parent_write: int
    ready_read: int
    ready_write: int

    @classmethod
    def make(cls) -> Pipes:
        """Open both pipes."""
        parent_read, parent_write = os.pipe()
        ready_read, ready_write = os.pipe()
        os.set_blocking(ready_read, False)
        return cls(parent_read, parent_write, ready_read, ready_write)

    def close(self) -> None:
        """Close all four ends."""
        for end in (self.parent_read, self.parent_write, self.ready_read, self.ready_write):
            os.close(end)


@dataclass(slots=True)
class ForkSpec:
    """What one child needs and what it must let go.

    name: whose process this is; it stands before its log lines (`amber and 499 more nodes`).
    incarnation: the number of this process, unique in the lab.
    program: what it runs; given the function by which each of its servers says that it is ready.
    prints: the end to write of the pipe on which the parent hears what it prints.
    keep: the sockets that are its own.
    drop: closes everything of the parent's that has an object (sockets, the selector).
    """

    name: str
    incarnation: int
    program: Callable[[Callable[[], None]], None]
    prints: int
    keep: Collection[socket.socket]
    drop: Callable[[Collection[socket.socket]], None] = field(repr=False)


def fork(spec: ForkSpec, pipes: Pipes) -> int:
    """Start a child and return its process id. To be called from the main thread only.

    The parent-death signal is sent when the *thread* that forked ends.

    Raises:
        OSError: the system starts no further process, as where there are too many or there is no memory.
    """
    parent = os.getpid()
    _flush()
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, PARENTS_SIGNALS)
    try:
        pid = os.fork()
        if pid == 0:
            _be_child(spec, pipes, parent, waiting)
    finally:  # only of the parent: a child never leaves _be_child
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
    return pid


def _be_child(
    spec: ForkSpec, pipes: Pipes, parent: int, waiting: Collection[signal.Signals | int]
) -> NoReturn:
    """Be the child, from the fork to its exit; never returns into the parent's frames."""
    code = 1
    try:
        for parents in standard_outputs():
            parents.disown()
        os.close(pipes.parent_write)
        end_with(parent, pipes.parent_read)
        os.setsid()
        _take_signals_back(waiting)
        spec.drop(spec.keep)
        _close_the_rest(spec, pipes)
        _plain_streams(spec.name, spec.prints)
        gc.enable()
        gc.set_threshold(*COLLECTIONS)
        spec.program(lambda: _say_ready(pipes.ready_write, spec.incarnation))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        logging.getLogger(__name__).exception("ended by an error")
    finally:
        try:
            # What a handler of the program's raises here, at a second signal, led into the parent's frames.
            signal.pthread_sigmask(signal.SIG_BLOCK, PARENTS_SIGNALS)
            _flush()
        finally:
            os._exit(code)


def _take_signals_back(waiting: Collection[signal.Signals | int]) -> None:
    signal.set_wakeup_fd(-1)
    for number in PARENTS_SIGNALS:
        # SIGTERM is how the parent ends a child, whatever is ignored.
        if number == signal.SIGTERM or not is_ignored(number):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, waiting)


def _close_the_rest(spec: ForkSpec, pipes: Pipes) -> None:
    """Close every descriptor that is not this child's, those included that the parent inherited."""
    own = {0, 1, 2, spec.prints, pipes.parent_read, pipes.ready_write, *(each.fileno() for each in spec.keep)}
    listing = Path("/proc/self/fd")
    if not listing.is_dir():
        listing = Path("/dev/fd")
    for number in [int(entry.name) for entry in listing.iterdir()]:
        if number not in own:
            try:
                os.close(number)
            except OSError:
                continue  # the listing's own descriptor, closed by now


def _plain_streams(name: str, prints: int) -> None:
    """Read nothing; log to standard error, each line with the node's name; print to the parent, who shows it.

    What is printed may come from a user's class, from what it has started, or from a library in C.
    """
    log = os.dup(2)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (prints, 1), (prints, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(prints)
    stream = text_stream(UnwaitingOutput(log, quiet=True), sys.stderr)
    out = UnwaitingOutput(1, quiet=True)
    sys.stdout, sys.stderr = _Printing(out), _Printing(out)
    rename_source(name, stream)


class _Printing(io.TextIOWrapper):
    """A standard stream that stays open whatever a class does: the waves of others print there, too."""

    def __init__(self, out: UnwaitingOutput) -> None:
        super().__init__(out, "utf-8", "backslashreplace", line_buffering=True)

    def close(self) -> None:
        """Write out what there is."""
        self.flush()


def _say_ready(ready_write: int, incarnation: int) -> None:
    gc.freeze()  # a server that stands is no garbage: collections need not walk through it
    os.write(ready_write, b"%d\n" % incarnation)


def _flush() -> None:
    """Write out what is buffered, so that a child does not write it again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # a closed pipe; the lab goes on without it
