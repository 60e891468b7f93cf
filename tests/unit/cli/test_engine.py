"""`topowave engine run`: one line a result, and exit codes as everywhere."""

from __future__ import annotations

import json
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app

DOUBLE = """
class Double:
    def run(self, params):
        return 2 * params["value"]

def module():
    return Double()
"""


@pytest.fixture(scope="module", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


@pytest.fixture
def double(tmp_path: Path) -> Path:
    path = tmp_path / "double.py"
    path.write_text(DOUBLE, "utf-8")
    return path


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["engine", "run", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_a_script_is_run_as_often_as_asked(double: Path) -> None:
    assert run(double, "--params", '{"value": 10}', "--count", 3) == (0, "20\n20\n20\n", "")


def test_a_batch_has_its_results_in_order_and_tells_what_failed(double: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"params": {"value": 1}}\n\n{"type": "io"}\n{"params": {"value": 3}}\n', "utf-8")
    code, out, err = run(double, "--batch", batch, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["status"], line["data"], line["reason"]) for line in lines] == [
        ("completed", 2, None),
        ("failed", None, "raised"),
        ("completed", 6, None),
    ]
    assert (code, err) == (1, "1 of 3 failed\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--params", "{"], "--params: is not JSON"),
        (["--timeout", "0"], "timeout must be a number of seconds above 0"),
        (["--batch", "nothing.jsonl"], "nothing.jsonl: No such file or directory"),
    ],
)
def test_wrong_use_is_refused_with_code_2(words: list[str], said: str, double: Path) -> None:
    code, out, err = run(double, *words)
    assert (code, out) == (2, "")
    assert said in err


def test_every_bad_line_of_a_batch_is_told(double: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"param": 1}\n[]\n{"priority": "urgent"}\n', "utf-8")
    code, _, err = run(double, "--batch", batch)
    assert code == 2
    problems = err.splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in problems] == ["line 1", "line 2", "line 3"]
    assert "unknown 'param'; there are params, type" in problems[0]
