"""Frames that no node should take, thrown at a real node: refused one by one, and nothing has changed.

Hypothesis makes them, so a run is repeated by its seed and a failure comes down to the frames that matter.
"""

from __future__ import annotations

import json
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from websockets.sync.client import connect

from tests.support.live_lab import LiveLab, live_lab
from topowave.algorithms.registry import LIBRARY
from topowave.wire.frames import Finn, FrameError, Wave, decode_frame
from topowave.wire.limits import FRAME_BYTES

NO_HURRY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
"""What Hypothesis shall not complain of: real servers take their time."""
BATCH = 50
"""Frames on one connection."""
PATIENCE_S = 60.0
"""Seconds for the node's answers to one batch."""
MEMORY_MB = 64.0
"""How much a node may grow in a run, in MB; its links' buffers and the largest frame are in it.

It grows to a bound and no further: 17 MB after 10,000 frames, 45 after 40,000, 43 after 100,000.
"""
THE_END = '{"route": "the end"}'
TREE: dict[str, Any] = {"name": "root", "port": 8000, "cpu": 2, "children": [
    {"name": "target", "port": 8001, "cpu": 2, "children": [
        {"name": "leaf", "port": 8002, "cpu": 2, "children": []}]}]}  # fmt: skip

Sent = str | bytes | int
"""A text frame, a binary one, or one that only says how long it will be."""
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@dataclass
class FrameFigures:
    """What came of a run.

    Attributes:
        frames: frames sent.
        refused: of these, answered with an error frame; the others were too late for anything, or errors.
        oversize: frames above FRAME_BYTES, each of which closed its connection with 1009.
        server_errors: answers of the node's HTTP meanwhile that were 5xx.
        alive: whether the same process served to the end.
        unchanged: whether tasks and waves are as before.
        memory_mb: by how much the node has grown.
        seconds: how long it took.
    """

    frames: int = 0
    refused: int = 0
    oversize: int = 0
    server_errors: int = 0
    alive: bool = False
    unchanged: bool = False
    memory_mb: float = 0.0
    seconds: float = 0.0


