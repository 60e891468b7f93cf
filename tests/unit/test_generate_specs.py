"""`python generate_specs.py`: the course's own command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import generate_specs
from tests.unit.topology.strategies import ROOT
from topowave.topology import read_topology

pytestmark = pytest.mark.slow  # most start the command as a process

SCRIPT = str(ROOT / "generate_specs.py")


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_writes_a_course_tree_into_the_current_folder(tmp_path: Path) -> None:
    result = run(cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    made = read_topology(tmp_path / "topology.json")
    assert len(made.root.children) == 2
    assert made.root.port == 8000
    assert result.stdout.startswith(f"topology.json: {len(made.nodes)} nodes, ")


def test_the_same_seed_gives_the_same_bytes_as_the_repositorys_file(tmp_path: Path) -> None:
    run("--seed", "58", "--output", "a.json", cwd=tmp_path, PYTHONHASHSEED="1")
    assert (tmp_path / "a.json").read_bytes() == (ROOT / "topology.json").read_bytes()


def test_help_names_every_option(tmp_path: Path) -> None:
    text = run("--help", cwd=tmp_path).stdout
    for option in ("--nodes", "--shape", "--seed", "--base-port", "--output", "small-world"):
        assert option in text


def test_bad_options_end_with_2_and_a_line(tmp_path: Path) -> None:
    result = run("--shape", "rign", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith('there is no shape "rign"; did you mean "ring"?')
    assert list(tmp_path.iterdir()) == []


def test_a_python_without_the_packages_hands_over_to_that_of_the_venv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    called: list[object] = []

    def execv(path: Path, arguments: list[str]) -> None:
        called.extend([path, arguments])

    monkeypatch.setattr(generate_specs, "VENV", tmp_path)
    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(sys, "argv", ["generate_specs.py", "--seed", "1"])
    generate_specs.hand_over(ImportError("No module named 'typer'"))
    assert called == [python, [str(python), "generate_specs.py", "--seed", "1"]]


def test_without_a_venv_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate_specs, "VENV", tmp_path)
    with pytest.raises(SystemExit) as caught:
        generate_specs.hand_over(ImportError("No module named 'typer'"))
    assert "No module named 'typer'" in str(caught.value)
    assert "make run" in str(caught.value)
