import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import PAGE_PORT, bench, told
from tests.unit.balancer.reported_waves import topology, tree
from tests.unit.balancer.state.test_lab import load
from tests.unit.balancer.stream.test_view import Shown
from topowave.balancer.stream import stream as module
from topowave.balancer.stream.stream import StreamHub

pytestmark = pytest.mark.anyio


class Browser:
    """A browser whose connection the test holds in its hands: it reads when it is told to."""

    def __init__(self, hub: StreamHub) -> None:
        self.frames: list[dict[str, Any]] = []
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._events.put_nowait({"type": "websocket.connect"})
        websocket = WebSocket({"type": "websocket", "headers": []}, self._events.get, self._send)
        self.serving = asyncio.ensure_future(hub.serve(websocket))

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            await self.may_read.wait()
            self.frames.append(json.loads(message["text"]))

    async def got(self, count: int) -> list[dict[str, Any]]:
        await eventually(lambda: len(self.frames) >= count)
        return self.frames

    async def leave(self) -> None:
        self._events.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(PATIENCE_S):
            await self.serving


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(module, "STREAM_INTERVAL", 0.005)
    monkeypatch.setattr(module, "STREAM_HEARTBEAT", 1000.0)


async def change(shown: Shown, hub: StreamHub, assigned: int, watcher: Browser) -> None:
    """Change a load, and wait until a browser that reads has it."""
    before = len(watcher.frames)
    shown.lab.set_load(load("root", assigned))
    hub.touch()
    await watcher.got(before + 1)


async def test_a_browser_gets_a_snapshot_and_then_numbered_deltas() -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    browser = Browser(hub)
    await browser.got(1)
    for assigned in (1, 2, 3):
        await change(shown, hub, assigned, browser)
    assert [frame["type"] for frame in browser.frames] == ["snapshot", "delta", "delta", "delta"]
    assert [frame["seq"] for frame in browser.frames] == [1, 2, 3, 4]
    assert [frame["nodes"]["assigned"] for frame in browser.frames[1:]] == [[1], [2], [3]]
    await browser.leave()
    assert len(hub) == 0


async def test_many_changes_within_the_interval_are_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    browser = Browser(hub)
    await browser.got(1)
    for assigned in range(100):
        shown.lab.set_load(load("root", assigned))
        hub.touch()
    assert (await browser.got(2))[1]["nodes"]["assigned"] == [99]
    await change(shown, hub, 7, browser)
    assert len(browser.frames) == 3
    await browser.leave()


async def test_a_later_browser_continues_with_the_same_numbers() -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    first = Browser(hub)
    await first.got(1)
    await change(shown, hub, 1, first)
    second = Browser(hub)
    await second.got(1)
    await change(shown, hub, 2, first)
    await second.got(2)
    assert [(frame["type"], frame["seq"]) for frame in second.frames] == [("snapshot", 2), ("delta", 3)]
    await first.leave()
    await second.leave()


async def test_one_that_fell_behind_gets_a_fresh_snapshot_and_the_others_lose_nothing() -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    quick, slow = Browser(hub), Browser(hub)
    await quick.got(1)
    await slow.got(1)
    slow.may_read.clear()
    for assigned in (1, 2, 3, 4):
        await change(shown, hub, assigned, quick)
    slow.may_read.set()
    # The frame that was being sent, then everything at once.
    frames = await slow.got(3)
    assert [(frame["type"], frame["seq"]) for frame in frames[1:3]] == [("delta", 2), ("snapshot", 5)]
    assert frames[2]["nodes"][0]["assigned"] == 4
    await change(shown, hub, 5, quick)
    assert (await slow.got(4))[3]["seq"] == 6
    assert [frame["seq"] for frame in quick.frames] == [1, 2, 3, 4, 5, 6]
    await quick.leave()
    await slow.leave()


async def test_one_that_stops_reading_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_TIMEOUT", 0.02)
    hub = StreamHub(Shown().view)
    browser = Browser(hub)
    browser.may_read.clear()
    async with asyncio.timeout(PATIENCE_S):
        await browser.serving
    assert len(hub) == 0


async def test_where_nothing_changes_a_delta_without_news_says_that_the_line_is_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STREAM_HEARTBEAT", 0.01)
    hub = StreamHub(Shown().view)
    browser = Browser(hub)
    frames = await browser.got(3)
    assert [frame["seq"] for frame in frames[:3]] == [1, 2, 3]
    assert [frame["nodes"]["index"] for frame in frames[1:3]] == [[], []]
    await browser.leave()
    hub.close()


async def test_another_topology_is_a_snapshot_for_everybody() -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    browser = Browser(hub)
    await browser.got(1)
    shown.lab.replace(topology({"name": "other"}), 2)
    hub.touch()
    frames = await browser.got(2)
    assert (frames[1]["type"], frames[1]["version"]) == ("snapshot", 2)
    assert [node["name"] for node in frames[1]["nodes"]] == ["other"]
    shown.lab.set_load(load("other", 1))
    hub.touch()
    assert (await browser.got(3))[2]["type"] == "delta"
    await browser.leave()


async def test_with_nobody_watching_nothing_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown()
    hub = StreamHub(shown.view)
    browser = Browser(hub)
    await browser.got(1)
    await browser.leave()
    monkeypatch.setattr(shown.view, "delta", None)
    monkeypatch.setattr(shown.view, "snapshot", None)
    shown.feed.notify("lab", "while nobody watched")
    hub.touch()
    monkeypatch.undo()
    again = Browser(hub)
    frames = await again.got(1)
    assert [event["text"] for event in frames[0]["events"]] == ["while nobody watched"]
    await again.leave()


async def test_past_the_limit_a_browser_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STREAM_CLIENTS", 1)
    hub = StreamHub(Shown().view)
    first = Browser(hub)
    await first.got(1)
    second = Browser(hub)
    async with asyncio.timeout(PATIENCE_S):
        await second.serving
    assert (len(hub), second.frames) == (1, [])
    await first.leave()


async def test_the_real_stream_shows_a_wave_from_start_to_end() -> None:
    origin = f"http://127.0.0.1:{PAGE_PORT}"
    async with bench(tree(1)) as lab, lab.connect("/stream", origin=origin) as websocket:
        assert (await told(websocket))["type"] == "snapshot"
        await websocket.send("what a browser says means nothing")
        started = await lab.get("/echo_ws")
        states: list[str] = []
        while "complete" not in states:
            frame = await told(websocket)
            states += [wave["state"] for wave in frame["waves"] if wave["id"] == started["wave"]]
        assert set(states) <= {"running", "complete"}
    await eventually(lambda: len(lab.balancer.hub) == 0)
