"""`topowave task`, against a balancer that the test plays."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.main import app
from topowave.client import LabError

ABOUT = {"title": "A pie", "category": "", "priority": "high"}
TASK = {"id": "palm.1-3.1", "status": "completed", "node": "palm", "attempts": 1, "kind": "script"} | ABOUT
OUTCOME = {"result": {"pi": 3}, "reason": None, "error": None, "took": 0.5, "output": ""}
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
    assert "category" not in done.stdout
    assert done.stdout.endswith(f"{told_time(1.5)}  palm: assigned\n")
    done = CliRunner().invoke(app, ["task", "cancel", "palm.1-3.1"])
    assert done.stdout == "palm.1-3.1 is cancelled; it was running\n"
    assert balancer.asked[1] == ("DELETE", "/tasks/palm.1-3.1", None)


def test_what_is_shown_of_a_task_stands_in_columns_with_times_and_units(balancer: PlayedBalancer) -> None:
    more: dict[str, Any] = {
        "submitted_at": 1_795_731_114.5,
        "max_attempts": 3,
        "timeout": 2.5,
        "deadline": None,
    }
    balancer.answers = [
        {"id": "palm.1-3.1", **more, "params": [], "result": "", "output": "a\nb\n", "history": []}
    ]
    done = CliRunner().invoke(app, ["task", "show", "palm.1-3.1"])
    assert done.stdout.splitlines() == [
        "id            palm.1-3.1",
        f"submitted_at  {told_time(1_795_731_114.5)}",
        "max_attempts  3",
        "timeout       2.5 s",
        "params        []",
        'result        ""',
        "output        a",
        "              b",
    ]


def told_time(seconds: float) -> str:
    """Return a moment as the clock of this machine says it."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")


def test_whole_tasks_are_json_for_programs(balancer: PlayedBalancer) -> None:
    for command in (["show", "x"], ["wait", "x"]):
        balancer.answers = [over()]
        done = CliRunner().invoke(app, ["task", *command, "--json"])
        assert (done.exit_code, json.loads(done.stdout)) == (0, over())


def test_everything_that_is_said_of_a_task_is_in_the_order(balancer: PlayedBalancer) -> None:
    balancer.answers = [
        {"status": "ok", "count": 1, "request": "r", "tasks": [{"id": "lab.1", "node": None}]}
    ]
    options = [
        *("--category", "video", "--weight", "2", "--roles", "gpu, io", "--deadline", "60"),
        *("--max-attempts", "3", "--backoff", "0.5", "--request", "tonight", "--duration", "1.5"),
    ]
    done = CliRunner().invoke(app, ["task", "submit", *options])
    assert done.stdout.splitlines() == ["id     node", "lab.1"]
    said = {"category": "video", "weight": 2, "roles": ["gpu", "io"], "deadline": 60.0, "max_attempts": 3}
    assert balancer.asked == [
        ("POST", "/tasks", said | {"backoff": 0.5, "request": "tonight", "duration": 1.5})
    ]
    refused = CliRunner().invoke(app, ["task", "submit", "--params", "{}"])
    assert (refused.exit_code, refused.stderr) == (2, "--params belongs to a SCRIPT, and there is none\n")


def test_a_batch_has_an_order_a_line_with_what_is_said_of_all(
    balancer: PlayedBalancer, tmp_path: Path
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text('{"script": "pi", "priority": "low"}\n\n{"count": 2, "node": "palm"}\n', "utf-8")
    balancer.answers = [added("a.1-1.1", "a.1-1.2", "a.1-1.3")]
    done = CliRunner().invoke(app, ["task", "submit", "--batch", str(file), "--priority", "high"])
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 4)
    first = {"script": "pi", "priority": "low"}
    second = {"count": 2, "node": "palm", "priority": "high"}
    assert balancer.asked == [("POST", "/tasks", [first, second])]


