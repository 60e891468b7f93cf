"""`topowave task`, against a balancer that the test plays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.main import app
from topowave.client import LabError

ABOUT = {"title": "A pie", "category": "", "priority": "high"}
TASK = {"id": "palm.1-3.1", "status": "completed", "node": "palm", "attempts": 1, "kind": "script"} | ABOUT
OUTCOME = {"result": {"pi": 3}, "reason": None, "error": None, "duration": 0.5, "output": ""}
EVENT = {"time": 1.5, "node": "palm", "what": "assigned"}


def added(*ids: str) -> dict[str, Any]:
    return {"status": "ok", "count": len(ids), "tasks": [{"id": each, "node": "palm"} for each in ids]}


def over(status: str = "completed", **more: object) -> dict[str, Any]:
    return {**TASK, **OUTCOME, "history": [EVENT], "status": status, **more}


def test_a_task_is_submitted_with_what_was_said_and_its_ids_are_shown(
    balancer: PlayedBalancer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("", "utf-8")
    balancer.answers = [added("palm.1-3.1", "palm.1-3.2")]
    options = ["--params", "[1]", "--type", "io", "--node", "palm", "--count", "2", "--title", "T"]
    done = CliRunner().invoke(app, ["task", "submit", "mine.py", *options, "--priority", "high"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["id          node", "palm.1-3.1  palm", "palm.1-3.2  palm"]
    order = {"script": str(tmp_path / "mine.py"), "params": [1], "type": "io", "count": 2, "node": "palm"}
    assert balancer.asked == [("POST", "/tasks", order | {"title": "T", "priority": "high"})]


def test_who_waits_gets_the_results_and_a_failed_one_is_exit_code_1(balancer: PlayedBalancer) -> None:
    failed = over("failed", result=None, reason="raised", error="line 7: no")
    balancer.answers = [added("a.1-1.1", "a.1-1.2"), over("running"), over(), failed]
    done = CliRunner().invoke(app, ["task", "submit", "pi", "--count", "2", "--wait"])
    assert done.exit_code == 1
    assert done.stdout == '{"pi": 3}\n'
    assert "is failed: line 7: no" in done.stderr
    assert [path for _, path, _ in balancer.asked[1:3]] == ["/tasks/a.1-1.1?wait=20"] * 2


def test_who_comes_too_late_for_a_result_is_told_so_and_gets_exit_code_1(balancer: PlayedBalancer) -> None:
    balancer.answers = [over(result=None, reason="not_kept", error="too old")]
    done = CliRunner().invoke(app, ["task", "wait", "a.1-1.1"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "palm.1-3.1 is completed: too old\n"


def test_params_that_are_no_json_are_refused_before_anything_is_asked(balancer: PlayedBalancer) -> None:
    done = CliRunner().invoke(app, ["task", "submit", "pi", "--params", "{"])
    assert (done.exit_code, balancer.asked) == (2, [])
    assert "--params: not JSON" in done.stderr


def test_what_the_lab_refuses_is_told_and_is_json_where_that_was_asked_for(balancer: PlayedBalancer) -> None:
    for command in (["submit", "x"], ["list"], ["show", "x"], ["cancel", "x"], ["wait", "x"]):
        balancer.answers = [LabError("the lab refuses: no"), LabError("the lab refuses: no")]
        done = CliRunner().invoke(app, ["task", *command])
        assert (done.exit_code, done.stdout, "refuses: no" in done.stderr) == (1, "", True)
        done = CliRunner().invoke(app, ["task", *command, "--json"])
        assert json.loads(done.stdout) == {"problems": ["the lab refuses: no"]}


def test_a_task_is_shown_with_its_history_and_cancelled(balancer: PlayedBalancer) -> None:
    balancer.answers = [over(), {"task": "palm.1-3.1", "node": "palm", "was": "running"}]
    done = CliRunner().invoke(app, ["task", "show", "palm.1-3.1"])
    assert 'result    {"pi": 3}' in done.stdout
    assert done.stdout.endswith("1.500  palm: assigned\n")
    done = CliRunner().invoke(app, ["task", "cancel", "palm.1-3.1"])
    assert done.stdout == "palm.1-3.1 is cancelled; it was running\n"
    assert balancer.asked[1] == ("DELETE", "/tasks/palm.1-3.1", None)


def test_whole_tasks_are_json_for_programs(balancer: PlayedBalancer) -> None:
    for command in (["show", "x"], ["wait", "x"]):
        balancer.answers = [over()]
        done = CliRunner().invoke(app, ["task", *command, "--json"])
        assert (done.exit_code, json.loads(done.stdout)) == (0, over())
