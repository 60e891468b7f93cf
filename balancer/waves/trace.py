"""Writes the trace of a live lab: JSON lines, every wave when it is over (docs/reference/trace.md)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import IO

import msgspec

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.balancer.limits import TRACE_EVENTS
from topowave.balancer.waves.record import WaveRecord
from topowave.topology import Topology
from topowave.traces.format import LIVE, header
from topowave.web.owned_tasks import OwnedTasks

HEADER_BYTES = 64 * 1024 * 1024
"""Longest header that is read, in bytes."""


class _Header(msgspec.Struct):
    """What a later incarnation of the balancer needs of the header."""

    began_us: int


class TraceWriter:
    """Appends to one file, in a thread of its own, so that a slow disk holds nobody up.

    A file with a header was begun by an earlier incarnation of the balancer in the same lab; it goes on.

    Args:
        path: the file.
        topology: the network that runs now.
        now_us: microseconds of the monotonic clock; times count from the lab's first balancer.
        algorithms: those that the lab knows.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(
        self, path: Path, topology: Topology, now_us: int, algorithms: AlgorithmRegistry = LIBRARY
    ) -> None:
        self._algorithms = algorithms
        self._seq = 0
        self._began_us = now_us
        self._waiting: asyncio.Queue[list[dict[str, object]]] = asyncio.Queue()
        self._waiting_events = 0
        self._writing: asyncio.Task[None] | None = None
        self.left_out = 0
        """Waves that are not in the file, because the disk was too slow."""
        began_us = _began(path)
        self._file: IO[bytes] = path.open("wb" if began_us is None else "ab")
        if began_us is None:
            about = header(topology=topology.to_json(), algorithm=LIVE, seed=None, began_us=now_us)
            self._file.write(msgspec.json.encode(about) + b"\n")
            self._file.flush()
        else:
            self._began_us = began_us
            self._seq = _lines(path) - 1
            self.replaced(topology, now_us)

    def open(self, tasks: OwnedTasks) -> None:
        """Begin to write, in one of `tasks`, so that people hear where the disk is full."""
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
        while lines := await self._waiting.get():
            await asyncio.to_thread(self._append, lines)
            self._waiting_events -= len(lines)

    def _append(self, lines: list[dict[str, object]]) -> None:
        for line in lines:
            self._seq += 1
            self._file.write(msgspec.json.encode({"seq": self._seq} | line) + b"\n")
        self._file.flush()


def _began(path: Path) -> int | None:
    """Return when the trace in a file began; None where there is none."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.readline(HEADER_BYTES), type=_Header).began_us
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
