"""A lab that other machines can reach lets in only those who know its token, and works for them as ever."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from tests.support.live_lab import ASKING, PATIENT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

TREE: dict[str, Any] = {
    "name": "root",
    "port": 8000,
    "cpu": 4,
    "children": [
        {"name": "near", "port": 8001, "cpu": 2, "children": []},
        {"name": "theirs", "port": 8002, "cpu": 2, "launch": False, "children": []},
    ],
}


def theirs(port: int, connection: ServerConnection) -> None:
    """A leaf that somebody wrote who knows nothing of tokens: it answers at the address that it is given."""
    me = f"ws://127.0.0.1:{port}/ws"
    for text in connection:
        frame = json.loads(text)
        if frame["route"] == "echo":
            report: dict[str, Any] = {"name": "theirs", "port": port, "cpu": 2, "load": 0, "children": []}
            back: dict[str, Any] = {
                "route": "echo_back",
                "sender": me,
                "payload": report,
                "purpose": frame.get("purpose"),
            }
            with connect(frame["sender"], proxy=None) as answer:
                answer.send(json.dumps(back))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    trace = ["--trace", str(folder / "trace.jsonl")]
    with (
        live_lab(
            folder, file, *trace, host="0.0.0.0", rebalance_interval=0, task_time=600, **PATIENT
        ) as running,
        ExitStack() as stack,
    ):
        port = running.topology.node("theirs").port
        foreign = stack.enter_context(serve(partial(theirs, port), "127.0.0.1", port))
        thread = threading.Thread(target=foreign.serve_forever)
        thread.start()
        stack.callback(thread.join)
        stack.callback(foreign.shutdown)
        yield running


def test_nobody_gets_in_without_the_token(lab: LiveLab) -> None:
    ports = [lab.balancer_port, lab.page_port, lab.topology.node("root").port]
    for port in ports:
        for path in ("/", "/health", "/lab.json", "/docs", "/finn_ws", "/add_task"):
            for headers in ({}, {"Authorization": f"Bearer {'a' * 43}"}):
                answer = httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, **ASKING)
                assert answer.status_code == 401, (port, path)


def test_waves_cross_the_lab_and_the_program_that_knows_nothing_of_tokens(lab: LiveLab) -> None:
    tree = lab.get("/echo")
    assert [child["name"] for child in tree["children"]] == ["near", "theirs"]
    wave = lab.wave(lab.get("/echo_ws")["wave"])
    assert (wave["state"], wave["missing"]) == ("complete", [])


def test_tasks_move_between_nodes(lab: LiveLab) -> None:
    lab.post("/tasks", {"node": "root", "count": 40})
    moved = lab.post("/rebalance")
    assert moved["moved"] > 0, moved


def test_a_browser_with_the_link_keeps_the_token(lab: LiveLab) -> None:
    page = f"http://127.0.0.1:{lab.page_port}/"
    opened = httpx.get(
        page,
        params={"token": lab.token},
        headers={"accept": "text/html"},
        trust_env=False,
        timeout=PATIENCE_S,
    )
    cookie = next(iter(SimpleCookie(opened.headers["set-cookie"]).values()))
    keeps = {"cookie": f"{cookie.key}={cookie.value}"}
    assert httpx.get(f"{page}lab.json", headers=keeps, **ASKING).status_code == 200
    origin: Any = page.rstrip("/")
    with connect(
        f"ws://127.0.0.1:{lab.balancer_port}/stream", proxy=None, origin=origin, additional_headers=keeps
    ) as stream:
        assert json.loads(stream.recv(timeout=PATIENCE_S))["type"] == "snapshot"
    answer = httpx.post(f"{lab.balancer}/rebalance", headers=keeps | {"origin": origin}, **ASKING)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert httpx.post(f"{lab.balancer}/rebalance", headers=keeps, **ASKING).status_code == 403


def test_the_token_is_told_to_nobody(lab: LiveLab) -> None:
    assert lab.token is not None
    killed = lab.pid("near")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    lab.wave(lab.get("/echo_ws")["wave"])
    lab.until_back("near", killed)
    with connect(f"ws://127.0.0.1:{lab.balancer_port}/ws?token={lab.token}", proxy=None) as listener:
        lab.get("/echo_ws")
        assert lab.token not in str(listener.recv(timeout=PATIENCE_S))
    with connect(f"ws://127.0.0.1:{lab.balancer_port}/stream?token={lab.token}", proxy=None) as stream:
        assert lab.token not in str(stream.recv(timeout=PATIENCE_S))
    waves = lab.get("/waves")
    told = [lab.get("/status"), waves, *(lab.get(f"/waves/{wave['id']}/events") for wave in waves["waves"])]
    assert lab.token not in json.dumps(told)
    processes = [lab.process.pid, *(node["pid"] for node in lab.get("/status")["nodes"] if node["pid"])]
    for pid in processes:
        for file in ("cmdline", "environ"):
            assert lab.token.encode() not in Path(f"/proc/{pid}/{file}").read_bytes()


def test_after_the_lab_neither_its_output_nor_its_trace_holds_the_token(tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(TREE | {"children": TREE["children"][:1]}), "utf-8")
    trace = tmp_path / "trace.jsonl"
    with live_lab(tmp_path, file, "--trace", str(trace), host="0.0.0.0", **PATIENT) as lab:
        assert lab.token is not None
        lab.wave(lab.get("/echo_ws")["wave"])
        lab.wave(lab.get("/finn_ws")["wave"])
        for path in (f"/echo_ws?receiver=http://10.9.9.9/&token={lab.token}", f"/nothing?token={lab.token}"):
            assert lab.token not in lab.http.get(lab.balancer + path).text
        lab.process.send_signal(signal.SIGINT)
        rest, _ = lab.process.communicate(timeout=PATIENCE_S)
        assert lab.token not in rest
    assert trace.stat().st_size > 0
    assert lab.token not in trace.read_text()
