"""Limits of the balancer that no other test reaches: at each of them, and one above."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench, owned
from tests.unit.balancer.reported_waves import topology, tree
from tests.unit.balancer.test_control import Channel, channel
from tests.unit.balancer.waves.test_receivers import frame
from tests.unit.balancer.waves.test_record import record
from topowave.algorithms.waves.echo import Echo
from topowave.balancer import control as control_module
from topowave.balancer import limits
from topowave.balancer.limits import LISTENER_FRAMES, MISTAKES_SHOWN
from topowave.balancer.state.feed import Feed
from topowave.balancer.stream.listeners import _Listener  # pyright: ignore[reportPrivateUsage]
from topowave.balancer.waves import launcher as starter_module
from topowave.balancer.waves import receivers as receivers_module
from topowave.balancer.waves import record as record_module
from topowave.balancer.waves.receivers import Receivers
from topowave.balancer.waves.wave import wave_of
from topowave.wire.observations import Event, Events

pytestmark = pytest.mark.anyio
PAIR = topology(tree(1))


def events(count: int, kind: str = "receive") -> Events:
    found: Any = [
        Event(number, kind, None, None, None, 0, f"mistake {number}")  # type: ignore[arg-type]
        for number in range(count)
    ]
    return Events("root", "root-1", "echo", found)


@pytest.mark.parametrize("more", [0, 1])
async def test_a_listener_that_does_not_read_loses_the_oldest_frame_above_listener_frames(more: int) -> None:
    listener = _Listener()
    for number in range(LISTENER_FRAMES + more):
        listener.offer(str(number))
    assert (len(listener.waiting), listener.waiting[0]) == (LISTENER_FRAMES, str(more))


@pytest.mark.parametrize("more", [0, 1])
async def test_a_wave_keeps_wave_events_at_most(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(record_module, "WAVE_EVENTS", 7)
    wave = record(PAIR, Echo, "root")
    wave.add(events(7 + more))
    assert (len(wave.events), wave.not_kept) == (7, more)


@pytest.mark.parametrize("more", [0, 1])
async def test_of_a_waves_mistakes_the_first_few_are_told(more: int) -> None:
    wave = record(PAIR, Echo, "root")
    wave.add(events(MISTAKES_SHOWN + more, "mistake"))
    told: Any = wave_of(wave).model_dump()["mistakes"]
    assert len(told) == MISTAKES_SHOWN


@pytest.mark.parametrize("more", [0, 1])
async def test_of_a_waves_results_so_many_bytes_are_kept(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(record_module, "RESULT_BYTES", 10)
    assert limits.RESULT_BYTES == 256 * 1024
    wave = record(PAIR, Echo, "root")
    wave.add(Events("root", "root-1", "echo", [Event(1, "decide", message="x" * (8 + more))]))
    wave.add(Events("root", "root-1", "echo", [Event(2, "state", message={})]))
    assert wave.decisions == [("root", None if more else "x" * 8)]
    assert (wave.states, wave.left_out) == ({"root": None}, 1 + more)


@pytest.mark.parametrize("more", [0, 1])
async def test_dependence_is_looked_at_up_to_past_bits(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(record_module, "PAST_BITS", 2 * (2 - more))
    assert limits.PAST_BITS == 400_000_000
    wave = record(PAIR, Echo, "root")
    wave.add(Events("root", "root-1", "echo", [Event(1, "start"), Event(2, "decide")]))
    wave.end()
    early = ["node root0 has no event before node root's decide"]
    assert wave.witnesses == ([] if more else early)


@pytest.mark.parametrize("more", [0, 1])
async def test_start_frames_wait_for_a_node_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr(starter_module, "START_FRAMES", 3)
    async with bench(tree(1), run_nodes=False) as lab:
        lab.listeners["root"].close()
        for _ in range(3 + more):
            await lab.get("/echo_ws")
        assert lab.balancer.launcher.dropped == more


@pytest.mark.parametrize("more", [0, 1])
async def test_only_so_many_receivers_are_served(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(receivers_module, "RECEIVERS", 2)
    feed = Feed(lambda: None)
    receivers = Receivers(feed, owned())
    for _ in range(2 + more):
        receivers.hand("ws://127.0.0.1:1/ws", frame())
    assert len([event for event in feed.between(0, 99) if "too many" in event.text]) == more
    await receivers.close()


async def test_a_line_above_control_line_ends_the_channel_and_one_at_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control_module, "CONTROL_LINE", 2000)
    line = b'{"kind":"node","name":"%s","state":"up","pid":1,"restarts":0,"reason":null}'
    async with channel() as both:
        both.orchestrator.write(line % (b"n" * (2000 - len(line) + 2)) + b"\n")
        await eventually(lambda: len(both.nodes) == 1)
    async with channel() as both:
        both.orchestrator.write(line % (b"n" * 8000) + b"\n" + line % b"short" + b"\n")
        await asyncio.sleep(0)
        await eventually(lambda: [node.name for node in both.nodes] == ["short"] or ended(both))
        assert "n" * 8000 not in [node.name for node in both.nodes]


def ended(both: Channel) -> bool:
    return not both.control.reading


async def test_a_lab_is_replaced_by_at_most_generated_nodes() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        order = {"shape": "binary", "nodes": limits.GENERATED_NODES + 1, "seed": 1}
        assert (await lab.http.post("/topology", json=order)).status_code == 422
        order["nodes"] = limits.GENERATED_NODES
        asking = asyncio.create_task(lab.http.post("/topology", json=order))
        asked = await lab.orchestrator.asked()
        assert asked["kind"] == "replace"
        lab.orchestrator.say(kind="refused", id=asked["id"], problems=["not now"])
        assert (await asking).status_code in {409, 422}
