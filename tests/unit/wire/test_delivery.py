"""A frame for somebody else's program goes the way that it takes frames, or an error says why it did not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager, nullcontext

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.server import ServerProtocol

from tests.support.course import served
from tests.support.ports import free_ports
from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import Handler, rude
from topowave.wire.delivery import deliver


class Program:
    """A program that takes POSTs at some addresses and a WebSocket at others.

    Args:
        status: what a POST is answered with at `/tree` and `/ws`; None where it takes none.
        websockets: the paths of its WebSockets; each takes one frame and is done.
    """

    def __init__(self, status: int | None = None, websockets: Collection[str] = ()) -> None:
        self.heard: list[tuple[str, str]] = []
        self._status = status
        posts = (
            [] if status is None else [Route(path, self._post, methods=["POST"]) for path in ("/tree", "/ws")]
        )
        self.app = Starlette(routes=[*posts, *(WebSocketRoute(path, self._ws) for path in websockets)])
        self.port = free_ports(1)[0]

    async def _post(self, request: Request) -> Response:
        assert self._status is not None
        self.heard.append((request.url.path, (await request.body()).decode()))
        return Response(status_code=self._status, headers={"location": "/elsewhere"})

    async def _ws(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.heard.append((f"ws {websocket.url.path}", await websocket.receive_text()))


@asynccontextmanager
async def running(program: Program) -> AsyncGenerator[str]:
    """Run a program; yields its address without the scheme."""
    async with served(program.app, program.port):
        yield f"localhost:{program.port}"


@pytest.mark.parametrize(
    ("url", "program", "heard"),
    [
        ("ws://{}/ws", Program(websockets=["/ws"]), "ws /ws"),
        ("http://{}/ws", Program(websockets=["/ws"]), "ws /ws"),
        ("http://{}/ws/", Program(websockets=["/ws"]), "ws /ws"),
        ("http://{}/ws?token=x", Program(websockets=["/ws"]), "ws /ws"),
        ("http://{}/ws", Program(200, websockets=["/ws"]), "ws /ws"),
        ("http://{}/tree", Program(204), "/tree"),
        ("http://{}/ws", Program(200), "/ws"),
        ("http://{}/frames", Program(200, websockets=["/frames"]), "ws /frames"),  # 404 to a POST
        ("http://{}/tree", Program(426, websockets=["/tree"]), "ws /tree"),
        ("http://{}/tree", Program(405, websockets=["/tree"]), "ws /tree"),
    ],
)
@on_uvloop
async def test_a_frame_goes_the_way_that_a_program_takes_it(url: str, program: Program, heard: str) -> None:
    async with running(program) as place:
        await deliver(url.format(place), b'{"a": 1}')
        await eventually(lambda: (heard, '{"a": 1}') in program.heard)


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/tree", 500, "answered 500"),
        ("/tree", 302, "answered 302"),
        ("/tree", 404, "answered 404"),
        ("/ws", 403, "answered 403"),
        ("/elsewhere", 200, "answered 404"),
    ],
)
@on_uvloop
async def test_what_is_no_success_is_not_accepted(path: str, status: int, reason: str) -> None:
    async with running(Program(status)) as place:
        with pytest.raises(OSError, match=reason):
            await deliver(f"http://{place}{path}", b"{}")


def answering(do: Callable[[ServerProtocol], None]) -> Handler:
    """A program that does something with the first frame, before it has seen that we are done."""

    async def talk(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        done = False
        while data := await reader.read(1000):
            if not done:
                do(protocol)
                done = True
            protocol.receive_data(data)
            writer.write(b"".join(protocol.data_to_send()))

    return talk


def _refuse(protocol: ServerProtocol) -> None:
    protocol.send_text(json.dumps({"route": "error", "code": "no", "message": "not now"}).encode())


def _chat(protocol: ServerProtocol) -> None:
    protocol.send_text(b"thank you")


def _leave(protocol: ServerProtocol) -> None:
    protocol.send_close(1008)


@pytest.mark.parametrize(
    ("do", "reason"), [(_refuse, "refused: not now"), (_leave, "closed with code 1008"), (_chat, None)]
)
@on_uvloop
async def test_a_program_that_says_so_has_not_accepted(
    do: Callable[[ServerProtocol], None], reason: str | None
) -> None:
    async with rude(answering(do)) as url:
        with nullcontext() if reason is None else pytest.raises(OSError, match=reason):
            await deliver(url, b"{}")


@on_uvloop
async def test_nobody_there_is_an_error() -> None:
    port = free_ports(1)[0]
    for url in (f"ws://localhost:{port}/ws", f"http://localhost:{port}/ws", f"http://localhost:{port}/tree"):
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(OSError):  # noqa: PT011 - any kind of it
                await deliver(url, b"{}")
