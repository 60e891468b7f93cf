from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import topowave
from topowave.runtime.loading import load_algorithm

ROOMS = sorted(
    path.stem
    for path in Path(topowave.__file__).parent.iterdir()
    if path.stem.isidentifier() and not path.stem.startswith("_")
)
"""Every name in the package."""


def folder(path: Path, word: str) -> str:
    """Write a class and, for every name in the package, a file that it imports; return the class' place."""
    path.mkdir(exist_ok=True)
    for name in ROOMS:
        (path / f"{name}.py").write_text(f"WORD = '{word} {name}'\n")
    (path / "pair.py").write_text("import nodes\nWORD = nodes.WORD + ' in a pair'\n")
    imports = "".join(f"import {name} as _{name}\n" for name in ROOMS)
    (path / "my_echo.py").write_text(
        f"{imports}from pair import WORD\nfrom topowave import Echo\n\n\n"
        f"class MyEcho(Echo):\n"
        f"    words = [{', '.join(f'_{name}.WORD' for name in ROOMS)}]\n"
        f"    pair = WORD\n\n"
        f"    def on_start(self):\n"
        f"        import nodes\n"
        f"        assert nodes.WORD == '{word} nodes'\n"
        f"        super().on_start()\n"
    )
    return f"{path / 'my_echo.py'}:MyEcho"


def test_two_folders_with_files_of_the_same_names_each_get_their_own(tmp_path: Path) -> None:
    before = {name: sys.modules.get(name) for name in ROOMS}
    for word in ("one", "other"):
        cls = load_algorithm(folder(tmp_path / word, word))
        assert vars(cls)["words"] == [f"{word} {name}" for name in ROOMS if name != "topowave"]
        assert vars(cls)["pair"] == f"{word} nodes in a pair"
        run = topowave.simulate(cls, "path:3")
        assert run.ok
    assert {name: sys.modules.get(name) for name in ROOMS} == before


def test_a_file_that_was_changed_in_the_same_second_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    own, beside = tmp_path / "mine.py", tmp_path / "word.py"
    for number in (1, 2):
        own.write_text(
            f"import word\nfrom topowave import Echo\nclass Mine(Echo):\n    said = {number}, word.SAID\n"
        )
        beside.write_text(f"SAID = {number}\n")
        for path in (own, beside):
            os.utime(path, (1, 1))
        assert vars(load_algorithm(f"{own}:Mine"))["said"] == (number, number)
        for name in [name for name in sys.modules if name.endswith(".word")]:
            del sys.modules[name]  # as in a new process


@pytest.mark.slow
def test_the_command_runs_in_a_folder_with_every_name_of_the_package(tmp_path: Path) -> None:
    folder(tmp_path, "mine")
    command = [sys.executable, "-m", "topowave", "simulate", "my_echo.py:MyEcho", "--topology", "path:3"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "termination  holds" in done.stdout


@pytest.mark.slow
def test_a_script_beside_them_runs(tmp_path: Path) -> None:
    folder(tmp_path, "mine")
    (tmp_path / "script.py").write_text(
        "import topowave\nprint(topowave.simulate('my_echo.py:MyEcho', 'path:3').ok)\n"
    )
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "True\n", done.stderr
