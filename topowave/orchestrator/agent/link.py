"""The link of an agent: a process that holds its WebSocket to the controller, and knows nothing of processes.

It says `Hello` whenever it has reached the controller, and then passes on what either side says, line by
line; what the agent says while nobody has welcomed it is dropped, since it says the whole again and again. It
tries for ever to reach the controller, with pauses that grow to a heartbeat.

It also watches its parent. An agent that stands still (Ctrl-Z, a debugger) cannot end its processes when its
lease is over, while the controller lets others run in their place: so the link kills it then, and with it all
that it has started.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

import msgspec
import uvloop

from topowave.orchestrator.agent.link_messages import (
    FromLink,
    Leave,
    LinkClosed,
    LinkOpened,
    decode_to_link,
    line_of,
)
from topowave.orchestrator.limits import CONTROL_LINE_BYTES, LINK_PAUSE_FIRST_S, LINK_PAUSE_S
from topowave.translation import in_json
from topowave.wire.addresses import Address
from topowave.wire.agents import LEASE_BEATS, Hello, Running, Welcome, decode_to_agent
from topowave.wire.connection import Connection, RefusedHandshakeError
from topowave.wire.limits import PING_TIMEOUT
from topowave.wire.token import Token

REFUSALS = frozenset({401, 403, 404})
"""Statuses with which a server says that it takes no WebSocket of ours, and will not later either."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkStart:
    """What a link is started with.

    controller: where the balancer is.
    token: what the lab asks for.
    heartbeat_s: seconds between two heartbeats of the agent.
    """

    controller: Address
    token: Token | None
    heartbeat_s: float


def run_link(start: LinkStart, end: socket.socket, parent: int) -> None:
    """Be the link until the parent says so.

    Args:
        start: where to.
        end: this process' end of the channel to the parent.
        parent: the parent's process id.
    """
    uvloop.run(_Link(start, parent).run(end))


class _Link:
    def __init__(self, start: LinkStart, parent: int) -> None:
        self._start = start
        self._url = start.controller.websocket("/agents", start.token)
        self._parent = parent
        self._heard_s = time.monotonic()
        self._hello: Hello | None = None
        self._has_hello = asyncio.Event()
        self._anything_runs = False
        self._connection: Connection | None = None
        self._welcomed = False
        self._leaving = False
        self._over = asyncio.Event()
        """Set when the present connection is over, or is to be."""
        self._writer: asyncio.StreamWriter | None = None

    async def run(self, end: socket.socket) -> None:
        reader, self._writer = await asyncio.open_connection(sock=end, limit=CONTROL_LINE_BYTES)
        connecting = asyncio.create_task(self._stay_connected())
        watching = asyncio.create_task(self._watch_parent())
        with suppress(ConnectionError, ValueError):  # the parent is gone, or a line without end
            while not self._leaving and (line := await reader.readline()):
                self._heard_s = time.monotonic()
                self._take_line(line)
        self._leaving = True
        for each in (connecting, watching):
            each.cancel()
        await asyncio.gather(connecting, watching, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()
        self._writer.close()

    # From the parent

    def _take_line(self, line: bytes) -> None:
        message = decode_to_link(line)
        if isinstance(message, Hello):
            self._hello, self._welcomed = message, False
            self._has_hello.set()
            self._over.set()  # another session has a connection of its own
        elif isinstance(message, Running):
            self._anything_runs = any(each.state != "ended" for each in message.processes)
            if self._welcomed:
                self._send(message)
        else:
            assert isinstance(message, Leave)
            self._leaving = True

    def _send(self, message: Hello | Running) -> None:
        if self._connection is not None:
            with suppress(ConnectionError):  # it is about to be over
                self._connection.send(msgspec.json.encode(message, enc_hook=in_json))

    async def _watch_parent(self) -> None:
        lease_s = LEASE_BEATS * self._start.heartbeat_s
        while True:
            await asyncio.sleep(min(1.0, self._start.heartbeat_s / 2))
            silent_s = time.monotonic() - self._heard_s
            if self._anything_runs and silent_s >= lease_s and os.getppid() == self._parent:
                log.warning(
                    "the agent has stood still for %.3g s, longer than its lease: it ends, and all it runs",
                    silent_s,
                )
                os.kill(self._parent, signal.SIGKILL)

    # To the controller

    async def _stay_connected(self) -> None:
        await self._has_hello.wait()
        most_s = min(LINK_PAUSE_S, self._start.heartbeat_s)
        pause_s = min(LINK_PAUSE_FIRST_S, most_s)
        while True:
            self._over.clear()
            welcomed = False
            try:
                self._connection = await Connection.open(
                    self._url, self._take_text, self._lost, in_turn=False
                )
            except RefusedHandshakeError as refusal:
                self._tell(LinkClosed(str(refusal), refused=refusal.status in REFUSALS))
            except OSError as error:
                self._tell(LinkClosed(error.strerror or str(error) or type(error).__name__))
            else:
                welcomed = await self._stay(self._connection)
            pause_s = LINK_PAUSE_FIRST_S if welcomed else min(2 * pause_s, most_s)
            await asyncio.sleep(min(pause_s, most_s) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    async def _stay(self, connection: Connection) -> bool:
        """Use a connection until it is over; returns whether it was ever welcome."""
        assert self._hello is not None
        self._tell(LinkOpened())
        self._send(self._hello)
        while connection.is_open and not self._over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._start.heartbeat_s)
                break
            # Whoever is gone without a word answers no ping; one that only lets us wait does.
            if not await connection.ping(max(self._start.heartbeat_s, PING_TIMEOUT)):
                break
        connection.abort()
        self._connection = None
        welcomed, self._welcomed = self._welcomed, False
        self._tell(LinkClosed(connection.goodbye or "the connection is over"))
        return welcomed

    def _lost(self, connection: Connection) -> None:
        if connection is self._connection:
            self._over.set()

    def _take_text(self, text: bytes) -> None:
        try:
            message = decode_to_agent(text)
        except msgspec.MsgspecError as error:
            log.warning("the controller said what is not understood: %s", error)
            return
        self._welcomed = self._welcomed or isinstance(message, Welcome)
        self._tell(message)

    def _tell(self, message: FromLink) -> None:
        assert self._writer is not None
        self._writer.write(line_of(message))