def fuzz_frames(count: int, seed_number: int) -> FrameFigures:
    """Throw `count` frames at a node of a real lab. Raises AssertionError where it does anything wrong."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wanted.json"
        file.write_text(json.dumps(TREE), "utf-8")
        with live_lab(Path(folder), file, rebalance_interval=0, task_time=600, probe_timeout=30) as lab:
            return _fuzz(lab, count, seed_number)


def _fuzz(lab: LiveLab, count: int, seed_number: int) -> FrameFigures:
    found = FrameFigures()
    target = _Target(lab, found)
    target.look()  # everything is in memory that a healthy node needs
    before, size = target.state(), target.memory_mb()
    began = time.monotonic()

    @seed(seed_number)
    @settings(
        max_examples=max(1, count // BATCH),
        database=None,
        deadline=None,
        suppress_health_check=NO_HURRY,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(st.lists(_frames(lab), min_size=BATCH, max_size=BATCH))
    def throw(frames: list[tuple[Sent, bool]]) -> None:
        target.throw(frames)
        assert target.state() == before

    throw()
    found.seconds = round(time.monotonic() - began, 1)
    found.unchanged = target.state() == before
    found.memory_mb = round(target.memory_mb() - size, 1)
    found.alive = target.alive()
    assert found.alive
    assert found.memory_mb < MEMORY_MB, found
    assert found.server_errors == 0, found
    assert lab.wave(lab.get("/echo_ws")["wave"])["state"] == "complete"
    return found


class _Target:
    """The node that is thrown at."""

    def __init__(self, lab: LiveLab, found: FrameFigures) -> None:
        self._lab = lab
        self._found = found
        self._port = lab.topology.node("target").port
        self._pid = self._status()["pid"]
        with connect(f"ws://127.0.0.1:{self._port}/ws", proxy=None) as node:
            node.send(THE_END)
            self._end = json.loads(node.recv(timeout=PATIENCE_S))

    def throw(self, frames: list[tuple[Sent, bool]]) -> None:
        """Send frames on one connection, each of which must be refused if so marked."""
        url = f"ws://127.0.0.1:{self._port}/ws"
        refused, must = 0, 0
        with connect(url, proxy=None, compression=None, max_size=None) as node:
            for frame, marked in frames:
                self._found.frames += 1
                if isinstance(frame, int):
                    self._throw_oversize(frame)
                else:
                    node.send(frame)
                    must += marked
            node.send(THE_END)
            while (answer := json.loads(node.recv(timeout=PATIENCE_S))) != self._end:
                assert answer["route"] == "error"
                assert answer["code"].startswith(("bad_", "unknown_", "unexpected"))
                refused += 1
        self._found.refused += refused
        assert refused >= must

    def _throw_oversize(self, size: int) -> None:
        """Begin a frame above the limit on a connection of its own, which is closed with 1009."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_S) as raw:
            raw.sendall(HANDSHAKE)
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += raw.recv(1)
            raw.sendall(b"\x81\xff" + size.to_bytes(8, "big") + bytes(1000))
            frame = b""
            while more := raw.recv(4096):
                frame += more
        assert frame[:1] == b"\x88"
        assert int.from_bytes(frame[2:4], "big") == 1009
        self._found.oversize += 1

    def look(self) -> dict[str, Any]:
        """Ask the node how it is, over HTTP."""
        answers = [
            self._lab.http.get(f"http://127.0.0.1:{self._port}{path}") for path in ("/specs", "/metrics")
        ]
        self._found.server_errors += sum(answer.status_code >= 500 for answer in answers)
        figures = dict(
            line.rsplit(" ", 1) for line in answers[1].text.splitlines() if not line.startswith("#")
        )
        specs: dict[str, Any] = answers[0].json()
        return specs | {name: float(value) for name, value in figures.items()}

    def state(self) -> dict[str, Any]:
        """Return what no bad frame may change, once no wave is there any more."""
        until = time.monotonic() + PATIENCE_S
        while (found := self.look())["topowave_node_waves"] and time.monotonic() < until:
            pass
        return {name: value for name, value in found.items() if not any(word in name for word in NO_STATE)}

    def memory_mb(self) -> float:
        """Return what the node's process holds, in MB."""
        status = Path(f"/proc/{self._pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024

    def alive(self) -> bool:
        """Whether the process is the one that it was."""
        try:
            status = self._status()
        except httpx.HTTPError:
            return False
        return bool(status["state"] == "up" and status["pid"] == self._pid and not status["restarts"])

    def _status(self) -> dict[str, Any]:
        nodes = self._lab.get("/status")["nodes"]
        return cast("dict[str, Any]", next(node for node in nodes if node["name"] == "target"))


NO_STATE = ("late", "event_loop_lag", "process_")
"""In the names of figures that have no part in waves: refused reports, lag, memory and CPU time."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
STRANGER = "ws://10.9.8.7:65000/ws"
REPORT: dict[str, object] = {"name": "leaf", "port": 8002, "cpu": 2, "load": 1, "children": []}
PLAIN: dict[str, dict[str, object]] = {
    "echo": {"purpose": "fuzz"},
    "echo_back": {"payload": REPORT},
    "finn": {"inc": [8002], "ninc": []},
    "wave": {"algorithm": "finn-full", "message": {"$": "Packet"}, "start": True},
}


def _frames(lab: LiveLab) -> st.SearchStrategy[tuple[Sent, bool]]:
    """Frames, each with whether it must be answered with an error."""
    neighbours = [f"ws://127.0.0.1:{lab.topology.node(name).port}/ws" for name in ("root", "leaf")]
    nonsense = st.one_of(
        st.text(max_size=60),
        st.binary(max_size=60),
        st.builds(_deep, st.sampled_from(DEEP), st.integers(500, 20_000)),
        st.builds(_long, st.integers(2049, 300_000)),
        JSON.map(json.dumps),
        st.builds(_with, st.sampled_from(sorted(PLAIN)), st.sampled_from(FOREIGN), st.text(max_size=300)),
        st.builds(_broken, st.sampled_from(sorted(PLAIN)), st.integers(0, 9), JSON),
        st.builds(_without, st.sampled_from(sorted(PLAIN)), st.integers(0, 9)),
        st.builds(
            _strange,
            st.text(max_size=12).filter(lambda route: route not in {*PLAIN, "error", "the end"}),
        ),
        st.builds(_unknown, st.sampled_from(neighbours), st.text(min_size=1, max_size=30)),
    )
    huge = st.integers(FRAME_BYTES + 1, 2**62)
    quiet = st.one_of(
        st.builds(_late, st.sampled_from(neighbours), st.text(max_size=200)),
        st.builds(_flipped, st.sampled_from(sorted(PLAIN)), st.integers(0, 200), st.binary(max_size=3)),
        st.just('{"route":"error","code":"fuzz","message":"nothing"}'),
    )
    marked = st.tuples(nonsense, st.just(True)), st.tuples(quiet, st.just(False))
    oversize = st.tuples(huge, st.just(False))
    any_frame = st.integers(0, 99).flatmap(lambda die: oversize if die == 99 else marked[die % 3 == 0])
    return any_frame.filter(lambda drawn: not _is_served(drawn[0]))


def _is_served(sent: Sent) -> bool:
    """Whether a frame begins one of Finn's waves: that adds a task, and needs no sender to answer to."""
    try:
        found = None if isinstance(sent, int) else decode_frame(sent)
    except FrameError:
        return False
    return isinstance(found, Finn) or (isinstance(found, Wave) and found.start and found.algorithm in LIBRARY)


DEEP = ["[", "{", '{"a":', '{"children":[', "[[", '"', "\\", "[1,"]
FOREIGN = [STRANGER, "http://evil.example/", "ws://127.0.0.1.evil.example/", "", "root", "file:///etc/passwd"]


def _deep(text: str, times: int) -> str:
    return text * times


def _long(size: int) -> str:
    return '{"route":"echo","sender":"' + "x" * size + '"}'


def _strange(route: str) -> str:
    return json.dumps({"route": route, "sender": STRANGER})


def _with(route: str, sender: str, wave: str) -> str:
    return json.dumps({"route": route, "sender": sender, "wave": wave} | PLAIN[route])


def _broken(route: str, which: int, value: object) -> str:
    """A frame of an external program with one field that may be anything."""
    frame = {"route": route, "sender": STRANGER} | PLAIN[route]
    fields = sorted(frame.keys() - {"route", "message"})
    return json.dumps(frame | {fields[which % len(fields)]: value} | {"sender": STRANGER})


def _without(route: str, which: int) -> str:
    """A frame of an external program that lacks a field."""
    frame = {"route": route, "sender": STRANGER} | PLAIN[route]
    del frame[sorted(frame)[which % len(frame)]]
    return json.dumps(frame)


def _unknown(sender: str, algorithm: str) -> str:
    """A neighbour's message of an algorithm that nobody has."""
    return json.dumps({"route": "wave", "algorithm": f"no {algorithm}", "sender": sender, "wave": "w"})


def _late(sender: str, wave: str) -> str:
    """A neighbour's answer to a wave that nobody knows."""
    return json.dumps({"route": "echo_back", "sender": sender, "wave": wave, "payload": REPORT})


def _flipped(route: str, at: int, instead: bytes) -> bytes:
    """An external program's frame of which some bytes are others."""
    text = json.dumps({"route": route, "sender": STRANGER} | PLAIN[route]).encode()
    at %= len(text)
    return text[:at] + instead + text[at + len(instead) :]
