import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import listener, owned
from tests.unit.balancer.reported_waves import payload, topology, tree
from tests.unit.wire.peers import raw
from topowave.balancer.state.feed import Feed
from topowave.balancer.waves.receivers import Receivers, check_receiver
from topowave.web.problem_details import Problem
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.frames import EchoBack

pytestmark = pytest.mark.anyio
REACH = AllowedTargets("127.0.0.1")


def frame() -> EchoBack:
    brought: Any = payload(topology(tree(1)))
    return EchoBack(payload=brought, wave="root-1")


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9/ws", "http://localhost:9/tree", "http://LOCALHOST/x"])
async def test_a_receiver_on_this_machine_is_taken(url: str) -> None:
    check_receiver(url, REACH)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:9",
        "file:///etc/passwd",
        "ftp://localhost",
        "http://",
        "ws://[::1",
        "http://elsewhere/x",
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
    ],
)
async def test_any_other_receiver_is_refused(url: str) -> None:
    with pytest.raises(Problem):
        check_receiver(url, REACH)


async def test_a_websocket_gets_the_frame_and_then_a_goodbye() -> None:
    got: asyncio.Queue[Any] = asyncio.Queue()
    app = FastAPI()

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_json():
            got.put_nowait(text)
        got.put_nowait("goodbye")

    held = listener()
    feed = Feed(lambda: None)
    receivers = Receivers(feed, owned())
    async with serving(app, held), asyncio.timeout(PATIENCE_S):
        receivers.hand(f"ws://127.0.0.1:{held.getsockname()[1]}/ws", frame())
        assert (await got.get())["wave"] == "root-1"
        assert await got.get() == "goodbye"
    await receivers.close()
    assert feed.last == 0


@pytest.mark.parametrize("scheme", ["http", "ws"])
async def test_a_redirect_is_not_followed(scheme: str) -> None:
    asked: list[bytes] = []

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1])
        writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with raw(redirect) as port:
        receivers = Receivers(Feed(lambda: None), owned())
        receivers.hand(f"{scheme}://127.0.0.1:{port}/first", frame())
        await eventually(lambda: not len(receivers))
        await receivers.close()
    assert asked == [b"/first"]
