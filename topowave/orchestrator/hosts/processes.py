"""Starting, signalling and reaping: the operating system's side of the supervisor."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from topowave.logs import fields
from topowave.orchestrator.hosts.fork import Birth, Pipes, fork
from topowave.orchestrator.limits import START_DEADLINE_S
from topowave.orchestrator.managed_process import Member, ending, send_signal

WAIT_FLAGS = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
log = logging.getLogger(__name__)


class Processes:
    """All processes of a lab that have been started and not reaped.

    Args:
        drop: closes, in a child, what the parent has open, except the sockets it is given.
    """

    def __init__(self, drop: Callable[[Collection[socket.socket]], None]) -> None:
        self.pipes = Pipes.make()
        self._drop = drop
        self._blocks = itertools.count()
        self._members: dict[int, Member] = {}
        self._retired: set[int] = set()

    @property
    def any_left(self) -> bool:
        """Whether any process has still to end."""
        return bool(self._members or self._retired)

    @property
    def retired_left(self) -> bool:
        """Whether a process of a replaced network has still to end."""
        return bool(self._retired)

    def start(
        self,
        member: Member,
        program: Callable[[int, Callable[[], None]], None],
        keep: Collection[socket.socket],
    ) -> None:
        """Fork a process for a member.

        Args:
            member: whose process it is.
            program: what it runs, given its block and the function to call when it is ready.
            keep: the parent's sockets that it goes on using.
        """
        block = next(self._blocks)
        birth = Birth(member.title, block, lambda ready: program(block, ready), keep, self._drop)
        pid = fork(birth, self.pipes)
        member.born(pid, block, time.monotonic() + START_DEADLINE_S)
        self._members[pid] = member
        log.info("process started", extra=fields(process=member.title, pid=pid, incarnation=block))

    def reap(self) -> Iterator[tuple[Member | None, int]]:
        """Yield every change the kernel has to report: whose process, and waitpid's status.

        The member is None for a process of a replaced network. One that has ended is forgotten.
        """
        while True:
            try:
                pid, status = os.waitpid(-1, WAIT_FLAGS)
            except ChildProcessError:
                return
            if pid == 0:
                return
            member = self._members.get(pid)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._members.pop(pid, None)
                self._retired.discard(pid)
                title = member.title if member is not None else None
                log.info("process ended", extra=fields(process=title, pid=pid, reason=ending(status)))
            yield member, status

    def ready_servers(self) -> Iterator[tuple[Member, int]]:
        """Yield the members of whose present process servers have become ready, and how many."""
        try:
            said = os.read(self.pipes.ready_read, 65536)
        except BlockingIOError:
            return
        counts = Counter(int(line) for line in said.split())
        yield from [(each, counts[each.block]) for each in self._members.values() if each.block in counts]

    def retire(self, members: Collection[Member]) -> None:
        """Ask the processes of these members to end, and have nothing more to do with the members."""
        for member in members:
            if member.pid is not None:
                del self._members[member.pid]
                self._retired.add(member.pid)
                ask_to_end(member.pid)
                member.pid = member.deadline_s = None

    def end_all(self) -> None:
        """Ask every process to end."""
        for pid in (*self._members, *self._retired):
            ask_to_end(pid)

    def kill_retired(self) -> None:
        """Kill what is left of a replaced network."""
        for pid in self._retired:
            send_signal(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill every process."""
        for pid in (*self._members, *self._retired):
            send_signal(pid, signal.SIGKILL)

    def wait_all(self) -> None:
        """Wait for every process to end; to be called after `kill_all`."""
        for pid in (*self._members, *self._retired):
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                continue
        self._members.clear()
        self._retired.clear()


def ask_to_end(pid: int) -> None:
    """Send SIGTERM, and wake up a stopped process so that it sees it."""
    send_signal(pid, signal.SIGTERM)
    send_signal(pid, signal.SIGCONT)
