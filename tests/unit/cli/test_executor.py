"""`topowave executor`, against a balancer that the test plays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient, LabError

PALM: dict[str, Any] = {
    "name": "palm", "role": "leaf", "roles": ["gpu", "io"], "cpu": 2, "weight": 2.0, "limit": None,
    "active": True, "status": "active", "load": 3, "assigned": 1, "running": 2, "tasks": ["palm.1-1.1"],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, object]]:
    found: list[tuple[str, str, object]] = []

    def ask(_: LabClient, method: str, path: str, body: object = None, wait_s: float = 0) -> dict[str, Any]:
        assert not wait_s
        found.append((method, path, body))
        if path == "/executors/nobody":
            raise LabError("the lab at x refuses: there is no node 'nobody' in this topology")
        return {"executors": [PALM]} if method == "GET" else {"executor": PALM, "not_yet": ["yew"]}

    monkeypatch.setattr(LabClient, "ask", ask)
    return found


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["executor", *words])
    return result.exit_code, result.output


def test_executors_are_listed_in_a_table(asked: list[tuple[str, str, object]]) -> None:
    code, output = run("list")
    head, row = output.splitlines()
    assert head.split() == [
        "name",
        "role",
        "roles",
        "cpu",
        "weight",
        "limit",
        "status",
        "load",
        "assigned",
        "running",
    ]
    assert row.split() == ["palm", "leaf", "gpu,io", "2", "2", "none", "active", "3", "1", "2"]
    assert (code, asked) == (0, [("GET", "/executors", None)])
    assert json.loads(run("list", "--json")[1]) == {"executors": [PALM]}


def test_what_is_named_is_changed_and_nothing_else(asked: list[tuple[str, str, object]]) -> None:
    code, output = run("set", "palm", "--inactive", "--roles", "gpu, io", "--weight", "2.5", "--limit", "8")
    assert asked.pop() == (
        "PATCH",
        "/executors/palm",
        {"active": False, "weight": 2.5, "roles": ["gpu", "io"], "limit": 8},
    )
    assert (code, output.splitlines()[-1]) == (0, "not yet known at yew, which take it when they go on")
    assert run("set", "palm", "--active", "--roles", "", "--limit", "none", "--json")[0] == 0
    assert asked.pop()[2] == {"active": True, "roles": [], "limit": None}


def test_wrong_use_is_refused_and_what_the_lab_refuses_is_told(asked: list[tuple[str, str, object]]) -> None:
    assert run("set", "palm") == (
        2,
        "name what is to change: --active, --inactive, --roles, --weight or --limit\n",
    )
    assert run("set", "palm", "--limit", "many") == (2, "--limit many: expected a number of tasks, or none\n")
    assert asked == []
    code, output = run("set", "nobody", "--active", "--json")
    assert (code, output.splitlines()[-1]) == (
        1,
        "the lab at x refuses: there is no node 'nobody' in this topology",
    )
