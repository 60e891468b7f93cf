"""`topowave config`, against a balancer that the test plays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient, LabError

SETTINGS = {
    "max_cpu": 75.0,
    "task_time": 10.0,
    "rebalance_interval": 5.0,
    "link_delay": 0.0,
    "wave_timeout": 10.0,
    "policy": "max-load-heap",
    "placement": "least-loaded",
    "discipline": "priority",
    "forecast": "none",
    "autoscale": "off",
    "min_replicas": 1,
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, object]]:
    """What the command asks for; it is answered as a lab would that has a stopped node."""
    found: list[tuple[str, str, object]] = []

    def ask(_: LabClient, method: str, path: str, body: object = None) -> dict[str, Any]:
        found.append((method, path, body))
        if not isinstance(body, dict):
            return SETTINGS
        return {"status": "ok", "settings": SETTINGS | body, "not_yet": ["amber"]}

    monkeypatch.setattr(LabClient, "ask", ask)
    return found


def test_without_changes_the_settings_are_shown_with_their_units(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "max_cpu             75 percent",
        "task_time           10 s",
        "rebalance_interval  5 s",
        "link_delay          0 ms",
        "wave_timeout        10 s",
        "policy              max-load-heap",
        "placement           least-loaded",
        "discipline          priority",
        "forecast            none",
        "autoscale           off",
        "min_replicas        1",
    ]
    assert asked == [("GET", "/config", None)]


def test_changes_are_asked_for_together_and_who_has_them_not_yet_is_named(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config", "link_delay=1000", "task_time=0.5"])
    assert done.exit_code == 0
    assert asked == [("PATCH", "/config", {"link_delay": 1000.0, "task_time": 0.5})]
    assert "link_delay          1000 ms" in done.stdout
    assert done.stdout.endswith("not yet at amber, which take it when they go on\n")


def test_a_policy_is_named_and_no_number(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config", "policy=tree-exact", "max_cpu=90"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert asked == [("PATCH", "/config", {"policy": "tree-exact", "max_cpu": 90.0})]
    assert "policy              tree-exact" in done.stdout


def test_a_whole_number_is_asked_for_as_one(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config", "autoscale=measured", "min_replicas=3", "target_load=80.0"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert asked == [("PATCH", "/config", {"autoscale": "measured", "min_replicas": 3, "target_load": 80.0})]
    assert [type(value) for value in asked[0][2].values()] == [str, int, float]  # type: ignore[index]
    assert "min_replicas        3" in done.stdout


def test_json_is_what_the_balancer_says(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config", "--json"])
    assert json.loads(done.stdout) == SETTINGS
    assert len(asked) == 1


@pytest.mark.parametrize(
    "word",
    ["link_delay", "link_delay=", "link_delay=fast", "link_delay=nan", "300", "=inf", "längd=3", "policy="],
)
def test_what_is_no_number_is_refused_before_anybody_is_asked(asked: list[object], word: str) -> None:
    done = CliRunner().invoke(app, ["config", word])
    assert (done.exit_code, asked) == (2, [])
    assert done.stderr == f"{word}: expected SETTING=NUMBER, such as link_delay=300\n"


def test_a_refusal_is_told_in_the_lab_s_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> dict[str, Any]:
        raise LabError("the lab at http://localhost:7999 refuses: link_delay is too long")

    monkeypatch.setattr(LabClient, "ask", ask)
    done = CliRunner().invoke(app, ["config", "link_delay=20000"])
    assert done.exit_code == 1
    assert "refuses: link_delay is too long" in done.stderr


def test_a_setting_that_is_no_utf_8_is_refused_before_anybody_is_asked(asked: list[object]) -> None:
    done = CliRunner().invoke(app, ["config", "\udcff=3"])
    assert (done.exit_code, asked) == (2, [])
    assert "udcff=3: expected SETTING=NUMBER" in done.stderr
