"""What is printed is shown as far as it can be; a write that fails is told by a sentence and exit code 1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app
from topowave.cli.output import printable, relay, shown
from topowave.tasks import begin_run

FULL = Path("/dev/full")
"""A file on a disk that is always full; Linux has it."""
CANNOT = "cannot be written: No space left on device"
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def topowave(folder: Path, words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of the shell that begins with `topowave`."""
    line = words.replace("topowave", f"'{sys.executable}' -m topowave", 1)
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=os.environ | variables, capture_output=True, check=False
    )


def test_nothing_that_is_printed_steers_the_terminal() -> None:
    text = "a\tb\n\x1b[31mred\x07 \r\x9b2J \u202eback"
    seen = "a\tb\n\\u001b[31mred\\u0007 \\u000d\\u009b2J \\u202eback"
    assert printable(text, sys.stdout) == seen
    names = ["\x1b[31m", "\x9b", "\u202e", "\u061c", "São", "__proto__"]
    assert json.loads(printable(json.dumps(names, ensure_ascii=False), sys.stdout)) == names


def test_what_a_class_prints_steers_no_terminal_either(capsys: pytest.CaptureFixture[str]) -> None:
    relay("São\n\x1b[2Jgone\u202e\n".encode())
    assert capsys.readouterr().err == "São\n\\u001b[2Jgone\\u202e\n"


def test_a_program_whose_readers_are_gone_goes_on_and_ends_well() -> None:
    code = (
        "from topowave.cli.output import say, complain\n"
        "for _ in range(9): say('x' * 9999); complain('y' * 9999)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.slow
@needs_full
@pytest.mark.parametrize("words", ["topowave --help", "topowave topology generate -o -"])
def test_what_cannot_be_printed_is_told_with_exit_code_1(tmp_path: Path, words: str) -> None:
    done = topowave(tmp_path, f"{words} > {FULL}")
    assert done.returncode == 1
    assert f"standard output: {CANNOT}" in done.stderr.decode().splitlines()
    assert b"Traceback" not in done.stderr


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "echo", "-t", "ring:5", "--trace"],
        ["simulate", "echo", "-t", "ring:400", "--trace"],
        ["check", "wrong.py:Wrong", "-t", "path:2", "--trace"],
        ["topology", "generate", "-o"],
        ["draw", "run.jsonl", "-o"],
        ["replay", "run.jsonl", "--shiviz"],
    ],
)
def test_a_file_that_cannot_be_written_to_its_end_is_told_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    (tmp_path / "run.jsonl").write_text('{"version":1,"topology":"ring:3","algorithm":"echo"}\n')
    (tmp_path / "wrong.py").write_text(
        "from topowave import Algorithm\n\n\nclass Wrong(Algorithm):\n"
        "    def on_start(self): self.send_all(self.neighbors, 1)\n"
        "    def on_message(self, sender, message): pass\n"
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*words, str(FULL)])
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{FULL}: {CANNOT}\n")


def test_where_there_is_no_standard_output_the_command_does_its_work(tmp_path: Path) -> None:
    done = topowave(tmp_path, "topowave topology generate -n 5 -o made.json >&- 2>&-")
    assert done.returncode == 0
    assert (tmp_path / "made.json").is_file()


def test_what_an_encoding_lacks_is_shown_as_escapes_and_files_are_utf_8(tmp_path: Path) -> None:
    node = '{"name": "Zürich", "port": 8000, "cpu": 1, "children": []}'
    (tmp_path / "Zürich.json").write_text(node, "utf-8")
    done = topowave(tmp_path, "topowave topology convert Zürich.json Bär.dot", PYTHONIOENCODING="ascii")
    assert done.stdout.startswith(rb"B\xe4r.dot: 1 node")
    assert done.returncode == 0
    assert "Zürich" in (tmp_path / "Bär.dot").read_text("utf-8")


def test_folders_and_files_may_have_names_that_are_no_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / os.fsdecode(b"b\xe4r")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this system has UTF-8 names only")
    monkeypatch.chdir(folder)
    own = Path(os.fsdecode(b"m\xfc.py"))
    (folder / "helper.py").write_text("VALUE = 7\n")
    own.write_text(
        "from topowave import Echo\nfrom helper import VALUE\n\n\nclass Mine(Echo):\n    value = VALUE\n"
    )
    trace = os.fsdecode(b"l\xfc.jsonl")
    for words in (
        ["topology", "generate", "-n", "5", "-o", os.fsdecode(b"t\xfc.json")],
        ["simulate", f"{own}:Mine", "-t", os.fsdecode(b"t\xfc.json"), "--trace", trace],
        ["replay", trace, "--algorithm", f"{own}:Mine"],
        ["check", f"{own}:Mine", "-t", "path:2"],
    ):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    run = begin_run(folder, ["root"], resume=False)
    run.end()
    assert shown(own) == r"m\udcfc.py"
    shown(own).encode()
