"""`--json` answers in every case, with the reason in an object; the exit code says of what kind it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.simulator import simulate

HEAD = "import os, signal, sys, time\nfrom topowave import *\n\nclass Mine(Algorithm):\n    wave = False\n"


def ran(*words: str | Path) -> tuple[int, dict[str, Any], str]:
    """Return exit code, what was printed as JSON, and the complaints."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, json.loads(done.stdout), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "--json"],
        ["simulate", "echo", "--sede", "3", "--json"],
        ["--json", "simulate", "echo"],
        ["simulate", "echo", "--json", "--seed", "three"],
        ["simulate", "echo", "--json", "--max-events", "0"],
        ["simulate", "echo", "--json", "--loss"],
        ["check", "--json"],
        ["check", "echo", "--json", "--memory", "-1"],
        ["check", "echo", "ring:3", "--json"],
        ["replay", "--json"],
        ["replay", "run.jsonl", "more.jsonl", "--json"],
        ["simlate", "echo", "--json"],
        ["algorithms", "--json", "--long"],
        ["status", "--json", "--balancer"],
    ],
)
def test_words_that_are_not_understood_end_with_2(words: list[str]) -> None:
    code, data, complained = ran(*words)
    assert code == 2
    assert list(data) == ["problems"]
    assert len(data["problems"]) == 1
    assert "Error: " in complained
    assert data["problems"][0] in " ".join(complained.split())


def test_words_behind_two_dashes_are_no_options() -> None:
    done = CliRunner().invoke(app, ["simulate", "echo", "--", "--json", "more"])
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["simulate", "echo", "-t", "gone.json"], "gone.json"),
        (["simulate", "gone.py:Mine", "-t", "ring:3"], "gone.py"),
        (["simulate", "echo", "-t", "ring:3", "--inputs", "gone.json"], "gone.json: there is no such file"),
        (["simulate", "echo", "-t", "ring:3", "--inputs", "."], "is a directory; expected a file"),
        (["simulate", "echo", "-t", "ring:3", "--ids", "gone.txt"], '"gone.txt" is neither a file nor'),
        (["simulate", "echo", "-t", "ring:3", "--fault", "gone.json"], "gone.json"),
        (["simulate", "echo", "-t", "ring:3", "--trace", "no/such/place"], "cannot be written"),
        (["simulate", "echo", "-t", "."], "."),
        (["check", "echo", "-t", "gone.json"], "gone.json"),
        (["check", "echo", "-t", "ring:3", "--ids", "gone.txt"], '"gone.txt" is neither a file nor'),
        (["replay", "gone.jsonl"], "gone.jsonl: No such file"),
        (["replay", "."], "Is a directory"),
        (["replay", __file__], "is not a JSON object"),
    ],
)
def test_a_file_that_cannot_be_read_or_written_ends_with_2(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, data, complained = ran(*words, "--json")
    assert code == 2
    assert said in "\n".join(data["problems"])
    assert said in complained


def recorded(folder: Path, body: str) -> tuple[Path, str]:
    """Return the trace of a class that does nothing, and the class that is held against it."""
    own = folder / "mine.py"
    own.write_text(HEAD + "    def on_start(self): self.decide(1)\n", "utf-8")
    trace = folder / "run.jsonl"
    simulate(f"{own}:Mine", "path:2:1", trace=trace)
    own.write_text(HEAD + body, "utf-8")
    return trace, f"{own}:Mine"


@pytest.mark.parametrize(
    ("act", "code", "said"),
    [
        ("self.decide(1)", 0, '"reproduced": true'),
        ("self.decide(2)", 1, "the trace has decide 1, the replay decide 2"),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt"),
        ("sys.exit(0)", 1, "SystemExit"),
        ("input()", 1, "EOFError"),
        ("os._exit(0)", 4, "its process ended in the middle, with exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 4, "was killed by SIGKILL"),
        ("os.kill(os.getppid(), signal.SIGINT); time.sleep(60)", 3, "interrupted"),
    ],
)
def test_a_replay_ends_with_the_code_of_what_its_class_does(
    act: str, code: int, said: str, tmp_path: Path
) -> None:
    trace, own = recorded(tmp_path, f"    def on_start(self): {act}\n")
    found, data, _ = ran("replay", trace, "-a", own, "--json")
    assert found == code
    assert said in json.dumps(data)


def test_what_a_class_prints_stays_out_of_a_replays_answer(tmp_path: Path) -> None:
    trace, own = recorded(
        tmp_path, "    def on_start(self): os.write(1, b'hello'); print(1); self.decide(1)\n"
    )
    code, data, complained = ran("replay", trace, "-a", own, "--json")
    assert (code, data["reproduced"]) == (0, True)
    assert "hello" in complained


def test_a_lab_that_does_not_answer_is_told_in_json(free_ports: Callable[[int], list[int]]) -> None:
    code, data, complained = ran("status", "--json", "--balancer", f"http://127.0.0.1:{free_ports(1)[0]}")
    assert code == 1
    assert data["problems"][0] in complained


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", full)
    code, data, _ = ran("simulate", "echo", "-t", "ring:3", "--json")
    assert code == 1
    assert data["problems"] == ["no process for the class can be started: Resource temporarily unavailable"]
