"""Programs on the other end of a link, polite and rude."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.server import ServerProtocol

Handler = Callable[[ServerProtocol, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Listener:
    """A polite program that keeps what it hears."""

    port: int = 0
    heard: list[str] = field(default_factory=list[str])
    opened: int = 0
    codes: list[int | None] = field(default_factory=list[int | None])
    connections: set[ServerConnection] = field(default_factory=set[ServerConnection])

    @property
    def url(self) -> str:
        """Its WebSocket."""
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What it heard, as JSON."""
        return [json.loads(text) for text in self.heard]

    async def say(self, text: str) -> None:
        """Say something on all connections."""
        for connection in self.connections:
            await connection.send(text)

    def break_off(self) -> None:
        """Lose all connections without a word."""
        for connection in self.connections:
            connection.transport.abort()

    async def serve(self, connection: ServerConnection) -> None:
        """Hear everything on one connection."""
        self.opened += 1
        self.connections.add(connection)
        try:
            async for text in connection:
                self.heard.append(text if isinstance(text, str) else text.decode())
        except ConnectionClosed:
            pass
        finally:
            self.connections.discard(connection)
            self.codes.append(connection.protocol.close_rcvd.code if connection.protocol.close_rcvd else None)


@asynccontextmanager
async def listening(port: int = 0) -> AsyncGenerator[Listener]:
    """A polite program on a port, by default a free one."""
    found = Listener()
    async with serve(found.serve, "127.0.0.1", port, compression=None) as server:
        found.port = next(iter(server.sockets)).getsockname()[1]
        yield found


@asynccontextmanager
async def rude(handler: Handler) -> AsyncGenerator[str]:
    """A program that does the handshake, and then what `handler` does; yields its WebSocket."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            protocol = ServerProtocol()
            protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
            request = protocol.events_received()[0]
            assert isinstance(request, Request)
            protocol.send_response(protocol.accept(request))
            writer.write(b"".join(protocol.data_to_send()))
            await handler(protocol, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async with raw(talk) as port:
        yield f"ws://127.0.0.1:{port}/ws"


@asynccontextmanager
async def raw(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncGenerator[int]:
    """A program that speaks bare TCP; yields its port. Who still talks in the end is interrupted."""
    tasks: set[asyncio.Task[None]] = set()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, limit=2**16)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@asynccontextmanager
async def bare_websocket(
    port: int,
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client's connection to `/ws` on a port after its handshake, to be used without any manners."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


def text_frame(text: bytes, length: int | None = None) -> bytes:
    """Return a masked frame of a client; with `length`, one that only claims to be as long."""
    return b"\x81\xff" + (len(text) if length is None else length).to_bytes(8, "big") + bytes(4) + text


async def close_code(reader: asyncio.StreamReader) -> int:
    """Return the code of the close frame that comes next."""
    opcode, length = await reader.readexactly(2)
    assert opcode == 0x88
    return int.from_bytes((await reader.readexactly(length))[:2], "big")
