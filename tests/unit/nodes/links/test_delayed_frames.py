"""Frames that a link's delay holds back: none overtakes an earlier one, whatever becomes of the delay."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.waiting import eventually
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.links import delayed_frames as module
from topowave.nodes.links.delayed_frames import DelayedFrames


@on_uvloop
async def test_a_frame_is_held_back_for_its_delay() -> None:
    loop = asyncio.get_running_loop()
    left: list[float] = []
    frames = DelayedFrames(0.05, lambda _: left.append(loop.time()))
    began = loop.time()
    frames.add(b"x")
    await eventually(lambda: bool(left))
    assert left[0] - began >= 0.049
    assert not frames.waiting


@on_uvloop
async def test_a_shorter_delay_lets_no_frame_overtake_those_that_were_sent_before() -> None:
    left: list[bytes] = []
    frames = DelayedFrames(0.2, left.append)
    for number, delay_s in enumerate([0.2, 0.2, 0.05, 0.0, 0.1]):
        frames.delay_s = delay_s
        frames.add(b"%d" % number)
    await eventually(lambda: len(left) == 5)
    assert left == [b"0", b"1", b"2", b"3", b"4"]


@on_uvloop
async def test_a_longer_delay_is_that_of_the_frames_that_are_sent_later() -> None:
    loop = asyncio.get_running_loop()
    left: dict[bytes, float] = {}
    frames = DelayedFrames(0.0, lambda text: left.update({text: loop.time()}))
    frames.add(b"soon")
    frames.delay_s = 0.1
    began = loop.time()
    frames.add(b"late")
    await eventually(lambda: len(left) == 2)
    assert left[b"late"] - began >= 0.099
    assert left[b"soon"] < left[b"late"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.001, 0.004, 0.01]), min_size=1, max_size=30))
def test_the_order_holds_whatever_the_delays(delays_s: list[float]) -> None:
    async def run() -> list[int]:
        left: list[int] = []
        frames = DelayedFrames(0.0, lambda text: left.append(int(text)))
        for number, delay_s in enumerate(delays_s):
            frames.delay_s = delay_s
            frames.add(b"%d" % number)
            if number % 7 == 6:
                await asyncio.sleep(0.002)
        await eventually(lambda: len(left) == len(delays_s))
        return left

    assert asyncio.run(run()) == list(range(len(delays_s)))


@on_uvloop
async def test_what_is_forgotten_never_leaves() -> None:
    left: list[bytes] = []
    frames = DelayedFrames(0.02, left.append)
    frames.add(b"never")
    frames.clear()
    frames.add(b"later")
    await eventually(lambda: bool(left))
    assert left == [b"later"]


@on_uvloop
async def test_where_too_many_wait_the_first_ones_leave_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNSENT_FRAMES", 3)
    left: list[bytes] = []
    frames = DelayedFrames(60.0, left.append)
    for number in range(5):
        frames.add(b"%d" % number)
    assert left == [b"0", b"1"]
    assert len(frames.waiting) == 3
    frames.clear()


@on_uvloop
async def test_a_frame_that_ends_the_link_takes_the_others_with_it() -> None:
    left: list[bytes] = []

    def leave(text: bytes) -> None:
        left.append(text)
        frames.clear()

    frames = DelayedFrames(0.01, leave)
    frames.add(b"last")
    frames.add(b"never")
    await eventually(lambda: bool(left))
    frames.add(b"next")
    await eventually(lambda: left == [b"last", b"next"])
