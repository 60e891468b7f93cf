"""`topowave deploy`, against a balancer that the test plays."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient

GROWING: dict[str, Any] = {
    "desired_replicas": 5,
    "actual_replicas": 3,
    "up": 3,
    "phase": "growing",
    "problem": None,
    "leaving": {},
    "autoscaling": {"mode": "off", "min_replicas": 1, "max_replicas": 10, "reason": None},
}
OVER: dict[str, Any] = GROWING | {"actual_replicas": 5, "up": 5, "phase": "settled"}
STUCK: dict[str, Any] = GROWING | {
    "phase": "waiting",
    "problem": "port 8009 is taken",
    "leaving": {"amber": "1 task runs here", "basil": None},
}


HELD: dict[str, Any] = GROWING | {
    "desired_replicas": 1,
    "phase": "settled",
    "problem": "3 nodes stay and 1 is wanted: programs of others hang from amber",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """What the command asks for; it is answered twice that the lab grows, and then that it is over."""
    found: list[tuple[str, object]] = []

    def ask(_: LabClient, method: str, path: str, body: object = None, seconds: float = 0) -> dict[str, Any]:
        assert (path, seconds) == ("/deploy", 0)
        found.append((method, body))
        return GROWING if len(found) < 3 else OVER

    monkeypatch.setattr("topowave.cli.deploy.LOOK_INTERVAL_S", 0.0)
    monkeypatch.setattr(LabClient, "ask", ask)
    return found


def test_a_deploy_is_asked_for_and_not_waited_for(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["deploy", "5"])
    assert (done.exit_code, done.stdout) == (0, "5 wanted, 3 there, 3 up, 0 leaving: growing\n")
    assert asked == [("POST", {"replicas": 5})]


def test_what_new_nodes_are_may_be_said_and_needs_a_number_of_them(asked: list[object]) -> None:
    said = ["--parent", "root", "--cpu", "8", "--role", "gpu"]
    assert CliRunner().invoke(app, ["deploy", "5", *said]).exit_code == 0
    assert asked == [("POST", {"replicas": 5, "parent": "root", "cpu": 8, "role": "gpu"})]
    refused = CliRunner().invoke(app, ["deploy", "--role", "gpu"])
    assert refused.exit_code == 2
    assert "--role says what new nodes are, so it needs a number of nodes" in refused.stderr
    assert len(asked) == 1


def test_who_waits_hears_of_it_when_it_is_over(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["deploy", "5", "--wait"])
    assert (done.exit_code, done.stdout) == (0, "5 wanted, 5 there, 5 up, 0 leaving: settled\n")
    assert asked == [("POST", {"replicas": 5}), ("GET", None), ("GET", None)]


def test_without_a_number_it_is_said_how_far_it_is(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["deploy", "--json"])
    assert json.loads(done.stdout) == GROWING
    assert asked == [("GET", None)]


def test_who_waits_for_what_cannot_be_hears_why_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> dict[str, Any]:
        return HELD

    monkeypatch.setattr(LabClient, "ask", ask)
    done = CliRunner().invoke(app, ["deploy", "1", "--wait"])
    assert done.exit_code == 1
    assert "programs of others hang from amber" in done.stdout
    assert "not over within" not in done.stderr


def test_a_wait_that_is_too_short_is_a_failure_that_says_what_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ask(*_: object) -> dict[str, Any]:
        return STUCK

    monkeypatch.setattr(LabClient, "ask", ask)
    clock = SimpleNamespace(monotonic=iter([0.0, 2.0]).__next__)  # of the command alone, not of all threads
    monkeypatch.setattr("topowave.cli.deploy.time", clock)
    done = CliRunner().invoke(app, ["deploy", "5", "--wait", "--timeout", "1"])
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "5 wanted, 3 there, 3 up, 2 leaving: waiting (port 8009 is taken)",
        "  amber: 1 task runs here",
    ]
    assert "not over within 1 s; it goes on" in done.stderr


@pytest.mark.parametrize("nodes", ["0", "-3", "2.5", "many", ""])
def test_what_is_no_number_of_nodes_is_refused(asked: list[object], nodes: str) -> None:
    done = CliRunner().invoke(app, ["deploy", "--", nodes])
    assert done.exit_code == 2
    assert "expected a number of nodes, 1 or more, such as 30" in done.stderr
    assert asked == []
