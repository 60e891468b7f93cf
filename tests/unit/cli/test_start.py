"""`topowave start`, against a balancer that the test plays."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.client import LabClient, LabError


@pytest.mark.parametrize(("others", "more"), [([], ""), (["birch", "cedar"], ", and with it birch, cedar")])
def test_what_is_started_is_said(monkeypatch: pytest.MonkeyPatch, others: list[str], more: str) -> None:
    def ask(_: LabClient, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("POST", "/nodes/a%20b/start")
        return {"status": "ok", "node": "a b", "action": "start", "others": others}

    monkeypatch.setattr(LabClient, "ask", ask)
    done = CliRunner().invoke(app, ["start", "a b"])
    assert (done.exit_code, done.stdout) == (0, f"a b is started again{more}\n")


def test_a_node_that_was_not_given_up_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_: LabClient, __: str, ___: str) -> dict[str, Any]:
        raise LabError("the lab at http://localhost:7999 refuses: node amber is up")

    monkeypatch.setattr(LabClient, "ask", ask)
    done = CliRunner().invoke(app, ["start", "amber"])
    assert done.exit_code == 1
    assert "refuses: node amber is up" in done.stderr


def test_a_name_that_is_no_utf_8_is_asked_for_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_: LabClient, __: str, path: str) -> dict[str, Any]:
        raise LabError(f"asked for {path}")

    monkeypatch.setattr(LabClient, "ask", ask)
    done = CliRunner().invoke(app, ["start", "b\udcff"])
    assert (done.exit_code, done.stderr) == (1, "asked for /nodes/b%FF/start\n")
