"""Alerts of a real lab: a node that is gone, as HTTP, a webhook and a terminal see it; then it is back."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.support.http_stand_in import Quiet, served
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S, until

TOPOLOGY = ROOT / "topology.json"
SECRET = "long and random"
DOWN_FOR_S = 3
OLD_S = 300
"""A notice that was sent longer ago is no longer believed (s)."""


@contextmanager
def receiver(received: list[dict[str, Any]]) -> Generator[str]:
    """Run a receiver that keeps what it is told, if it is signed and new; yields its address."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stamp = self.headers["x-topowave-timestamp"]
            wanted = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            is_ours = hmac.compare_digest(self.headers["x-topowave-signature"], f"sha256={wanted}")
            if is_ours and abs(time.time() - int(stamp)) < OLD_S:
                received.append(json.loads(body))
                self.send_response(204)
            else:
                self.send_response(403)
            self.end_headers()

    with served(Handler) as address:
        yield f"{address}/hook"


@contextmanager
def follower(lab: LiveLab, file: Path) -> Generator[subprocess.Popen[bytes]]:
    """Follow the lab's alerts in a terminal that writes to a file; yields its process."""
    command = [sys.executable, "-m", "topowave", "alerts", "--follow", "--json", "--balancer", lab.balancer]
    with file.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"LC_ALL": "C"}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def lines(file: Path) -> list[dict[str, Any]]:
    """The whole lines that were written so far."""
    return [json.loads(line) for line in re.findall(r".+(?=\n)", file.read_text("utf-8"))]


def one(lab: LiveLab, rule: str) -> dict[str, Any] | None:
    """The alert of a rule that is pending, fires, or was resolved last."""
    found = lab.get("/alerts")
    return next((each for each in (*found["alerts"], *found["history"]) if each["rule"] == rule), None)


def in_state(lab: LiveLab, rule: str, state: str) -> dict[str, Any]:
    """Wait for the alert of a rule to come to a state."""
    found: dict[str, Any] = lab.until(
        lambda: one(lab, rule), lambda alert: alert is not None and alert["state"] == state
    )
    return found


def told_of(received: list[dict[str, Any]], status: str) -> dict[str, Any]:
    """Wait for the notice that a node is down, or no longer."""

    def look() -> list[dict[str, Any]]:
        return [
            each
            for each in received
            if each["status"] == status and each["groupLabels"]["alertname"] == "node-down"
        ]

    return until(look)[0]


def test_an_inner_node_that_stops_is_one_alert_in_api_webhook_and_terminal_until_it_is_back(
    tmp_path: Path,
) -> None:
    received: list[dict[str, Any]] = []
    followed = tmp_path / "followed.jsonl"
    with receiver(received) as address:
        alerts = {
            "node_down_for": DOWN_FOR_S,
            "quiet_for": 1,
            "webhook": address,
            "webhook_secret": SECRET,
        }
        with (
            live_lab(tmp_path, TOPOLOGY, rebalance_interval=1, probe_timeout=3, alerts=alerts) as lab,
            follower(lab, followed) as terminal,
        ):
            inner = next(node for node in lab.topology.nodes if node.parent and node.children).name
            lab.post(f"/nodes/{inner}/stop")
            firing = in_state(lab, "node-down", "firing")
            assert firing["nodes"] == [inner]
            assert firing["text"] == f"{inner} is down: its process is stopped"
            assert firing["fired"] - firing["since"] >= DOWN_FOR_S  # it was pending before
            notice = told_of(received, "firing")
            assert notice["commonLabels"]["node"] == inner
            assert notice["alerts"][0]["annotations"]["summary"] == firing["text"]

            ended = len(lab.get("/waves")["waves"])
            lab.until(lambda: len(lab.get("/waves")["waves"]), lambda count: count > ended + 1)
            assert one(lab, "wave-incomplete") is None, "its reason, and nodes behind it, are told already"

            def printed() -> list[str]:
                return [each["state"] for each in lines(followed) if each["id"] == firing["id"]]

            until(printed, lambda states: states[-1:] == ["firing"])
            lab.post(f"/nodes/{inner}/continue")
            resolved = in_state(lab, "node-down", "resolved")
            assert resolved["id"] == firing["id"]
            over = told_of(received, "resolved")
            assert over["alerts"][0]["fingerprint"] == notice["alerts"][0]["fingerprint"]
            assert lab.get("/alerts")["webhook"]["problem"] is None

            until(printed, lambda states: states[-2:] == ["firing", "resolved"])
            terminal.send_signal(signal.SIGINT)
            terminal.wait(PATIENCE_S)
            assert "Traceback" not in followed.read_text("utf-8")


def test_a_node_that_is_killed_again_and_again_is_critical_when_it_is_given_up_until_it_is_started(
    tmp_path: Path,
) -> None:
    with live_lab(tmp_path, TOPOLOGY, rebalance_interval=0, alerts={"quiet_for": 1}) as lab:
        leaf = lab.topology.nodes[-1].name

        def dies() -> dict[str, Any] | None:
            pid = lab.pid(leaf)
            if pid is not None:
                lab.http.post(f"{lab.balancer}/nodes/{leaf}/kill")
            return one(lab, "node-failed")

        failed = lab.until(dies, lambda found: found is not None)
        assert (failed["severity"], failed["state"], failed["nodes"]) == ("critical", "firing", [leaf])
        lab.post(f"/nodes/{leaf}/start")
        assert in_state(lab, "node-failed", "resolved")["id"] == failed["id"]
