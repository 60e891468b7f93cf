"""Whatever a class does, there is one answer, with an exit code that says what kind it is."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.waiting import until
from topowave.cli import class_process
from topowave.cli.class_process import Answer, Teller, in_own_process
from topowave.cli.main import app

HEAD = "import ctypes, os, signal, sys, time\nfrom topowave import *\n\nclass Mine(Algorithm):\n"
COMMANDS = pytest.mark.parametrize("command", ["simulate", "check"])


def ran(command: str, folder: Path, body: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """Return exit code, JSON and complaints of a command with a class whose body begins in line 5."""
    (folder / "mine.py").write_text(HEAD + body, "utf-8")
    result = CliRunner().invoke(
        app, [command, f"{folder / 'mine.py'}:Mine", "-t", "path:2:1", "--json", *options]
    )
    return result.exit_code, json.loads(result.stdout), result.stderr


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has, too."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return True


@COMMANDS
@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("os._exit(0)", "its process ended in the middle, with exit code 0"),
        ("os._exit(7)", "its process ended in the middle, with exit code 7"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
        ("ctypes.string_at(0)", "its process was killed by SIGSEGV ("),
    ],
)
def test_a_class_that_ends_the_process_ends_the_command_with_4(
    tmp_path: Path, command: str, act: str, said: str
) -> None:
    code, data, complained = ran(command, tmp_path, f"    def on_start(self): {act}\n")
    assert (code, data["ending"]) == (4, "ended")
    assert said in data["mistake"]
    assert said in complained
    assert "Traceback" not in complained
    assert data["algorithm"]


def test_what_was_known_is_told_all_the_same(tmp_path: Path) -> None:
    _, data, _ = ran("simulate", tmp_path, "    def on_start(self): os._exit(0)\n")
    assert (data["nodes"], data["links"], data["holds"]["decision"]) == (2, 1, None)
    done = CliRunner().invoke(app, ["simulate", f"{tmp_path / 'mine.py'}:Mine", "-t", "path:2:1"])
    assert done.stdout.splitlines()[:2] == ["mine", "  network      path:2:1: 2 nodes, 1 links"]


@COMMANDS
def test_so_does_one_that_does_it_while_it_is_loaded(tmp_path: Path, command: str) -> None:
    code, data, complained = ran(command, tmp_path, "    os._exit(0)\n")
    assert (code, data["ending"]) == (4, "ended")
    assert "no run had begun" in complained


@COMMANDS
@pytest.mark.parametrize("act", ["raise KeyboardInterrupt", "sys.exit(0)", "raise SystemExit", "1 / 0"])
def test_what_a_handler_raises_is_a_mistake_and_ends_with_1(tmp_path: Path, command: str, act: str) -> None:
    code, data, _ = ran(command, tmp_path, f"    def on_start(self): {act}\n")
    assert code == 1
    assert f"mine.py, line 5: def on_start(self): {act}" in json.dumps(data)


@pytest.mark.slow
@COMMANDS
@pytest.mark.parametrize(
    "act",
    [
        "sum(range(10**11))",  # a call of C of about an hour, which no signal ends
        "time.sleep(1000)",
        "any(iter(int, 1))",
    ],
)
def test_the_time_holds_whatever_a_handler_does(tmp_path: Path, command: str, act: str) -> None:
    code, data, complained = ran(command, tmp_path, f"    def on_start(self): {act}\n", "--time", "0.5")
    assert code == 3
    assert "time" in {data.get("ending"), *(each["stopped"] for each in data.get("checked", ()))}
    assert "Traceback" not in complained


def test_a_call_of_c_that_does_not_return_is_ended_and_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topowave.cli.class_process.HANDLER_DEADLINE_S", -1.0)
    code, data, _ = ran("simulate", tmp_path, "    def on_start(self):\n        sum(range(10**11))\n")
    assert (code, data["ending"]) == (4, "ended")
    assert data["mistake"].endswith("mine.py, line 6: sum(range(10**11)))")


def test_a_class_that_hears_no_signal_is_ended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.cli.class_process.HANDLER_DEADLINE_S", -1.0)
    monkeypatch.setattr("topowave.cli.class_process.DUMP_S", 0.1)
    body = (
        "    def on_start(self):\n"
        "        for number in (signal.SIGALRM, signal.SIGUSR2): signal.signal(number, signal.SIG_IGN)\n"
        "        while True: pass\n"
    )
    code, data, _ = ran("simulate", tmp_path, body)
    assert (code, data["ending"]) == (4, "ended")


@pytest.mark.slow
@COMMANDS
def test_handlers_that_catch_everything_cannot_outlast_the_time(tmp_path: Path, command: str) -> None:
    body = (
        "    def on_start(self):\n        while True:\n            try: time.sleep(1)\n"
        "            except BaseException: pass\n"
    )
    code, data, _ = ran(command, tmp_path, body, "--time", "0.5")
    assert (code, data["ending"]) == (3, "time")


@COMMANDS
def test_the_memory_holds(tmp_path: Path, command: str) -> None:
    body = "    def on_start(self): self.kept = [bytes(10**9) for _ in range(1000)]\n"
    code, data, _ = ran(command, tmp_path, body, "--memory", "300")
    assert code == 3
    assert "memory" in {data.get("ending"), *(each["stopped"] for each in data.get("checked", ()))}


def test_a_message_that_keeps_doubling_is_told_before_it_takes_the_memory(tmp_path: Path) -> None:
    body = (
        "    def on_start(self): self.send_all(self.neighbors, ['token' * 1000])\n"
        "    def on_message(self, sender, message): self.send(sender, message + message)\n"
    )
    code, data, _ = ran("simulate", tmp_path, body)
    assert code == 1
    assert "bytes; at most 4,128,768 can be sent" in data["mistake"]


@COMMANDS
def test_json_answers_a_refusal_too(tmp_path: Path, command: str) -> None:
    code, data, complained = ran(command, tmp_path, "    decider = 'one'\n")
    assert code == 2
    assert len(data["problems"]) == 1
    assert "did you mean deciders" in data["problems"][0]
    assert "did you mean deciders" in complained


def test_a_run_that_a_limit_ends_is_not_finished(tmp_path: Path) -> None:
    body = (
        "    def on_start(self): self.send_all(self.neighbors, 1)\n"
        "    def on_message(self, sender, message): self.send(sender, 1)\n"
    )
    code, data, complained = ran("simulate", tmp_path, body, "--max-events", "50")
    assert (code, data["ending"]) == (3, "limit")
    assert "so far" in complained


def test_whatever_a_class_prints_stays_out_of_the_answer(tmp_path: Path) -> None:
    body = "    def on_start(self): os.write(1, b'one '); os.system('echo two'); self.decide()\n"
    _, data, complained = ran("simulate", tmp_path, body)
    assert data["deciders"] == ["root"]
    assert "one two" in complained


def test_a_class_that_forks_answers_once(tmp_path: Path) -> None:
    code, data, _ = ran("simulate", tmp_path, "    def on_start(self): os.fork(); self.decide()\n")
    assert (code, data["deciders"]) == (1, ["root"])


def test_what_a_class_forks_does_not_outlive_it(tmp_path: Path) -> None:
    body = (
        "    def on_start(self):\n"
        "        self.forked = os.fork()\n"
        "        while not self.forked: time.sleep(1)\n"
        "        self.decide(self.forked)\n"
    )
    _, data, _ = ran("simulate", tmp_path, body)
    (forked,) = data["decisions"].values()
    until(lambda: is_gone(forked))


def test_a_program_that_a_class_starts_ends_with_its_run(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    body = f"""    def on_start(self):
        import subprocess
        with open({str(file)!r}, "w") as told:
            told.write(str(subprocess.Popen(["sleep", "1000"]).pid))
