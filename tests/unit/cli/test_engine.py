"""`topowave engine run`: one line a result, and exit codes as everywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.engine import AT_ONCE
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


def test_more_tasks_than_are_submitted_at_once_have_their_results_in_order(
    double: Path, tmp_path: Path
) -> None:
    many = 2 * AT_ONCE + 17
    batch = tmp_path / "batch.jsonl"
    lines = [json.dumps({"params": {"value": number}}) for number in range(many)]
    batch.write_text("\n".join(lines), "utf-8")
    code, out, err = run(double, "--batch", batch)
    assert (code, err) == (0, "")
    assert [int(line) for line in out.splitlines()] == [2 * number for number in range(many)]


def test_a_single_failure_is_one_sentence(double: Path) -> None:
    assert run(double) == (1, "", f"{double}: line 4: KeyError: 'value'\n")


def test_failures_of_several_say_which_they_are(double: Path, tmp_path: Path) -> None:
    code, out, err = run(double, "--count", 2)
    assert (code, out) == (1, "")
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["task 1", "task 2", "2 of 2 failed"]
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"params": {"value": 1}}\n{}\n', "utf-8")
    code, out, err = run(double, "--batch", batch)
    assert (code, out) == (1, "2\n")
    assert err.splitlines() == [f"{batch}: line 2: {double}: line 4: KeyError: 'value'", "1 of 2 failed"]


def test_what_a_script_prints_goes_to_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "prints.py"
    path.write_text(DOUBLE.replace("return 2", "print('hello', 'you'); return 2"), "utf-8")
    assert run(path, "-p", '{"value": 2}') == (0, "4\n", "hello you\n")


def test_so_many_processes_run_it_as_asked_with_so_much_memory(tmp_path: Path) -> None:
    path = tmp_path / "hungry.py"
    path.write_text(DOUBLE.replace("return 2", "len(bytearray(params['bytes'])); return 2"), "utf-8")
    params = '{"value": 1, "bytes": 200000000}'
    words = (path, "--params", params, "--count", 4, "--workers", 1, "--json")
    code, out, _ = run(*words, "--memory", 1_000)
    assert (code, {json.loads(line)["worker"] for line in out.splitlines()}) == (0, {"cpu-1"})
    code, out, _ = run(*words, "--memory", 100)
    assert (code, {json.loads(line)["reason"] for line in out.splitlines()}) == (1, {"memory"})


def test_an_example_is_run_by_its_name() -> None:
    code, out, err = run("pi", "--params", '{"samples": 1000, "seed": 1}')
    assert (code, json.loads(out)["samples"], err) == (0, 1000, "")


def test_the_examples_are_listed() -> None:
    done = CliRunner().invoke(app, ["engine", "examples"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "pi          Estimates pi" in done.stdout
    rows = json.loads(CliRunner().invoke(app, ["engine", "examples", "--json"]).stdout)
    assert [Path(row["file"]).stem for row in rows] == [row["name"] for row in rows]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--params", "{"], "--params: not JSON: Expecting property name"),
        (["--params", "NaN"], "--params: NaN is no JSON"),
        (["--params", "[1e999]"], "--params are no JSON: Out of range"),
        (["--params", '{"a": 1, "a": 2}'], "--params: the key 'a' is there twice"),
        (["--timeout", "0"], "--timeout must be a number of seconds above 0"),
        (["--timeout", "nan"], "--timeout must be a number of seconds above 0, found nan"),
        (["--count", "0"], "Invalid value for '--count'"),
        (["--count", "many"], "Invalid value for '--count'"),
        (["--workers", "0"], "Invalid value for '--workers'"),
        (["--memory", "-1"], "Invalid value for '--memory'"),
        (["--retries", "-1"], "Invalid value for '--retries'"),
        (["--type", "gpu"], "'gpu' is not one of 'cpu', 'io'"),
        (["--batch", "nothing.jsonl"], "nothing.jsonl: No such file or directory"),
        (["--batch", "b.jsonl", "--params", "{}"], "--params and --count go without it"),
        (["--batch", "b.jsonl", "--count", "1"], "--params and --count go without it"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_use_is_refused_with_code_2(words: list[str], said: str, as_json: bool, double: Path) -> None:
    code, out, err = run(double, *words, *(["--json"] if as_json else []))
    assert code == 2
    assert said in err
    assert said in json.loads(out)["problems"][0] if as_json else not out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing.py", "nothing.py: there is no such file"),
        (".", ".: is not a file"),
        (
            "pie",
            "there is no example 'pie', and no such file; "
            "there are faulty, fetch, pi, transcode, word_count, or a FILE.py",
        ),
    ],
)
def test_a_script_that_is_not_there_is_refused_before_anything_is_started(name: str, said: str) -> None:
    assert run(name) == (2, "", f"{said}\n")


def test_every_bad_line_of_a_batch_is_told(double: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"param": 1}\n[]\n{"priority": "urgent"}\n', "utf-8")
    code, _, err = run(double, "--batch", batch)
    assert code == 2
    lines = [line.removeprefix(f"{batch}: ").partition(":")[0] for line in err.splitlines()]
    assert lines == ["line 1", "line 2", "line 3"]


@pytest.fixture
def sleeper(tmp_path: Path) -> Path:
    path = tmp_path / "sleeper.py"
    path.write_text(DOUBLE.replace("return 2", "import time; time.sleep(params['s']); return 2"), "utf-8")
    return path


def started(
    *words: object, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start the command as in the foreground of a terminal: Ctrl-C is not ignored."""
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.argv = ['topowave', 'engine', 'run', *sys.argv[1:]]\n"
        "from topowave.cli.main import main; main()\n"
    )
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr)


def test_ctrl_c_ends_it_with_what_was_printed(sleeper: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        "".join(f'{{"params": {{"value": 1, "s": {seconds}}}}}\n' for seconds in (0, 1000, 1000)), "utf-8"
    )
    with started(sleeper, "--batch", batch) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"2\n"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert (running.returncode, out) == (3, b"")
    assert err == b"interrupted: what was not printed was not done, or is lost\n"


def test_a_reader_that_goes_away_ends_it(double: Path) -> None:
    words = (double, "--params", '{"value": 1}', "--count", 100_000)
    with started(*words) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"2\n"
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_it_with_a_sentence(double: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        words = (double, "--params", '{"value": 1}', "--count", 100_000)
        with started(*words, stdout=full.fileno()) as running:
            assert running.stderr is not None
            said = running.stderr.read()
    assert said == b"standard output: cannot be written: No space left on device\n"
    assert running.returncode == 1


def test_results_go_to_a_file_while_the_bar_is_drawn_on_the_terminal(double: Path) -> None:
    ours, theirs = os.openpty()
    words = (double, "--params", '{"value": 1}', "--count", 3)
    with started(*words, stderr=theirs) as running, os.fdopen(ours, "rb") as screen:
        os.close(theirs)
        out, _ = running.communicate()
        assert b"tasks" in screen.read1()
    assert (running.returncode, out) == (0, b"2\n2\n2\n")
