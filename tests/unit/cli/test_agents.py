"""`topowave agents`, against a balancer that the test plays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient

LEFT: dict[str, Any] = {
    "name": "left",
    "host": "127.0.0.1",
    "port": 9000,
    "state": "alive",
    "replicas": 4,
    "processes": 2,
    "heartbeat_s": 10.0,
    "last_heard_s": 3.6,
    "cores": 2,
    "free_mb": 1234.5,
    "workload": None,
}
SHOP = LEFT | {
    "name": "shop",
    "state": "silent",
    "replicas": 0,
    "last_heard_s": None,
    "workload": "shop {port}",
}


def answered(monkeypatch: pytest.MonkeyPatch, *agents: dict[str, Any]) -> None:
    def ask(_: LabClient, method: str, path: str, *__: object) -> dict[str, Any]:
        assert (method, path) == ("GET", "/agents")
        return {"agents": list(agents)}

    monkeypatch.setattr(LabClient, "ask", ask)


def test_agents_are_listed_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, LEFT, SHOP)
    done = CliRunner().invoke(app, ["agents"])
    assert done.exit_code == 0
    head, left, shop = (line.split() for line in done.stdout.splitlines())
    assert head == ["agent", "host", "state", "replicas", "cores", "free_mb", "heard", "workload"]
    assert left == [
        "left",
        "127.0.0.1:9000",
        "alive",
        "4",
        "2",
        "1234",
        "4",
        "s",
        "ago",
        "our",
        "own",
        "node",
    ]
    assert shop == ["shop", "127.0.0.1:9000", "silent", "0", "2", "1234", "never", "shop", "{port}"]


def test_json_is_what_the_lab_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, LEFT)
    assert json.loads(CliRunner().invoke(app, ["agents", "--json"]).stdout) == {"agents": [LEFT]}


def test_without_agents_it_is_said_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch)
    done = CliRunner().invoke(app, ["agents"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "topowave agent --controller URL" in done.stderr
