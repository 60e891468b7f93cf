"""The guard: this lab's own addresses and pages get in, nobody else, and WebSockets are guarded too."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.nodes.lab import client, listener
from tests.wire.loop import on_uvloop
from wire.guard import Guard
from wire.serve import serving

PAGE = 3000


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def guarded(*hosts: str) -> Guard:
    app = Starlette(routes=[Route("/", hello), WebSocketRoute("/ws", greet)])
    return Guard(app, hosts, [PAGE]) if hosts else Guard(app, origin_ports=[PAGE])


ADMITTED = [
    {"host": "localhost:8000"},
    {"host": "LOCALHOST:8000"},
    {"host": "127.0.0.1:8000"},
    {"host": "[::1]:8000"},
    {"host": "localhost"},
    {"host": "localhost:8000", "origin": "http://localhost:8000"},
    {"host": "localhost:8000", "origin": "http://127.0.0.1:8000"},
    {"host": "[::1]:8000", "origin": "http://[::1]:8000"},
    {"host": "localhost:8000", "origin": f"http://localhost:{PAGE}"},
    {"host": "127.0.0.1:8000", "origin": f"http://[::1]:{PAGE}"},
    {"host": "localhost:8000", "sec-fetch-site": "same-origin"},
    {"host": "localhost:8000", "sec-fetch-site": "none"},
]
STRANGERS = [
    {"host": "evil.example"},
    {"host": "evil.example:8000"},
    {"host": "localhost.evil.example:8000"},
    {"host": "192.168.1.7:8000"},
    {"host": ""},
    {"host": "[::1:8000"},
    {"host": "localhost:8000", "origin": "http://evil.example"},
    {"host": "localhost:8000", "origin": "http://evil.example:8000"},
    {"host": "localhost:8000", "origin": "http://localhost.evil.example:8000"},
    {"host": "localhost:8000", "origin": "http://localhost:8001"},
    {"host": "localhost:8000", "origin": "http://localhost"},
    {"host": "localhost:8000", "origin": "null"},
    {"host": "localhost:8000", "origin": ""},
    {"host": "localhost:8000", "sec-fetch-site": "cross-site"},
    {"host": "evil.example:8000", "origin": "http://evil.example:8000"},
]


async def ask(guard: Guard, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(guard)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as http:
        return await http.get("/", headers=headers)


@pytest.mark.parametrize("headers", ADMITTED)
@on_uvloop
async def test_the_labs_own_addresses_and_pages_get_in(headers: dict[str, str]) -> None:
    answer = await ask(guarded(), headers)
    assert (answer.status_code, answer.text) == (200, "hello")


@pytest.mark.parametrize("headers", STRANGERS)
@on_uvloop
async def test_strangers_get_a_problem(headers: dict[str, str]) -> None:
    answer = await ask(guarded(), headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Forbidden"
    assert answer.json()["detail"]


@on_uvloop
async def test_a_server_may_have_names_of_its_own() -> None:
    assert (await ask(guarded("lab.local"), {"host": "lab.local:8000"})).status_code == 200
    assert (await ask(guarded("lab.local"), {"host": "localhost:8000"})).status_code == 403


@on_uvloop
async def test_websockets_are_refused_before_they_are_accepted() -> None:
    held = listener()
    port = held.getsockname()[1]
    async with serving(guarded(), held):
        url = f"ws://127.0.0.1:{port}/ws"
        for origin in (None, f"http://localhost:{port}", f"http://localhost:{PAGE}"):
            async with connect(url, proxy=None, origin=origin) as websocket:  # type: ignore[arg-type]
                assert await websocket.recv() == "hello"
        for origin in ("http://evil.example", "null", f"http://localhost:{PAGE + 1}"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url, proxy=None, origin=origin)  # type: ignore[arg-type]
            assert refused.value.response.status_code == 403


@on_uvloop
async def test_over_a_real_socket_the_host_header_decides() -> None:
    held = listener()
    port = held.getsockname()[1]
    async with serving(guarded(), held), client() as http:
        url = f"http://127.0.0.1:{port}/"
        for host, status in (("evil.example", 403), (f"localhost:{port}", 200), (f"[::1]:{port}", 200)):
            assert (await http.get(url, headers={"host": host})).status_code == status


@on_uvloop
async def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        passed.append(scope["type"])

    async def receive() -> Message:
        raise AssertionError("nobody asks")

    async def send(_: Message) -> None:
        raise AssertionError("nobody answers")

    await Guard(app)({"type": "lifespan"}, receive, send)
    assert passed == ["lifespan"]
