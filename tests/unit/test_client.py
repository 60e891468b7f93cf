import http.server
import json
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx
import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient, LabError


class StandIn(http.server.BaseHTTPRequestHandler):
    """A balancer that answers status, and closes its port when it is told to shut down."""

    answer: ClassVar[dict[str, object] | str] = {}

    def do_GET(self) -> None:
        self._reply(200 if self.path == "/status" else 404)

    def do_POST(self) -> None:
        self._reply(200)
        threading.Thread(target=self._end).start()

    def _end(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _reply(self, code: int) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def balancer(port: int, answer: dict[str, object] | str) -> Generator[str]:
    StandIn.answer = answer
    server = http.server.HTTPServer(("127.0.0.1", port), StandIn)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def port(free_ports: Callable[[int], list[int]]) -> int:
    return free_ports(1)[0]


NODE = {"name": "amber", "port": 8001, "cpu": 4, "state": "up", "load": 6, "restarts": 1}


def test_status_shows_a_line_for_every_node(port: int) -> None:
    with balancer(port, {"nodes": [NODE]}) as url:
        result = CliRunner().invoke(app, ["status", "--balancer", url])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].split() == ["amber", "8001", "up", "6", "4", "1"]


def test_the_authorities_are_read_once_however_often_a_lab_is_asked(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    real = ssl.SSLContext.load_verify_locations

    def noted(self: ssl.SSLContext, *given: Any, **named: Any) -> None:
        read.append(self)
        real(self, *given, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noted)
    with balancer(port, {"nodes": [NODE]}) as url:
        for _ in range(5):
            assert LabClient(url).status() == {"nodes": [NODE]}
    assert len(read) <= 1


def test_status_as_json_is_what_the_balancer_said(port: int) -> None:
    with balancer(port, {"nodes": [NODE]}) as url:
        result = CliRunner().invoke(app, ["status", "--balancer", url, "--json"])
    assert json.loads(result.output) == {"nodes": [NODE]}


def test_down_returns_when_the_port_is_closed(port: int) -> None:
    with balancer(port, {"status": "ok"}) as url:
        assert CliRunner().invoke(app, ["down", "--balancer", url]).exit_code == 0
        assert CliRunner().invoke(app, ["status", "--balancer", url]).exit_code == 1


@pytest.mark.parametrize("name", ["status", "down"])
def test_where_no_lab_answers_the_user_is_told_how_to_start_one(port: int, name: str) -> None:
    result = CliRunner().invoke(app, [name, "--balancer", f"http://127.0.0.1:{port}"])
    assert result.exit_code == 1
    assert f"no lab answers at http://127.0.0.1:{port}; `topowave up` starts one" in result.output


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://[", "ftp://127.0.0.1"])
def test_an_address_that_is_none_gives_a_sentence_and_no_traceback(url: str) -> None:
    result = CliRunner().invoke(app, ["status", "--balancer", url])
    assert result.exit_code == (1 if url == "nonsense" else 2)
    assert isinstance(result.exception, SystemExit)
    assert url in result.output


def test_another_server_at_that_address_is_not_taken_for_a_lab(port: int) -> None:
    with balancer(port, "hello") as url:
        result = CliRunner().invoke(app, ["status", "--balancer", url])
    assert result.exit_code == 1
    assert "is no lab" in result.output


def test_a_lab_with_a_token_is_asked_with_the_one_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("authorization"))
        known = asked[-1] == "Bearer a-secret"
        return httpx.Response(200 if known else 401, json={"nodes": []} if known else {})

    plain = httpx.Client

    def client(**options: Any) -> httpx.Client:
        return plain(**options, transport=httpx.MockTransport(answer))

    monkeypatch.setattr(httpx, "Client", client)
    monkeypatch.delenv("TOPOWAVE_TOKEN", raising=False)
    lab = LabClient("http://127.0.0.1:1")
    with pytest.raises(LabError, match="set the environment variable TOPOWAVE_TOKEN"):
        lab.status()
    monkeypatch.setenv("TOPOWAVE_TOKEN", "a-secret")
    assert lab.status() == {"nodes": []}
    assert asked == [None, "Bearer a-secret"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/\udcff", "http://\udcff:1", f"http://{'a' * 300}:1"])
def test_an_address_that_nobody_can_have_gets_no_answer(address: str) -> None:
    with pytest.raises(LabError, match="gave no answer"):
        LabClient(address).status()


class KeepingStandIn(http.server.BaseHTTPRequestHandler):
    """A balancer that keeps connections, and breaks each one at its second `/second` without an answer."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[int]] = []

    def setup(self) -> None:
        super().setup()
        self.connections.append(0)

    def do_GET(self) -> None:
        self.connections[-1] += 1
        if self.path == "/second" and self.connections[-1] > 1:
            self.close_connection = True
            return
        body = json.dumps({"connections": len(self.connections)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def keeping() -> Generator[str]:
    KeepingStandIn.connections.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeepingStandIn)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_who_asks_more_than_once_has_one_connection(keeping: str) -> None:
    with LabClient(keeping) as lab:
        assert [lab.status() for _ in range(3)] == [{"connections": 1}] * 3
    assert [lab.status() for _ in range(2)] == [{"connections": 2}, {"connections": 3}]


def test_a_connection_that_has_ended_meanwhile_is_made_anew_where_that_changes_nothing(keeping: str) -> None:
    with LabClient(keeping) as lab:
        assert lab.ask("GET", "/second") == {"connections": 1}
        assert lab.ask("GET", "/second") == {"connections": 2}
        with pytest.raises(LabError, match="gave no answer"):
            lab.ask("POST", "/second")
        assert lab.ask("POST", "/second") == {"connections": 3}
