import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.main import COMMANDS, app, main
from topowave.cli.topology import topology

GROUP = [each.callback.__name__ for each in topology.registered_commands if each.callback]


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "topowave", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_help_teaches_how_to_begin(words: list[str]) -> None:
    said = CliRunner().invoke(app, words).output
    for part in ("topowave topology generate", "topowave up", "http://localhost:3000", "curl localhost:7999"):
        assert part in said


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_an_example_and_says_its_exit_codes(name: str) -> None:
    said = CliRunner().invoke(app, [name, "--help"]).output
    assert "For example:" in said
    assert f"topowave {name}" in said
    if name == "topology":
        assert "Exit code:" not in said  # each of its own commands says them
        assert "Commands:" in said
    else:
        assert "Exit code:" in said


@pytest.mark.parametrize("name", GROUP)
def test_each_command_of_the_topology_group_does_too(name: str) -> None:
    said = CliRunner().invoke(app, ["topology", name, "--help"]).output
    assert "For example:" in said
    assert f"topowave topology {name}" in said
    assert "Exit code:" in said


def test_every_command_of_the_table_is_mounted_once_and_no_other() -> None:
    mounted = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert sorted(mounted + [group.name or "" for group in app.registered_groups]) == sorted(COMMANDS)


def test_the_version_is_the_installed_one() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == version("topowave")


def test_wrong_use_ends_with_code_2_and_no_traceback() -> None:
    done = command("up", "--topologie", "x.json")
    assert done.returncode == 2
    assert "--topologie" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_in_the_first_moment_shows_no_traceback() -> None:
    code = (
        "import os, signal, sys\n"
        "class Hurry:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Hurry())\n"
        "from topowave.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_help_imports_no_server_and_no_network_library() -> None:
    code = (
        "import sys\nfrom topowave.cli.main import main\nsys.argv[1:] = ['--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m in ('networkx', 'fastapi', 'httpx', 'uvicorn', 'rich.progress') "
        "or m.startswith(('topowave.topology', 'topowave.algorithms', 'topowave.orchestrator'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["up", "--help"], 0), (["--version"], 0), (["nonsense"], 2)]
)
def test_a_reader_who_has_gone_is_no_failure(words: list[str], code: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "topowave", *words],
            stdout=writing,
            stderr=subprocess.PIPE if not code else writing,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr or b"") == (code, b"")


def test_too_little_memory_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise MemoryError

    monkeypatch.setattr("topowave.cli.main.app", full)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("there is not enough memory for this")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["simulate", "echo", "--topology", "ring:3"], 0, ""),
        (["topology", "show", "x.json"], 2, "x.json: there is no such file\n"),
        (["engine", "run", "pi"], 2, "the working directory is gone; change to one that is there\n"),
    ],
)
def test_a_working_directory_that_is_gone_ends_no_command_with_a_traceback(
    tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = 'cd "$1"; rmdir "$1"; shift; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", shell, "sh", str(gone), sys.executable, "-P", "-m", "topowave", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, said)


def test_a_file_that_cannot_be_named_from_a_directory_that_is_gone_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("topowave.cli.main.app", gone)
    monkeypatch.setattr("os.getcwd", gone)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "the working directory is gone; change to one that is there\n"
