import asyncio
import json

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import bench, told
from tests.unit.balancer.reported_waves import payload, topology, tree
from topowave.balancer.stream import listeners as module
from topowave.wire.frames import EchoBack, decode_frame

pytestmark = pytest.mark.anyio
NETWORK = topology(tree(1))


def back(wave: str | None = None, purpose: str | None = None) -> str:
    frame = {"route": "echo_back", "payload": payload(NETWORK), "sender": "ws://127.0.0.1:8000/ws"}
    return json.dumps(frame | ({"wave": wave} if wave else {}) | ({"purpose": purpose} if purpose else {}))


async def test_a_tree_that_one_connection_brings_reaches_all_others() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with lab.connect("/ws") as one, lab.connect("/ws") as other, lab.connect("/ws") as node:
            await eventually(lambda: len(lab.balancer.listeners) == 3)
            await node.send(back())
            for listener in (one, other):
                frame = decode_frame(json.dumps(await told(listener)))
                assert isinstance(frame, EchoBack)
                assert frame.payload == payload(NETWORK)
            # Who brings trees does not listen, so it is not told of its own.
            assert len(lab.balancer.listeners) == 2
        await eventually(lambda: len(lab.balancer.listeners) == 0)


async def test_a_tree_of_the_rebalancer_stays_away_from_listeners() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/ws") as listener:
        await eventually(lambda: len(lab.balancer.listeners) == 1)
        async with lab.connect("/ws") as node:
            await node.send(back(purpose="rebalance"))
            await node.send(back())
            assert "purpose" not in await told(listener)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "bad_frame"),
        ("{}", "bad_frame"),
        ('{"route": "echo_back", "payload": 1}', "bad_frame"),
        ('{"route": "echo", "sender": "ws://x"}', "unexpected"),
        ('{"route": "finn", "sender": "ws://x", "inc": [], "ninc": []}', "unexpected"),
        ("[" * 100_000, "bad_frame"),
    ],
)
async def test_a_frame_that_is_not_understood_is_answered_and_the_connection_lives_on(
    text: str, code: str
) -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/ws") as websocket:
        await websocket.send(text)
        answer = await told(websocket)
        assert (answer["route"], answer["code"]) == ("error", code)
        async with lab.connect("/ws") as node:
            await node.send(back())
            assert (await told(websocket))["route"] == "echo_back"


async def test_an_error_frame_is_not_answered() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/ws") as websocket:
        await websocket.send('{"route": "error", "code": "x", "message": "y"}')
        await websocket.send("nonsense")
        assert (await told(websocket))["code"] == "bad_frame"


async def test_a_connection_that_only_talks_nonsense_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BAD_FRAMES", 3)
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/ws") as websocket:
        for _ in range(3):
            await websocket.send("nonsense")
        async with asyncio.timeout(PATIENCE_S):
            await websocket.wait_closed()


async def test_past_the_limit_a_connection_is_served_but_hears_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LISTENERS", 1)
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/ws") as first:
        await eventually(lambda: len(lab.balancer.listeners) == 1)
        async with lab.connect("/ws") as second:
            await second.send(back())
            await told(first)
            assert len(lab.balancer.listeners) == 1