def test_a_large_batch_is_several_requests_of_one_name_and_its_lines_are_named(
    balancer: PlayedBalancer, tmp_path: Path
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text("".join(f'{{"count": {count}}}\n' for count in (900, 100, 1, 999, 5)), "utf-8")
    refusal = LabError("the lab refuses: body.0.count: no; body.1: also")
    balancer.answers = [added("a.1-1.1"), refusal]
    done = CliRunner().invoke(app, ["task", "submit", "--batch", str(file), "--json"])
    assert done.exit_code == 1
    orders: list[Any] = [body for _, _, body in balancer.asked]
    assert [[order["count"] for order in each] for each in orders] == [[900, 100], [1, 999]]
    assert len({order["request"] for each in orders for order in each}) == 1
    text = f"the lab refuses: {file}: line 3.count: no; {file}: line 4: also"
    assert json.loads(done.stdout) == {"problems": [text], "tasks": [{"id": "a.1-1.1", "node": "palm"}]}
    assert f"1 task was added before; line 3 of {file} is the next" in done.stderr


def test_bad_lines_of_a_batch_are_refused_before_anything_is_asked(
    balancer: PlayedBalancer, tmp_path: Path
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text('{"script": "pi"}\n[1]\n{"a": 1, "a": 2}\n{\n', "utf-8")
    done = CliRunner().invoke(app, ["task", "submit", "--batch", str(file)])
    assert (done.exit_code, balancer.asked) == (2, [])
    assert [line.removeprefix(str(file)) for line in done.stderr.splitlines()] == [
        ': line 2: expected an object like {"script": ...}',
        ": line 3: the key 'a' is there twice",
        ": line 4: not JSON: Expecting property name enclosed in double quotes (column 2)",
    ]
    file.write_text("\n", "utf-8")
    assert (
        "there is no task in it" in CliRunner().invoke(app, ["task", "submit", "--batch", str(file)]).stderr
    )


def test_all_tasks_of_a_request_are_waited_for(balancer: PlayedBalancer) -> None:
    first: dict[str, Any] = {"tasks": [{"id": "a"}], "next": "c1"}
    balancer.answers = [first, {"tasks": [{"id": "b"}], "next": None}, over(), over()]
    done = CliRunner().invoke(app, ["task", "wait", "--request", "to night"])
    assert (done.exit_code, done.stdout) == (0, '{"pi": 3}\n' * 2)
    paths = [path for _, path, _ in balancer.asked]
    query = "/tasks?request=to%20night&limit=1000"
    assert paths == [query, f"{query}&cursor=c1", "/tasks/a?wait=20", "/tasks/b?wait=20"]
    balancer.answers = [{"tasks": [], "next": None}]
    done = CliRunner().invoke(app, ["task", "wait", "--request", "r"])
    assert (done.exit_code, "no task of a request 'r'" in done.stderr) == (1, True)
    assert CliRunner().invoke(app, ["task", "wait"]).exit_code == 2
    assert CliRunner().invoke(app, ["task", "wait", "a", "--request", "r"]).exit_code == 2


def test_failed_tasks_are_put_back_and_waiting_ones_made_urgent(balancer: PlayedBalancer) -> None:
    balancer.answers = [{"task": "a"}, {"task": "b"}, {"task": "a", "priority": "critical"}]
    assert (
        CliRunner().invoke(app, ["task", "retry", "a", "b"]).stdout
        == "a is pending again\nb is pending again\n"
    )
    done = CliRunner().invoke(app, ["task", "priority", "a", "critical"])
    assert done.stdout == "a has the priority critical\n"
    assert balancer.asked == [
        ("POST", "/tasks/a/retry", None),
        ("POST", "/tasks/b/retry", None),
        ("PATCH", "/tasks/a", {"priority": "critical"}),
    ]


def test_one_command_has_one_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, made, asked = httpx.Client, list[httpx.Client](), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.method == "POST":
            retried = request.url.path.endswith("/retry")
            return httpx.Response(200, json={"task": "x"} if retried else added("a.1-1.1", "a.1-1.2"))
        if request.url.path == "/tasks":
            more = "there is more" if "cursor" not in request.url.params else None
            return httpx.Response(200, json={"tasks": [over()], "next": more})
        return httpx.Response(200, json=over())

    def client(**options: Any) -> httpx.Client:
        made.append(plain(**options, transport=httpx.MockTransport(answer)))
        return made[-1]

    monkeypatch.setattr(httpx, "Client", client)
    file = tmp_path / "orders.jsonl"
    file.write_text('{"count": 600}\n' * 3, "utf-8")
    for command, requests in (
        (["wait", "a", "b", "c"], 3),
        (["wait", "--request", "r"], 4),
        (["list", "--limit", "2"], 2),
        (["retry", "a", "b"], 2),
        (["submit", "--batch", str(file), "--wait"], 3 + 6),
    ):
        done = CliRunner().invoke(app, ["task", *command])
        assert (done.exit_code, len(asked), len(made), made[0].is_closed) == (0, requests, 1, True), command
        asked.clear()
        made.clear()
