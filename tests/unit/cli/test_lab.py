"""`topowave lab`: the page and sessions, without a lab of servers."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.ports import free_ports
from tests.support.waiting import PATIENCE_S
from topowave.cli.main import app

pytestmark = pytest.mark.slow  # each starts the command as a process


CLASS = """
from topowave import Algorithm


class Mine(Algorithm):
    def on_start(self):
        self.decide(1)
"""
MINE = {"name": "mine.py", "text": CLASS}


@contextmanager
def started(*words: str) -> Generator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start the command; gives the process and what it prints."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "topowave", "lab", "--port", str(port), "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_serves_the_page_and_sessions_until_it_is_told_to_stop() -> None:
    with started() as (process, at):
        page_, _, token = at["page"].partition("?token=")
        home = page_.removesuffix("/lab")
        knows = {"authorization": f"Bearer {token}"}
        assert httpx.get(f"{home}/lab.json", headers=knows).json() == {"balancer_port": None}
        assert httpx.get(f"{home}/", headers=knows).headers["location"] == "/lab"
        with pytest.raises(InvalidStatus):
            connect(at["session"], additional_headers={"origin": "http://evil.example"})
        with connect(at["session"], additional_headers={"origin": home}) as page:
            page.send('{"id": 1, "do": "open", "network": "ring:5", "algorithm": "echo"}')
            assert json.loads(page.recv(PATIENCE_S))["network"] == "ring:5"
            page.send('{"id": 2, "do": "run"}')
            assert json.loads(page.recv(PATIENCE_S))["ending"] == "quiet"
            page.send(json.dumps({"id": 3, "do": "open", "network": "ring:3", "file": MINE}))
            assert json.loads(page.recv(PATIENCE_S))["algorithm"]["name"] == "mine"
            process.send_signal(signal.SIGTERM)
            assert "ended" in json.loads(page.recv(PATIENCE_S))
            assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("words", [(), ("--host", "0.0.0.0")])
def test_whoever_asks_needs_the_token_that_is_printed(words: tuple[str, ...]) -> None:
    with started(*words) as (_, at):
        page, _, token = at["page"].partition("?token=")
        assert httpx.get(f"{page}.json").status_code == 401
        assert httpx.get(f"{page}.json", headers={"authorization": f"Bearer {token}"}).status_code == 200
        with pytest.raises(InvalidStatus):
            connect(at["session"].partition("?")[0])
        with connect(at["session"]) as socket_:
            socket_.send('{"id": 1, "do": "step"}')
            assert "no session is open" in str(socket_.recv(PATIENCE_S))
            socket_.send(json.dumps({"id": 2, "do": "open", "network": "ring:3", "file": MINE}))
            refused = "classes of one's own do not run on this server" in str(socket_.recv(PATIENCE_S))
            assert refused == bool(words)


def test_a_taken_port_is_told_with_its_number_and_code_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["lab", "--port", str(port)])
    assert done.exit_code == 1
    assert f"port {port} (the page)" in done.stderr
    assert "nothing was started" in done.stderr
