"""Starting, signalling and reaping: the operating system's side of the supervisor."""

from __future__ import annotations

import itertools
import logging
import os
import selectors
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import partial

from topowave.logs import fields, log_printed
from topowave.orchestrator.hosts.fork import ForkSpec, Pipes, fork
from topowave.orchestrator.hosts.process_host import SignalAction
from topowave.orchestrator.limits import START_DEADLINE_S, STOP_GRACE_S
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.printed_lines import PrintedLines

SIGNALS: dict[SignalAction, signal.Signals] = {
    "kill": signal.SIGKILL,
    "stop": signal.SIGSTOP,
    "continue": signal.SIGCONT,
}
WAIT_FLAGS = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
log = logging.getLogger(__name__)


class ProcessTable:
    """All processes of this machine that were started and not reaped: pid to managed process.

    Args:
        drop: closes, in a child, what the parent has open, except the sockets it is given.
        selector: waits for what they print.
    """

    def __init__(
        self, drop: Callable[[Collection[socket.socket]], None], selector: selectors.BaseSelector
    ) -> None:
        self.pipes = Pipes.make()
        self._selector = selector
        self._printed: dict[int, PrintedLines] = {}
        self._drop = drop
        self.numbers: Iterator[int] = itertools.count()
        """Incarnations: no two processes of a lab ever have the same."""
        self._processes: dict[int, ManagedProcess] = {}
        self._retired: dict[int, float] = {}
        """When each of them that has not ended is to be killed (monotonic, s)."""

    @property
    def any_left(self) -> bool:
        """Whether any process has still to end."""
        return bool(self._processes or self._retired)

    @property
    def retired_left(self) -> bool:
        """Whether a process of a replaced network has still to end."""
        return bool(self._retired)

    def start(
        self,
        process: ManagedProcess,
        program: Callable[[int, Callable[[], None]], None],
        keep: Collection[socket.socket],
        deadline_s: float = START_DEADLINE_S,
    ) -> None:
        """Fork the next incarnation of a managed process.

        Args:
            process: what is started.
            program: what it runs, given the incarnation's number and what to call when it is ready.
            keep: the parent's sockets that it goes on using.
            deadline_s: how long it may take until it is ready.

        Raises:
            OSError: the system starts no further process.
        """
        incarnation = next(self.numbers)
        hears, prints = os.pipe()
        try:
            spec = ForkSpec(
                process.title,
                incarnation,
                lambda ready: program(incarnation, ready),
                prints,
                keep,
                self._drop,
            )
            pid = fork(spec, self.pipes)
        except OSError:
            os.close(hears)
            raise
        finally:
            os.close(prints)
        self._hear(pid, PrintedLines(hears, partial(log_printed, process.title)))
        process.started(pid, incarnation, time.monotonic() + deadline_s)
        self._processes[pid] = process
        log.info("process started", extra=fields(process=process.title, pid=pid, incarnation=incarnation))

    def reap(self) -> Iterator[tuple[ManagedProcess | None, int]]:
        """Yield every change the kernel has to report: which process, and waitpid's status.

        The process is None where it belonged to a replaced network. One that has ended is forgotten.
        """
        while True:
            try:
                pid, status = os.waitpid(-1, WAIT_FLAGS)
            except ChildProcessError:
                return
            if pid == 0:
                return
            process = self._processes.get(pid)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._processes.pop(pid, None)
                self._retired.pop(pid, None)
                with suppress(OSError):  # what a user's class has started there ends with it
                    os.killpg(pid, signal.SIGKILL)
                self._hear_the_last(pid)
                title = process.title if process is not None else None
                log.info("process ended", extra=fields(process=title, pid=pid, reason=ending(status)))
            yield process, status

    def ready_servers(self) -> Iterator[tuple[ManagedProcess, int]]:
        """Yield the processes in which servers have become ready, and how many."""
        try:
            said = os.read(self.pipes.ready_read, 65536)
        except BlockingIOError:
            return
        counts = Counter(int(line) for line in said.split())
        running = list(self._processes.values())
        yield from [(each, counts[each.incarnation]) for each in running if each.incarnation in counts]

    def _hear(self, pid: int, printed: PrintedLines) -> None:
        """Show from now on what a process prints."""
        self._printed[pid] = printed

        def read() -> None:
            if pid not in self._printed:
                return  # its end was the event before, and this one was under way
            printed.read()
            if printed.ended:  # nobody has the other end any more
                self._selector.unregister(printed.pipe)

        self._selector.register(printed.pipe, selectors.EVENT_READ, read)

    def _hear_the_last(self, pid: int) -> None:
        """Show what a process has printed that has ended."""
        printed = self._printed.pop(pid, None)
        if printed is not None:
            with suppress(KeyError):
                self._selector.unregister(printed.pipe)
            printed.close()

    def signal(self, process: ManagedProcess, action: SignalAction) -> None:
        """Kill, stop or continue a process that runs."""
        if process.pid is not None:
            send_signal(process.pid, SIGNALS[action])

    def retire(self, processes: Collection[ManagedProcess]) -> None:
        """Ask these processes to end, and have nothing more to do with them."""
        for process in processes:
            if process.pid is not None:
                del self._processes[process.pid]
                self._retired[process.pid] = time.monotonic() + STOP_GRACE_S
                ask_to_end(process.pid)
            process.halted()

    def end_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Ask every process to end, but those that are spared."""
        for pid in self._all_but(spared):
            ask_to_end(pid)

    @property
    def kill_at_s(self) -> float | None:
        """When something that was retired is to be killed (monotonic, s); None where nothing is left."""
        return min(self._retired.values(), default=None)

    def kill_late(self, now_s: float) -> None:
        """Kill what was retired STOP_GRACE_S ago and is left; again each time that so long has passed."""
        for pid, at_s in self._retired.items():
            if now_s >= at_s:
                self._retired[pid] = now_s + STOP_GRACE_S
                send_signal(pid, signal.SIGKILL)

    def kill_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Kill every process, but those that are spared."""
        for pid in self._all_but(spared):
            send_signal(pid, signal.SIGKILL)

    def _all_but(self, spared: Collection[ManagedProcess]) -> list[int]:
        return [pid for pid, process in self._processes.items() if process not in spared] + [*self._retired]

    def wait_all(self) -> None:
        """Wait for every process to end; to be called after `kill_all`."""
        for pid in (*self._processes, *self._retired):
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                continue
            finally:
                self._hear_the_last(pid)
        self._processes.clear()
        self._retired.clear()


def ask_to_end(pid: int) -> None:
    """Send SIGTERM, and wake up a stopped process so that it sees it."""
    send_signal(pid, signal.SIGTERM)
    send_signal(pid, signal.SIGCONT)
