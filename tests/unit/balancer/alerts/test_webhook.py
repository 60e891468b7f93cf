"""The webhook: what it gets, signed; tried again; bounded; told to nobody out of reach."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import shutil
import ssl
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.waiting import eventually
from tests.unit.balancer.lab import listener
from topowave.balancer import limits
from topowave.balancer.alerts import webhook as webhook_module
from topowave.balancer.alerts.forms import Alert
from topowave.balancer.alerts.webhook import Webhook
from topowave.balancer.alerts.webhook_body import signature_headers, webhook_body
from topowave.logs import FIELDS
from topowave.topology.alert_settings import AlertSettings
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.allowed_targets import AllowedTargets

pytestmark = pytest.mark.anyio
SECRET = "a secret that both know"


def alert(id: str = "1-1", state: str = "firing", **changes: object) -> Alert:
    said: dict[str, object] = {
        "id": id,
        "rule": "node-down",
        "severity": "warning",
        "state": state,
        "since": 1_795_764_000.5,
        "fired": None if state == "pending" else 1_795_764_005.0,
        "resolved": 1_795_764_060.0 if state == "resolved" else None,
        "silenced_until": None,
        "nodes": ["amber"],
        "more_nodes": 0,
        "value": None,
        "bound": None,
        "unit": "",
        "text": "amber is down",
        "code": "{nodes} is down",
        "parameters": {"nodes": "amber"},
    }
    return Alert.model_validate(said | changes)


@dataclass
class Receiver:
    """Somebody's receiver: what it got, and what it answers next (200 once that is used up)."""

    url: str
    answers: list[int] = field(default_factory=list[int])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The status and the summary of each notice."""
        bodies: list[Any] = [json.loads(body) for _, body in self.got]
        return [(body["status"], body["alerts"][0]["annotations"]["summary"]) for body in bodies]


@asynccontextmanager
async def receiving(*answers: int) -> AsyncGenerator[Receiver]:
    held = listener()
    found = Receiver(f"http://127.0.0.1:{held.getsockname()[1]}/hook?key=of-ours", list(answers))

    async def hook(request: Request) -> Response:
        found.got.append((dict(request.headers), await request.body()))
        return Response(status_code=found.answers.pop(0) if found.answers else 200)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])]), held):
        yield found


@asynccontextmanager
async def telling(url: str, told: list[str] | None = None) -> AsyncGenerator[Webhook]:
    notes = told if told is not None else []
    settings = AlertSettings(webhook=url, webhook_secret=SECRET)
    webhook = Webhook(settings, AllowedTargets("127.0.0.1"), lambda: "a lab", "http://page", notes.append)
    running = asyncio.create_task(webhook.run())
    try:
        yield webhook
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def nobody(_: str) -> Alert | None:
    return None


async def test_it_gets_a_firing_alert_and_its_end_signed_in_the_form_that_receivers_know() -> None:
    async with receiving() as receiver, telling(receiver.url) as webhook:
        webhook.look([alert()], nobody)
        webhook.look([alert()], nobody)
        await eventually(lambda: len(receiver.got) == 1)
        webhook.look([], lambda gone: alert(gone, "resolved"))
        await eventually(lambda: webhook.delivered == 2)
        assert receiver.statuses == [("firing", "amber is down"), ("resolved", "amber is down")]
        headers, body = receiver.got[0]
        wanted = hmac.new(
            SECRET.encode(), headers["x-topowave-timestamp"].encode() + b"." + body, hashlib.sha256
        )
        assert headers["x-topowave-signature"] == f"sha256={wanted.hexdigest()}"
        assert headers["content-type"] == "application/json"
        told = json.loads(body)
        assert (told["version"], told["receiver"], told["externalURL"]) == ("4", "topowave", "http://page")
        (one,) = told["alerts"]
        assert one["labels"] == {
            "alertname": "node-down",
            "severity": "warning",
            "lab": "a lab",
            "node": "amber",
        }
        assert (one["startsAt"], one["endsAt"]) == ("2026-11-27T07:20:00.500Z", "0001-01-01T00:00:00Z")
        assert json.loads(receiver.got[1][1])["alerts"][0]["endsAt"] == "2026-11-27T07:21:00.000Z"
        status = webhook.status
        assert status is not None
        assert (status.delivered, status.waiting, status.given_up, status.problem) == (2, 0, 0, None)
        assert "key" not in status.host


def test_alerts_of_two_labs_have_two_fingerprints_and_an_alert_has_the_same_when_it_is_over() -> None:
    def fingerprint(said: Alert, page: str = "http://page") -> str:
        told = json.loads(webhook_body(said, "a lab", page))
        found: str = told["alerts"][0]["fingerprint"]
        return found

    assert fingerprint(alert()) == fingerprint(alert(state="resolved"))
    others = [alert("1-2"), alert(since=1_795_764_000.6)]  # the second has the id of a lab that ran before
    assert fingerprint(alert()) not in {fingerprint(alert(), "http://other"), *map(fingerprint, others)}


async def test_what_is_pending_or_silenced_is_not_told_and_what_fires_after_its_silence_is() -> None:
    async with receiving() as receiver, telling(receiver.url) as webhook:
        webhook.look([alert("1-1", "pending"), alert("1-2", silenced_until=9e9)], nobody)
        webhook.look([alert("1-2")], nobody)
        await eventually(lambda: webhook.delivered == 1)
        assert receiver.statuses == [("firing", "amber is down")]


async def test_an_answer_that_asks_for_it_is_tried_again_and_another_refusal_is_final(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_module, "WEBHOOK_PAUSE", 0.01)
    notes: list[str] = []
    async with receiving(503, 429, 200, 400) as receiver, telling(receiver.url, notes) as webhook:
        webhook.look([alert("1-1", text="first")], nobody)
        await eventually(lambda: webhook.delivered == 1)
        webhook.look([alert("1-1"), alert("1-2", text="second")], nobody)
        await eventually(lambda: webhook.given_up == 1)
        webhook.look([alert("1-1"), alert("1-2"), alert("1-3", text="third")], nobody)
        await eventually(lambda: webhook.delivered == 2)
        assert [text for _, text in receiver.statuses] == ["first", "first", "first", "second", "third"]
        assert notes == [
            "The webhook of alerts is not told: it answered 503",
            "The webhook of alerts is not told: it answered 400",
        ]


async def test_a_notice_is_given_up_after_webhook_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_module, "WEBHOOK_PAUSE", 0.001)
    async with receiving(*[500] * limits.WEBHOOK_ATTEMPTS) as receiver, telling(receiver.url) as webhook:
        webhook.look([alert()], nobody)
        await eventually(lambda: webhook.given_up == 1)
        assert (len(receiver.got), webhook.delivered) == (limits.WEBHOOK_ATTEMPTS, 0)


async def test_above_webhook_waiting_the_oldest_notice_goes() -> None:
    settings = AlertSettings(webhook="http://127.0.0.1:9/")
    webhook = Webhook(settings, AllowedTargets("127.0.0.1"), lambda: "a lab", "http://page", nothing)
    webhook.look([alert(str(number)) for number in range(limits.WEBHOOK_WAITING + 2)], nobody)
    status = webhook.status
    assert status is not None
    assert (status.waiting, status.given_up) == (limits.WEBHOOK_WAITING, 2)


async def test_one_that_is_out_of_reach_is_told_nothing_and_people_why() -> None:
    notes: list[str] = []
    settings = AlertSettings(webhook="http://10.1.2.3/hook")
    webhook = Webhook(settings, AllowedTargets("127.0.0.1"), lambda: "a lab", "http://page", notes.append)
    webhook.look([alert()], nobody)
    status = webhook.status
    assert status is not None
    assert (status.waiting, status.problem is None) == (0, False)
    assert len(notes) == 1
    assert "answer_to" in notes[0]
    assert Webhook(AlertSettings(), AllowedTargets("::1"), lambda: "", "", notes.append).status is None


async def test_without_a_secret_there_is_no_signature_and_each_time_has_another() -> None:
    body = webhook_body(alert(), "a lab", "http://page")
    assert signature_headers(body, "", 1) == {"x-topowave-timestamp": "1"}
    assert signature_headers(body, SECRET, 1) != signature_headers(body, SECRET, 2)


def nothing(_: str) -> None:
    pass


async def test_each_try_is_a_line_of_the_log_with_the_alert_what_was_answered_and_its_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook_module, "WEBHOOK_PAUSE", 0.001)
    caplog.set_level(logging.INFO, "topowave")
    async with receiving(503, 204, 403) as receiver, telling(receiver.url) as webhook:
        webhook.look([alert("1-1")], nobody)
        await eventually(lambda: webhook.delivered == 1)
        webhook.look([alert("1-1"), alert("1-2")], nobody)
        await eventually(lambda: webhook.given_up == 1)
    said = [(record.getMessage(), getattr(record, FIELDS)) for record in caplog.records]
    first = {"alert": "1-1", "state": "firing"}
    assert [each for each in said if each[0].startswith("webhook")] == [
        (
            "webhook not told",
            first | {"attempt": 1, "status": 503, "problem": "it answered 503", "given_up": False},
        ),
        ("webhook told", first | {"attempt": 2, "status": 204}),
        (
            "webhook not told",
            {
                **first,
                "alert": "1-2",
                "attempt": 1,
                "status": 403,
                "problem": "it answered 403",
                "given_up": True,
            },
        ),
    ]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of the loopback's own, and its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl here to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    file, key = folder / "certificate.pem", folder / "key.pem"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=hook"
    subprocess.run(
        [program, *asked.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file],
        check=True,
        capture_output=True,
    )
    return file, key


@asynccontextmanager
async def secure_receiver(certificate: tuple[Path, Path], got: list[bytes]) -> AsyncGenerator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"(?i)content-length: (\d+)", head)
        got.append(await reader.readexactly(int(length)))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def test_by_https_it_is_told_if_its_certificate_is_trusted(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[bytes] = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    async with secure_receiver(certificate, got) as url, telling(url) as webhook:
        webhook.look([alert()], nobody)
        await eventually(lambda: webhook.delivered == 1)
        assert json.loads(got[0])["status"] == "firing"
        assert webhook.problem is None


async def test_by_https_nobody_is_told_whose_certificate_is_not_trusted_or_is_for_another_name(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[bytes] = []
    async with secure_receiver(certificate, got) as url:
        async with telling(url) as webhook:
            webhook.look([alert()], nobody)
            problem = await eventually(lambda: webhook.problem)
            assert problem == "its certificate is not accepted: self-signed certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        async with telling(url.replace("127.0.0.1", "localhost")) as webhook:
            webhook.look([alert()], nobody)
            problem = await eventually(lambda: webhook.problem) or ""
            assert problem.startswith("its certificate is not accepted: Hostname mismatch")
    assert got == []
