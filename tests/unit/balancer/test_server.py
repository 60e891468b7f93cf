import json
import multiprocessing
import os
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.waiting import PATIENCE_S
from tests.unit.balancer.lab import listener
from tests.unit.balancer.reported_waves import topology, tree
from topowave.balancer.server import BalancerStart, run_balancer
from topowave.topology import LabConfig
from topowave.wire import limits


@dataclass
class Process:
    """A balancer in a process of its own."""

    process: BaseProcess
    port: int
    page_port: int
    control: socket.socket


@contextmanager
def balancer(tmp_path: Path) -> Generator[Process]:
    own, page = listener(), listener()
    ours, theirs = socket.socketpair()
    port, page_port = own.getsockname()[1], page.getsockname()[1]
    ready_read, ready_write = os.pipe()
    config = LabConfig(
        balancer_port=port, page_port=page_port, rebalance_interval=0, wave_timeout=2 * PATIENCE_S
    )

    def ready() -> None:
        os.write(ready_write, b"1")

    start = BalancerStart(
        topology(tree(1)),
        1,
        config,
        own,
        page,
        ours,
        0,
        tmp_path / "trace",
        tmp_path / "dist",
        "a test",
        ready,
    )
    process = multiprocessing.get_context("fork").Process(target=run_balancer, args=(start,))
    process.start()
    try:
        os.set_blocking(ready_read, True)
        assert os.read(ready_read, 1) == b"1"
        yield Process(process, port, page_port, theirs)
    finally:
        if process.is_alive():
            process.kill()
        process.join(PATIENCE_S)
        process.close()
        for held in (own, page, ours, theirs):
            held.close()
        for pipe in (ready_read, ready_write):
            os.close(pipe)


def test_both_servers_serve_once_it_is_ready(tmp_path: Path) -> None:
    with balancer(tmp_path) as running, httpx.Client(trust_env=False) as http:
        assert http.get(f"http://127.0.0.1:{running.port}/health").json()["nodes"] == 2
        page = http.get(f"http://127.0.0.1:{running.page_port}/lab.json").json()
        assert page == {"balancer_port": running.port}


def test_it_ends_without_waiting_for_what_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STOP_TIMEOUT", 2 * PATIENCE_S)
    with balancer(tmp_path) as running:
        url = f"ws://127.0.0.1:{running.port}/stream"
        with (
            connect(url, proxy=None) as stream,
            socket.create_connection(("127.0.0.1", running.port)) as asks,
        ):
            assert json.loads(stream.recv(timeout=PATIENCE_S))["type"] == "snapshot"
            # A wave whose initiator never answers, and somebody who waits for its tree.
            asks.sendall(b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not json.loads(stream.recv(timeout=PATIENCE_S))["waves"]:
                pass
            assert running.process.pid is not None
            os.kill(running.process.pid, signal.SIGTERM)
            running.process.join(PATIENCE_S)
            assert running.process.exitcode == 0
            asks.settimeout(PATIENCE_S)
            assert asks.recv(100).startswith(b"HTTP/1.1 504")
    assert len((tmp_path / "trace").read_text().splitlines()) == 1
