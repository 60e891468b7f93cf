"""Writes the trace of a live lab: JSON lines, every wave when it is over (docs/reference/trace.md)."""

from __future__ import annotations

import asyncio
import errno
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.balancer.limits import TRACE_EVENTS
from topowave.balancer.threads import in_a_thread
from topowave.balancer.waves.record import WaveRecord
from topowave.topology import Topology
from topowave.traces.format import LIVE, header
from topowave.translation import counted, in_json, text
from topowave.web.owned_tasks import OwnedTasks

HEADER_BYTES = 64 * 1024 * 1024
"""Longest header that is read, in bytes."""


def _nothing(_: str) -> None:
    """Tell nobody."""


class _Header(msgspec.Struct):
    """What a later incarnation of the balancer needs of the header."""

    began_us: int


class TraceWriter:
    """Appends to one file, in a thread of its own, so that a slow disk holds nobody up.

    A file with a header was begun by an earlier incarnation of the balancer in the same lab; it goes on.

    A wave is in the file whole or not at all: where the disk is full, what was written of it is taken back,
    it is counted, and that is told. The next wave tries again. What later lines need, the header and what
    network runs, waits until it can be written, and comes first then.

    Where somebody has deleted or emptied the file, a new one begins, with a header of its own, and that is
    told; what another program has put in its place is left alone, as a disk that is full would be.

    Args:
        path: the file.
        topology: the network that runs now.
        now_us: microseconds of the monotonic clock; times count from the lab's first balancer.
        algorithms: those that the lab knows.
        notify: called with a sentence where writing fails, and where it goes on.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        topology: Topology,
        now_us: int,
        algorithms: AlgorithmRegistry = LIBRARY,
        notify: Callable[[str], None] = _nothing,
    ) -> None:
        self._notify = notify
        self._trouble = False
        self._algorithms = algorithms
        self._seq = 0
        self._began_us = now_us
        self._waiting: asyncio.Queue[list[dict[str, object]]] = asyncio.Queue()
        self._waiting_events = 0
        self._writing: asyncio.Task[None] | None = None
        self.left_out = 0
        """Waves that are not in the file, because the disk was too slow or full."""
        self._due = b""
        self._due_topologies: list[dict[str, object]] = []
        self._path = path
        self._network: object = topology.to_json()
        """The network of what the file ends with."""
        self._begun_anew = False
        began_us = _began(path)
        self._open_file()
        if began_us is None:
            self._bytes = 0
            self._cut()
            self._due = self._header()
        else:
            self._began_us = began_us
            lines, self._bytes = _whole_lines(path)
            self._seq = lines - 1
            self._cut()  # a balancer that was killed may have left half a line
            self.replaced(topology, now_us)

    def _open_file(self) -> None:
        self._file = self._path.open("ab", buffering=0)
        found = self._path.stat()
        self._number = (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None

    def _header(self) -> bytes:
        about = header(topology=self._network, algorithm=LIVE, seed=None, began_us=self._began_us)
        return msgspec.json.encode(about, enc_hook=in_json) + b"\n"

    def open(self, tasks: OwnedTasks) -> None:
        """Begin to write, in one of `tasks`."""
        self._writing = tasks.start("Writing the trace", self._write())

    def replaced(self, topology: Topology, now_us: int) -> None:
        """Note that another topology runs from now on."""
        about: dict[str, object] = {
            "t": self._seconds(now_us),
            "event": "topology",
            "topology": topology.to_json(),
        }
        self._put([about])

    def add(self, record: WaveRecord) -> None:
        """Write a wave that is over."""
        events = record.events
        if self._waiting_events and self._waiting_events + len(events) > TRACE_EVENTS:
            self.left_out += 1
            return
        names = [node.name for node in record.topology.nodes]
        first = set(range(len(names)))
        lines: list[dict[str, object]] = []
        for at in events.in_order():
            node, peer = events.node(at), events.peer(at)
            line: dict[str, object] = {
                "t": self._seconds(events.time(at)),
                "node": names[node],
                "event": events.event(at),
                "wave": record.id,
                "peer": None if peer is None else names[peer],
                "message": events.body(at),
                "message_id": events.message(at),
            }
            if node in first:
                first.remove(node)
                line["algorithm"] = self._algorithms.reference(record.algorithm)
            lines.append(line)
        if record.not_kept:
            end = lines[-1]["t"] if lines else 0.0
            lines.append({"t": end, "event": "lost", "wave": record.id, "count": record.not_kept})
        events.forget_bodies()
        if lines:
            self._put(lines)

    async def close(self) -> None:
        """Write what waits and close."""
        if self._writing is not None:
            self._put([])
            await asyncio.wait([self._writing])
        self._file.close()

    def _seconds(self, t_us: int) -> float:
        return round((t_us - self._began_us) / 1e6, 6)

    def _put(self, lines: list[dict[str, object]]) -> None:
        self._waiting_events += len(lines)
        self._waiting.put_nowait(lines)

    async def _write(self) -> None:
        """Write until an empty list comes, which ends the trace."""
        self._tell(await in_a_thread(self._append, []))
        while lines := await self._waiting.get():
            error = await in_a_thread(self._append, lines)
            self._waiting_events -= len(lines)
            if error is not None and lines[0]["event"] != "topology":
                self.left_out += 1
            self._tell(error)

    def _tell(self, error: OSError | None) -> None:
        """Say that the file cannot be written, or can be again, or is another one."""
        if self._begun_anew:
            self._begun_anew = False
            self._notify(
                text("The trace's file was deleted or emptied; a new one begins, without the waves before")
            )
        if error is not None and not self._trouble:
            self._notify(
                text(
                    "The trace cannot be written: {why}; waves are left out of it until it can be",
                    why=error.strerror,
                )
            )
        elif error is None and self._trouble:
            self._notify(
                counted(
                    "The trace can be written again; {count} wave is not in it",
                    "The trace can be written again; {count} waves are not in it",
                    self.left_out,
                )
            )
        self._trouble = error is not None

    def _append(self, lines: list[dict[str, object]]) -> OSError | None:
        """Write lines, and before them what is due; returns why they were not, if so."""
        networks = [line for line in lines if line["event"] == "topology"]
        networks = self._due_topologies + networks
        try:
            self._look()
            text, seq = bytearray(self._due), self._seq
            for line in (*self._due_topologies, *lines):
                seq += 1
                text += msgspec.json.encode({"seq": seq} | line, enc_hook=in_json) + b"\n"
            self._write_all(text)
        except OSError as error:
            self._due_topologies = networks[-1:]  # of those before, no wave is there
            return error
        self._due, self._seq = b"", seq
        if networks:
            self._network = networks[-1]["topology"]
        self._due_topologies.clear()
        return None

    def _look(self) -> None:
        """Begin anew where the file is gone, or was cut off. Raises OSError where another one is there."""
        if self._number is None:
            return
        try:
            found = self._path.stat()
        except FileNotFoundError:
            found = None
        same = found is not None and (found.st_dev, found.st_ino) == self._number
        if found is not None and same and found.st_size >= self._bytes:
            return
        if found is not None and not same and (found.st_size or not stat.S_ISREG(found.st_mode)):
            raise OSError(errno.EEXIST, text("another file is in its place"))
        self._file.close()
        self._open_file()
        self._bytes = self._seq = 0
        self._cut()
        self._due = self._header()
        self._begun_anew = True

    def _write_all(self, text: bytes | bytearray) -> None:
        """Write all of it, or leave the file as it was. Raises OSError."""
        left = memoryview(text)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError:
            self._cut()
            raise
        self._bytes += len(text)

    def _cut(self) -> None:
        """Take back what is not whole; where this is no regular file, that cannot be."""
        with suppress(OSError):
            self._file.truncate(self._bytes)


def _began(path: Path) -> int | None:
    """Return when the trace in a file began; None where there is none."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.readline(HEADER_BYTES), type=_Header).began_us
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _whole_lines(path: Path) -> tuple[int, int]:
    """Return how many whole lines a file has, and how many bytes they are."""
    lines = size = at = 0
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            lines += block.count(b"\n")
            end = block.rfind(b"\n")
            size = size if end < 0 else at + end + 1
            at += len(block)
    return lines, size
