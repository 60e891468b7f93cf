import os
import subprocess
import sys
from pathlib import Path

import pytest

from topowave.neighbours import PACKAGES, ROOT, refuse_hidden


def python(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    environment |= {"PYTHONPATH": str(ROOT)} | more
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_our_own_packages_are_where_they_belong() -> None:
    refuse_hidden()


@pytest.mark.parametrize("name", ["tasks", "nodes", "wire"])
def test_a_users_file_of_the_same_name_is_named_in_one_clear_sentence(tmp_path: Path, name: str) -> None:
    assert name in PACKAGES
    (tmp_path / f"{name}.py").write_text("")
    done = python(tmp_path, "-c", "import topowave")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert f"{name}.py hides Topowave's own package `{name}`: give yours another name" in last


def test_a_file_that_was_imported_before_is_found_out_too(tmp_path: Path) -> None:
    (tmp_path / "wire.py").write_text("")
    done = python(tmp_path, "-c", "import wire, topowave")
    assert "hides Topowave's own package `wire`" in done.stderr


def test_the_command_is_not_disturbed_by_what_lies_in_the_folder(tmp_path: Path) -> None:
    own = "from topowave import Algorithm\nclass Mine(Algorithm):\n    def on_start(self): self.decide()\n"
    for name in ("topology.py", "algorithms.py"):
        (tmp_path / name).write_text(own)
    done = python(tmp_path, "-m", "topowave", "simulate", "./algorithms.py:Mine", "-t", "path:1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "deciders     root" in done.stdout


def test_the_command_tells_of_a_path_that_hides_us_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("")
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = python(tmp_path.parent, "-m", "topowave", "--help", **environment)
    assert done.returncode == 1
    assert "hides Topowave's own package `tasks`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_package_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "topology").mkdir()
    done = python(tmp_path, "-c", "import topowave; print(topowave.Topology.__module__)")
    assert (done.stdout.strip(), done.stderr) == ("topowave.topology.model", "")
