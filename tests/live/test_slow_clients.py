"""Fifty clients of every slow kind at once: waves stay exact, and requests without an end are dropped."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live_lab import PATIENT, LiveLab, live_lab
from tests.support.waiting import until
from topowave.topology import generate

CLIENTS = 50
NODES = 15
STRAY = [
    b"",
    b"GET /status HTTP/1.1\r\nHost: local",
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
    b"POST /tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
]
"""What clients say who never end their requests."""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LiveLab]:
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(generate("binary", nodes=NODES, seed=1).to_json()), "utf-8")
    with live_lab(tmp_path, file, rebalance_interval=0, task_time=600, **PATIENT) as running:
        yield running


def client(port: int, text: bytes) -> socket.socket:
    """Return a connection that has said `text`; it keeps hardly anything of what it is told."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", port))
    made.sendall(text)
    return made


def listens(path: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def test_waves_stay_exact_while_fifty_clients_of_every_slow_kind_are_there(lab: LiveLab) -> None:
    stray: list[socket.socket] = []
    ports = [lab.balancer_port, lab.topology.node("root").port]
    with contextlib.ExitStack() as stack:
        for number in range(CLIENTS):
            stray += [stack.enter_context(client(ports[number % 2], text)) for text in STRAY]
            for port, path in ((ports[0], "/ws"), (ports[0], "/stream"), (ports[1], "/ws")):
                stack.enter_context(client(port, listens(path)))
        waiting = selectors.DefaultSelector()
        stack.callback(waiting.close)
        for each in stray:
            waiting.register(each, selectors.EVENT_READ)

        def stray_after_a_wave() -> int:
            """Run waves, which must be exact; return how many stray clients are left."""
            assert "missing" not in lab.get("/echo")
            wave = lab.wave(lab.get("/echo_ws")["wave"])
            assert (wave["state"], wave["messages"]) == ("complete", 2 * (NODES - 1)), wave
            for each in stray[2 :: len(STRAY)]:
                with contextlib.suppress(OSError):
                    each.send(b"x")
            for key, _ in waiting.select(0):
                waiting.unregister(key.fileobj)
            return len(waiting.get_map())

        # Clients that trickle a byte now and then, without end, do not live longer for it.
        until(stray_after_a_wave, lambda left: left == 0)
    assert lab.get("/health")["nodes_up"] == NODES
