import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from balancer import receivers as module
from balancer.feed import Feed
from balancer.receivers import Receivers, check_receiver
from tests.balancer.lab import listener, until
from tests.balancer.waves import payload, topology, tree
from wire.frames import EchoBack
from wire.problems import Problem
from wire.serve import serving

pytestmark = pytest.mark.anyio
HOSTS = {"127.0.0.1", "localhost"}


def frame() -> EchoBack:
    brought: Any = payload(topology(tree(1)))
    return EchoBack(payload=brought, wave="root-1")


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9/ws", "http://localhost:9/tree", "http://LOCALHOST/x"])
async def test_a_receiver_on_this_machine_is_taken(url: str) -> None:
    check_receiver(url, HOSTS)


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
        check_receiver(url, HOSTS)


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
    receivers = Receivers(feed)
    async with serving(app, held), asyncio.timeout(5):
        receivers.hand(f"ws://127.0.0.1:{held.getsockname()[1]}/ws", frame())
        assert (await got.get())["wave"] == "root-1"
        assert await got.get() == "goodbye"
    await receivers.close()
    assert feed.last == 0


@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_a_receiver_that_is_not_there_is_told_in_the_feed(scheme: str) -> None:
    held = listener()
    port = held.getsockname()[1]
    held.close()
    feed = Feed(lambda: None)
    receivers = Receivers(feed)
    receivers.hand(f"{scheme}://127.0.0.1:{port}/x", frame())
    await until(lambda: feed.last == 1)
    assert "got no tree" in feed.between(0, 1)[0].text
    await receivers.close()


async def test_a_receiver_that_does_not_answer_holds_nobody_up() -> None:
    held = listener()  # nobody accepts
    feed = Feed(lambda: None)
    receivers = Receivers(feed)
    receivers.hand(f"http://127.0.0.1:{held.getsockname()[1]}/x", frame())
    async with asyncio.timeout(1):
        await receivers.close()
    held.close()


async def test_only_so_many_trees_are_on_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECEIVERS", 1)
    held = listener()
    url = f"http://127.0.0.1:{held.getsockname()[1]}/x"
    feed = Feed(lambda: None)
    receivers = Receivers(feed)
    receivers.hand(url, frame())
    receivers.hand(url, frame())
    assert "too many" in feed.between(0, 1)[0].text
    await receivers.close()
    held.close()