"""
    ran("simulate", tmp_path, body)
    pid = int(file.read_text("utf-8"))
    until(lambda: is_gone(pid))


def test_of_what_a_class_prints_without_end_some_is_shown_and_the_rest_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_process, "PRINTED_BYTES", 1000)
    body = "    def on_start(self):\n        print('x' * 1_000_000)\n"
    _, said, complaints = ran("simulate", tmp_path, body)
    assert said["ending"] == "quiet"
    assert complaints.count("x") < 1100
    assert "... 999,001 bytes more were printed by the class, and left out" in complaints


def test_a_class_reads_nothing_from_the_terminal(tmp_path: Path) -> None:
    _, data, _ = ran("simulate", tmp_path, "    def on_start(self): input()\n")
    assert "EOFError" in data["mistake"]


def _answer(work: Any, time_s: float | None = None) -> Answer:
    return in_own_process(work, time_s=time_s, memory_mb=None, progress=lambda *_: None)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C be heard, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_child_that_does_not_listen() -> None:
    def work(teller: Teller) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        teller.tell("known", "this")
        os.kill(os.getppid(), signal.SIGINT)
        sum(range(10**11))

    answer = _answer(work)
    assert (answer.why, answer.known, answer.result) == ("interrupted", "this", None)


def test_too_little_memory_is_told_and_no_fault_of_the_class() -> None:
    def work(_: object) -> dict[str, Any]:
        raise MemoryError

    answer = _answer(work)
    assert (answer.result, answer.why, answer.sentence) == (
        None,
        "memory",
        "there is not enough memory for it",
    )


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_is_passed_on() -> None:
    def work(teller: Teller) -> str:
        try:
            os.kill(os.getppid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            return "heard"
        return "not heard"

    before = signal.getsignal(signal.SIGINT)
    assert _answer(work).result == "heard"
    assert signal.getsignal(signal.SIGINT) is before


def test_the_result_is_what_the_work_returns_however_long() -> None:
    def work(_: Teller) -> str:
        return "x" * 3_000_000

    assert _answer(work).result == "x" * 3_000_000
