"""What comes in wrong gets an error frame: connection and node live on, and nothing has changed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import Lab, client, names, running_lab, tree
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import bare_websocket, close_code, text_frame
from topowave.nodes.waves.wave import now_ms
from topowave.wire import limits

Frame = dict[str, Any] | str | bytes

PACKET = {"$": "Packet", "inc": 1, "ninc": 0}
DEEP = 100_000


def finn(lab: Lab, message: object, **fields: Any) -> Frame:
    """Return a message of textbook Finn from the root to its child."""
    return {
        "route": "wave",
        "algorithm": "finn-full",
        "sender": lab.ws("root"),
        "wave": "w-1",
        "message": message,
    } | fields


BAD: dict[str, tuple[str, Callable[[Lab], Frame]]] = {
    "not JSON": ("bad_frame", lambda _: "hello"),
    "empty": ("bad_frame", lambda _: ""),
    "binary": ("bad_frame", lambda _: b"\x00\xff\xfe"),
    "no object": ("bad_frame", lambda _: "[1, 2]"),
    "deep lists": ("bad_frame", lambda _: "[" * DEEP),
    "deep message": (
        "bad_frame",
        lambda lab: json.dumps(finn(lab, None)).replace("null", "[" * DEEP + "]" * DEEP),
    ),
    "deep payload": (
        "bad_frame",
        lambda _: '{"route":"echo_back","payload":' + '{"children":[' * DEEP,
    ),
    "deep enough for JSON, too deep for Python": (
        "bad_message",
        lambda lab: json.dumps(finn(lab, None)).replace("null", "[" * 600 + "]" * 600),
    ),
    "unknown route": ("bad_frame", lambda lab: {"route": "quake", "sender": lab.ws("root")}),
    "wrong type": ("bad_frame", lambda _: {"route": "echo", "sender": 8000}),
    "ring algorithm on a tree": (
        "unfit_network",
        lambda lab: lab.request("w-1", "wave", algorithm="safra"),
    ),
    "sender that is no address": ("bad_sender", lambda _: {"route": "echo", "sender": "root"}),
    "sender of another machine": (
        "bad_sender",
        lambda _: {"route": "echo", "sender": "ws://evil.example:8000/ws"},
    ),
    "sender of another scheme": ("bad_sender", lambda _: {"route": "echo", "sender": "file://127.0.0.1/x"}),
    "answer of a stranger": (
        "unknown_sender",
        lambda lab: {
            "route": "echo_back",
            "sender": lab.ear,
            "payload": {"name": "x", "port": 1, "cpu": 1, "load": 0, "children": []},
        },
    ),
    "message of a stranger": ("unknown_sender", lambda lab: finn(lab, PACKET, sender=lab.ear)),
    "message of one who is no neighbour": (
        "unknown_sender",
        lambda lab: finn(lab, PACKET, sender=lab.ws("root1")),
    ),
    "unknown algorithm": (
        "unknown_algorithm",
        lambda lab: finn(lab, PACKET, algorithm="paxos"),
    ),
    "no message": ("bad_message", lambda lab: finn(lab, None)),
    "message of another kind": ("bad_message", lambda lab: finn(lab, "hello")),
    "message with a wrong field": ("bad_message", lambda lab: finn(lab, PACKET | {"inc": "1"})),
    "message without a field": ("bad_message", lambda lab: finn(lab, {"$": "Packet", "inc": 1})),
    "message with a field more": ("bad_message", lambda lab: finn(lab, PACKET | {"x": 1})),
    "message of an unknown class": ("bad_message", lambda lab: finn(lab, {"$": "Popen", "args": []})),
    "echo in a frame of other algorithms": (
        "bad_message",
        lambda lab: finn(lab, {"$": "Reply", "report": 1}, algorithm="echo"),
    ),
    "port of no node": (
        "bad_message",
        lambda lab: {"route": "finn", "inc": [1], "ninc": [], "sender": lab.ws("root"), "wave": "w-1"},
    ),
}


@pytest.mark.parametrize("kind", BAD)
@on_uvloop
async def test_what_is_not_understood_gets_an_error_frame_and_changes_nothing(kind: str) -> None:
    code, make = BAD[kind]
    async with running_lab(tree(2), task_time=60) as lab:
        bad = make(lab)
        assert [answer["code"] for answer in await lab.tell("root0", bad, bad)] == [code, code]
        node = lab.node("root0")
        assert (len(node.waves), node.queue.load, lab.events) == (0, 0, {})
        # The same connection, and the node, still serve.
        async with lab.visit("root0") as connection:
            await connection.send(json.dumps(bad) if isinstance(bad, dict) else bad)
            assert json.loads(await connection.recv())["route"] == "error"
            await connection.send(json.dumps(lab.request("w-1")))
            assert names(await lab.brought("w-1")) == ["root", "root0", "root1"]


@on_uvloop
async def test_a_message_of_another_algorithm_leaves_the_wave_as_it_was() -> None:
    async with running_lab(tree(2), task_time=60, probe_after=60.0) as lab:  # so long it stays
        await lab.tell("root", lab.request("w-1"))
        await lab.until_exact("w-1", 4)
        packet = {"inc": list[int](), "ninc": list[int]()}
        others: list[Frame] = [
            finn(lab, PACKET),
            {"route": "finn", "sender": lab.ws("root"), "wave": "w-1"} | packet,
        ]
        for frame in others:
            answers = await lab.tell("root0", frame)
            assert [answer["code"] for answer in answers] == ["wrong_wave"]
        assert lab.node("root0").queue.load == 0
        assert lab.exact("w-1", 4)


@on_uvloop
async def test_an_error_frame_is_not_answered() -> None:
    async with running_lab(tree(1)) as lab:
        error = {"route": "error", "code": "x", "message": "y"}
        assert await lab.tell("root", error, error) == []


@on_uvloop
async def test_a_binary_frame_of_json_is_as_good_as_text() -> None:
    async with running_lab(tree(1)) as lab:
        assert await lab.tell("root", json.dumps(lab.request("w-1")).encode()) == []
        assert names(await lab.brought("w-1")) == ["root", "root0"]


@on_uvloop
async def test_a_huge_frame_ends_its_connection_with_1009_and_nothing_else() -> None:
    async with running_lab(tree(1)) as lab:
        async with bare_websocket(lab.port("root")) as (reader, writer):
            writer.write(text_frame(b"x", length=limits.FRAME_BYTES + 1))
            assert await close_code(reader) == 1009
        await lab.tell("root", lab.request("w-1"))
        assert names(await lab.brought("w-1")) == ["root", "root0"]


@on_uvloop
async def test_who_sends_bad_frames_and_never_reads_is_left_in_time_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.3)
    async with running_lab(tree(1)) as lab:
        connections = lab.nodes["root"].server.server_state.tasks
        await eventually(lambda: len(connections) == 1)  # the neighbour's
        async with bare_websocket(lab.port("root")) as (_, writer):
            await eventually(lambda: len(connections) == 2)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            # An unknown route of many letters, and an answer as long.
            frame = text_frame(b'{"route": "' + b"x" * 60_000 + b'"}')
            started = time.monotonic()
            while len(connections) > 1 and time.monotonic() - started < PATIENCE_S:
                if writer.transport.is_closing():
                    await eventually(lambda: len(connections) == 1)
                elif writer.transport.get_write_buffer_size() < 1_000_000:
                    writer.write(frame)
                await asyncio.sleep(0)
            assert len(connections) == 1
        await lab.tell("root", lab.request("w-1"))
        assert names(await lab.brought("w-1")) == ["root", "root0"]


@on_uvloop
async def test_pages_of_others_get_neither_http_nor_websocket() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        page = f"http://localhost:{lab.config.page_port}"
        own = lab.url("root")
        for origin, status in (("http://evil.example", 403), ("null", 403), (page, 200), (own, 200)):
            answer = await http.get(lab.url("root", "/specs"), headers={"origin": origin})
            assert answer.status_code == status
        assert (await http.get(lab.url("root", "/specs"), headers={"host": "evil.example"})).is_client_error
        for origin in ("http://evil.example", "null"):
            with pytest.raises(InvalidStatus, match="HTTP 403"):
                await connect(lab.ws("root"), proxy=None, origin=origin)  # type: ignore[arg-type]
        async with lab.visit("root", origin=page):
            pass


@on_uvloop
async def test_frames_that_the_wave_has_outlived_do_not_count_as_bad() -> None:
    async with running_lab(tree(1)) as lab:
        late = lab.request("w-1", sender=lab.ws("root"), expires=now_ms() - 1)
        assert await lab.tell("root0", late, late) == []
        assert lab.node("root0").waves.late == 2


OPTIMIZED = """
import asyncio
from tests.unit.nodes.lab import running_lab, tree
from tests.unit.nodes.test_inbox import BAD, PACKET, finn

async def main():
    async with running_lab(tree(2), task_time=60) as lab:
        await lab.tell("root0", finn(lab, PACKET))
        for kind in ("no message", "message of another kind"):
            for answer in await lab.tell("root0", BAD[kind][1](lab)):
                print(answer["code"], answer["message"])
        await lab.tell("root0", finn(lab, PACKET))
        await lab.until(lambda: kinds(lab).count("receive") == 4 and "decide" in kinds(lab))
        print(len(lab.node("root0").waves), "mistake" in kinds(lab))

def kinds(lab):
    return [event.event for node, event in lab.events.get("w-1", ()) if node == "root0"]

asyncio.run(main())
"""
"""Run with `python -O`, which leaves all asserts out."""


@pytest.mark.slow
def test_without_asserts_a_bad_message_is_refused_too_and_the_wave_lives_on() -> None:
    command = [sys.executable, "-O", "-c", OPTIMIZED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.stdout.splitlines() == [
        "bad_message finn-full: a message of type None; Finn declares Packet as its `messages`",
        "bad_message finn-full: a message of type str; Finn declares Packet as its `messages`",
        "1 False",
    ], done.stderr
