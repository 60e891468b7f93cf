"""The limits fit together."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI

from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import on_uvloop
from topowave.algorithms import Algorithm
from topowave.nodes.waves.instances import effects_for, shortened
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.message_types import MessageTypes
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire import frames, limits
from topowave.wire.frames import encode_frame
from topowave.wire.link import Link
from topowave.wire.observations import Event, Events, Report


def test_every_limit_is_a_positive_number() -> None:
    found = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert len(found) >= 30
    assert all(value > 0 for value in found.values())


def test_a_full_report_fits_into_a_frame() -> None:
    event = Event(10**13, "receive", "n" * 64, "n" * 64 + ":1000000", "echo_back", 10**6)
    # One wave brings the last event; another one may bring as many at once as it may gather.
    each = Events("n" * 64, "w" * 84, "a" * 40, [event])
    full = Events("n" * 64, "w" * 84, "a" * 40, [event] * limits.REPORT_EVENTS)
    report = Report(events=[each] * (limits.REPORT_EVENTS - 1) + [full])
    assert len(encode_frame(report)) + 2 * limits.REPORT_BYTES < limits.FRAME_BYTES


def test_a_stopping_server_is_gone_within_five_seconds() -> None:
    # It gives its requests STOP_TIMEOUT, then its links SEND_TIMEOUT, all at once.
    assert limits.STOP_TIMEOUT + limits.SEND_TIMEOUT < 5


@pytest.mark.parametrize("more", [0, 1])
def test_above_message_bytes_a_message_of_ones_own_class_is_refused(more: int) -> None:
    class Own(Algorithm):
        pass

    effects = effects_for(Own, (1,), MessageTypes(Own), "a-1")
    text = "x" * (limits.MESSAGE_BYTES - 2 + more)
    frame = frames.Wave(algorithm="x" * 200, message=text, sender="x" * 2048, wave="x" * 200)
    if more:
        with pytest.raises(WrongEffectError, match="at most 4,128,768 can be sent"):
            effects.append(("send", 1, text))
    else:
        effects.append(("send", 1, text))
        assert len(encode_frame(frame)) <= limits.FRAME_BYTES


@pytest.mark.parametrize("more", [0, 1])
def test_above_value_bytes_only_the_length_of_a_value_is_told(more: int) -> None:
    value = "x" * (limits.VALUE_BYTES - 2 + more)
    assert shortened(value) == (f"{limits.VALUE_BYTES + 1:,} bytes, too long to be shown" if more else value)


@pytest.mark.parametrize("more", [0, 1])
@on_uvloop
async def test_above_unsent_frames_a_link_drops_the_oldest(more: int) -> None:
    link = Link("ws://127.0.0.1:1/ws")
    for _ in range(limits.UNSENT_FRAMES + more):
        link.send(b"")
    assert link.dropped == more
    await link.close()


@pytest.mark.parametrize("more", [0, 1])
@on_uvloop
async def test_above_connections_a_server_refuses(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS", 3)
    held = listener()
    async with serving(FastAPI(), held):
        open_ones = [await asyncio.open_connection(*held.getsockname()) for _ in range(2 + more)]
        await asyncio.sleep(0)
        async with client() as http:
            answer = await http.get(f"http://127.0.0.1:{held.getsockname()[1]}/docs")
        assert answer.status_code == (503 if more else 200)
        for _, writer in open_ones:
            writer.transport.abort()
