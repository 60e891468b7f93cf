"""Pages of other sites, and of other ports of this machine, can neither change a lab nor listen to it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fuzz.frames import TREE
from tests.support.live_lab import ASKING, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S
from topowave.balancer.app import READS as BALANCER_READS
from topowave.nodes.app import READS as NODE_READS

TRIGGERS = {"balancer": {"/echo_ws", "/finn_ws", "/echo", "/stream"}, "node": {"/add_task", "/echo"}}
"""What may be asked by GET and is not open to links on other sites."""
IMAGE = {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
STRANGE: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site", **IMAGE},
    {"sec-fetch-site": "same-site", **IMAGE},
    {"sec-fetch-site": "cross-site", **VISIT},
    {"sec-fetch-site": "same-site", **VISIT},
    {"origin": "http://evil.example"},
    {"origin": "http://localhost:8080"},
    {"origin": "null"},
    {"referer": "http://localhost:8080/"},
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    with live_lab(folder, file, rebalance_interval=0, task_time=600) as running:
        yield running


def servers(lab: LiveLab) -> dict[str, int]:
    return {"balancer": lab.balancer_port, "node": lab.topology.node("root").port}


def paths(lab: LiveLab, port: int, method: str) -> set[str]:
    described: dict[str, Any] = lab.http.get(f"http://localhost:{port}/openapi.json").json()["paths"]
    return {path for path, operations in described.items() if method in operations}


def test_every_get_is_known_to_change_something_or_nothing(lab: LiveLab) -> None:
    for name, reads in (("balancer", BALANCER_READS), ("node", NODE_READS)):
        below = tuple(f"{read}/" for read in reads)
        found = paths(lab, servers(lab)[name], "get")
        assert {path for path in found if path not in reads and not path.startswith(below)} == TRIGGERS[name]


@pytest.mark.parametrize("headers", STRANGE)
def test_no_other_page_changes_anything(lab: LiveLab, headers: dict[str, str]) -> None:
    before = lab.get("/status")
    for name, port in servers(lab).items():
        for method in ("get", "post"):
            for path in paths(lab, port, method) if method == "post" else TRIGGERS[name]:
                url = f"http://localhost:{port}{path.replace('{', '').replace('}', '')}"
                answer = httpx.request(method, url, headers=headers, **ASKING)
                assert answer.status_code == 403, (method, url)
    after = lab.get("/status")
    assert (after["load"], after["waves_running"], after["version"]) == (before["load"], 0, before["version"])
    assert lab.get("/waves")["waves"] == []


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:8080", "null", "http://127.0.0.1"]
)
def test_no_other_page_listens(lab: LiveLab, origin: str) -> None:
    for port, path in sockets(lab):
        assert handshake(port, path, f"localhost:{port}", origin) == 403
        assert handshake(port, path, f"evil.example:{port}", f"http://evil.example:{port}") == 403
        assert handshake(port, path, f"evil.example:{port}", None) == 403


def test_the_labs_own_page_does_both(lab: LiveLab) -> None:
    origin = f"http://localhost:{lab.page_port}"
    headers = {"origin": origin, "sec-fetch-site": "same-site"}
    assert (
        httpx.get(
            f"http://localhost:{lab.balancer_port}/algorithms",
            headers=headers,
            trust_env=False,
            timeout=PATIENCE_S,
        ).status_code
        == 200
    )
    for port, path in sockets(lab):
        for name in ("localhost", "127.0.0.1", "[::1]"):
            assert handshake(port, path, f"{name}:{port}", origin.replace("localhost", name)) == 101


def sockets(lab: LiveLab) -> list[tuple[int, str]]:
    of_balancer = [(lab.balancer_port, path) for path in ("/ws", "/stream", "/observe")]
    return [*of_balancer, (servers(lab)["node"], "/ws")]


def handshake(port: int, path: str, host: str, origin: str | None) -> int:
    """Return the status with which a WebSocket's handshake is answered."""
    said = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    said |= {"Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="} | ({"Origin": origin} if origin else {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return int(raw.recv(4096).split()[1])
