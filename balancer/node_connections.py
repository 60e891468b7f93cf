"""The processes of nodes, as they are joined to the balancer on `/observe`, and what settings they have.

Theory of operation. Each process has one connection, on which its nodes report. There it is told the
settings that may be changed while the lab runs, and what tasks nodes take: when it comes, since they may
have changed on its way here, and after each change. It answers with their number when all its nodes have
taken them. So nobody misses a change: a process that is being started is told once it is there, one that is
stopped when it goes on, one whose connection broke on its next one; and a balancer that is started again
tells all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import msgspec
from msgspec import structs
from starlette.websockets import WebSocket, WebSocketDisconnect

from topowave.balancer.machine_clocks import MachineClocks
from topowave.topology import Topology
from topowave.topology.flat_form import to_rows
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire.frames import encode_frame
from topowave.wire.limits import SEND_TIMEOUT
from topowave.wire.machine import boot_id
from topowave.wire.observations import Clock, Deliver, Events, Heartbeat, Network, Settings

CLOCK_TOLD_US = 50_000
"""Microseconds by which a process knows the clock wrongly before it is told anew."""


@dataclass(eq=False)
class NodeConnection:
    """One process of nodes: which of them have reported, and the number of the settings that they have.

    `heard_s`: when it said something last (s, monotonic). `boot` is that of its machine, and `told_us` by how
    much it was told that its clock is behind ours.
    """

    websocket: WebSocket
    nodes: set[str] = field(default_factory=set[str])
    confirmed: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    heard_s: float = field(default_factory=time.monotonic)
    boot: str = ""
    told_us: int = 0


class NodeConnections:
    """All connections on `/observe`.

    Args:
        settings: returns what is told as it is now, with the number that it is given.
        is_up: returns whether a node is up, so that it can be waited for.
        tasks: own the telling.
        left: called with each connection that is over.
    """

    def __init__(
        self,
        settings: Callable[[int], Settings],
        is_up: Callable[[str], bool],
        tasks: OwnedTasks,
        left: Callable[[NodeConnection], None],
    ) -> None:
        self._settings = settings
        self._is_up = is_up
        self._tasks = tasks
        self._left = left
        self._connections: set[NodeConnection] = set()
        self._clocks = MachineClocks(boot_id())
        self._number = 1
        self._changed = asyncio.Event()

    @contextmanager
    def open(self, websocket: WebSocket) -> Generator[NodeConnection]:
        """Tell a process the settings, and count it among the connections while the context is open."""
        connection = NodeConnection(websocket)
        self._connections.add(connection)
        self._tell(connection)
        try:
            yield connection
        finally:
            self._connections.discard(connection)
            self._left(connection)
            self._changed.set()

    def __len__(self) -> int:
        return len(self._connections)

    def configured(self) -> None:
        """Tell all processes the settings as they are now."""
        self._number += 1
        for connection in self._connections:
            self._tell(connection)

    def confirmed(self, connection: NodeConnection, number: int) -> None:
        """Note that a process has taken the settings of that number."""
        connection.confirmed = max(connection.confirmed, min(number, self._number))
        self._changed.set()

    def heartbeat(self, connection: NodeConnection, said: Heartbeat) -> None:
        """Take what a process says of its machine's clock; one on another machine is told what ours is."""
        connection.boot = said.boot
        self._clocks.hear(said.boot, said.t_us, time.monotonic_ns() // 1000)
        ahead_us = self._clocks.shift_us(said.boot)
        if abs(ahead_us - connection.told_us) > CLOCK_TOLD_US:
            connection.told_us = ahead_us
            self._tasks.start("Telling nodes the clock", self._send(connection, Clock(ahead_us)))

    def on_our_clock(self, connection: NodeConnection, report: Events) -> Events:
        """Return a report with the times of our machine's clock."""
        shift_us = self._clocks.shift_us(connection.boot)
        if not shift_us:
            return report
        events = [structs.replace(event, t_us=max(0, event.t_us + shift_us)) for event in report.events]
        return structs.replace(report, events=events, shifted=True)

    async def taken(self, deadline_s: float) -> list[str]:
        """Wait until every node that is up has the settings; return those that do not have them yet."""
        number = self._number
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                while any(map(self._is_up, self.behind(number))):
                    self._changed.clear()
                    await self._changed.wait()
        return sorted(self.behind(number))

    def nodes(self) -> set[str]:
        """Return the nodes that have reported on the connections that are open."""
        return set[str]().union(*(connection.nodes for connection in self._connections))

    def heard(self) -> list[tuple[float, set[str]]]:
        """Return of each connection that is open when it was heard last (s, monotonic), and its nodes."""
        return [(connection.heard_s, connection.nodes) for connection in self._connections]

    def behind(self, number: int | None = None) -> set[str]:
        """Return the nodes that do not have the settings of that number yet, by default the last ones."""
        wanted = self._number if number is None else number
        late = (connection.nodes for connection in self._connections if connection.confirmed < wanted)
        return set[str]().union(*late)

    def deliver(self, order: Deliver) -> bool:
        """Tell the process of a node, or all, what to let through; return whether any is there."""
        told = [each for each in self._connections if order.node is None or order.node in each.nodes]
        for connection in told:
            self._tasks.start("Telling nodes what to deliver", self._send(connection, order))
        return bool(told)

    def _tell(self, connection: NodeConnection) -> None:
        self._tasks.start("Telling nodes the settings", self._send(connection))

    async def _send(self, connection: NodeConnection, other: Clock | Deliver | None = None) -> None:
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):  # it is told on its next connection
            async with connection.turn, asyncio.timeout(SEND_TIMEOUT):
                told = encode_frame(other or self._settings(self._number))
                await connection.websocket.send_text(told.decode())


def network_of(topology: Topology, version: int) -> Network:
    """Return a network as processes of nodes are told of it."""
    return Network(version, msgspec.Raw(msgspec.json.encode(to_rows(topology))))
