import json
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient, LabError
from topowave.forecasts import FORECASTS
from topowave.forecasts.moving_average import MovingAverage

SCORED = {"values": 30, "error": 0.8, "coverage": 0.81, "better": 27.3}
NOT_YET = {"values": 0, "error": None, "coverage": None, "better": None}
PALM: dict[str, Any] = {"node": "palm", "cpu": 4, "cold": False, "bottleneck": False}
ANSWER: dict[str, Any] = {
    "forecast": "moving-average",
    "rounds": 12,
    "scored_rounds": 100,
    "coverage": 0.8,
    "alerts": 1,
    "hits": 1,
    "problem": None,
    "models": [
        {"name": "moving-average", "score": SCORED},
        {"name": "last-value", "score": NOT_YET},
        {"name": "holt-winters", "score": None},
    ],
    "nodes": [
        PALM | {"load": 2, "mean": 3.42, "low": 1, "high": 5.04, "bottleneck": True},
        PALM | {"node": "yew", "load": 0, "mean": 0, "low": 0, "high": 1, "cold": True},
    ],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which paths the command asks for; it is answered by ANSWER."""
    found: list[str] = []

    def ask(_: LabClient, method: str, path: str, body: object = None, wait_s: float = 0) -> dict[str, Any]:
        assert (method, body) == ("GET", None)
        found.append(path)
        if "nobody" in path:
            raise LabError("there is no node 'nobody' in this topology")
        return ANSWER

    monkeypatch.setattr(LabClient, "ask", ask)
    return found


def test_the_forecasts_are_listed_without_a_lab_and_say_what_they_lack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: type[MovingAverage]) -> str:
        return "something is missing"

    monkeypatch.setattr(MovingAverage, "missing", classmethod(missing))
    done = CliRunner().invoke(app, ["forecast", "list"])
    assert done.exit_code == 0
    for name, kind in FORECASTS.items():
        assert any(line.split("  ", 1) == [name, line.split("  ", 1)[1]] for line in done.stdout.splitlines())
        assert kind.summary in done.stdout
    assert "  something is missing\n" in done.stdout
    told = json.loads(CliRunner().invoke(app, ["forecast", "list", "--json"]).stdout)
    assert [each["name"] for each in told] == list(FORECASTS)
    assert [each["missing"] for each in told if each["name"] == "moving-average"] == ["something is missing"]


def test_what_is_predicted_now_is_shown_beside_the_scores(asked: list[str]) -> None:
    done = CliRunner().invoke(app, ["forecast", "show"])
    assert (done.exit_code, asked) == (0, ["/forecasts"])
    assert [line.split() for line in done.stdout.splitlines() if line][1:] == [
        ["model", "error", "better", "covered", "loads"],
        ["moving-average", "0.80", "27", "%", "81%", "30"],
        ["last-value", "-", "-", "-", "0"],
        ["node", "cpu", "load", "predicted", "from", "to", "said"],
        ["palm", "4", "2", "3.4", "1.0", "5.0", "bottleneck"],
        ["yew", "4", "0", "0.0", "0.0", "1.0", "cold"],
    ]
    first = "forecast moving-average: 12 rounds learnt; 1 bottleneck predicted so far, 1 of them right"
    assert done.stdout.startswith(f"{first}\n")


def test_one_node_is_asked_for_by_its_name_and_json_is_what_the_balancer_says(asked: list[str]) -> None:
    done = CliRunner().invoke(app, ["forecast", "show", "a b", "--json"])
    assert (asked, json.loads(done.stdout)) == (["/forecasts?node=a%20b"], ANSWER)
    done = CliRunner().invoke(app, ["forecast", "show", "nobody"])
    assert (done.exit_code, done.stderr) == (1, "there is no node 'nobody' in this topology\n")


def test_a_lab_without_a_forecast_and_one_whose_forecast_fails_say_so(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty: dict[str, list[Any]] = {"models": [], "nodes": []}
    monkeypatch.setitem(ANSWER, "problem", "the forecast moving-average failed: no change")
    assert "nothing is predicted now: the forecast moving-average failed" in (
        CliRunner().invoke(app, ["forecast", "show"]).stdout
    )
    for name, value in {"forecast": "none", **empty}.items():
        monkeypatch.setitem(ANSWER, name, value)
    done = CliRunner().invoke(app, ["forecast", "show"])
    assert (done.exit_code, done.stdout.startswith("nothing predicts here")) == (0, True)
    assert asked == ["/forecasts"] * 2
