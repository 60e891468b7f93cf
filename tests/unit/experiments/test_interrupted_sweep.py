"""What is left of a sweep that ends before its time: finished runs are kept, and none is done twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topowave.experiments.finished import read_results
from topowave.experiments.results import RUNS

SCENARIO: dict[str, Any] = {
    "name": "cut", "kind": "waves", "algorithm": "mine.py:Mine", "seeds": 2,
    "topology": [*(f"ring:{nodes}" for nodes in range(3, 8)), "star:5", "ring:9", "ring:10"],
}  # fmt: skip
ONCE_AT_THE_STAR = """\
import os
import signal
from pathlib import Path
from topowave import Echo

HERE = Path(__file__).parent

class Mine(Echo):
    def on_start(self):
        if len(self.neighbors) > 2 and not (HERE / "happened").exists():
            (HERE / "happened").touch()
            os.kill({process}, signal.{signal})
        super().on_start()
"""
DRIVER = 'int((HERE / "driver").read_text())'


def scenario_with(folder: Path, *, process: str, signal: str) -> None:
    """Write a scenario in whose middle, at the run on a star, a process gets a signal, once."""
    (folder / "mine.py").write_text(ONCE_AT_THE_STAR.format(process=process, signal=signal))
    (folder / "s.json").write_text(json.dumps(SCENARIO))


def topowave(folder: Path, *words: str, limit: str = "unlimited") -> subprocess.CompletedProcess[str]:
    """Run the scenario; its process writes its number into the file `driver`, and may write so many KiB."""
    run = [sys.executable, "-m", "topowave", "experiment", "run", "s.json", "--out", "out", *words]
    shell = ["bash", "-c", f'echo $$ > driver; ulimit -f {limit}; exec "$@"', "bash"]
    return subprocess.run(
        [*shell, *run], cwd=folder, capture_output=True, text=True, timeout=280, check=False
    )


def lines(folder: Path) -> list[str]:
    return (folder / "out" / RUNS).read_text().splitlines()


def assert_each_run_is_there_once(folder: Path) -> None:
    assert sorted(json.loads(line)["run"] for line in lines(folder)) == [*range(16)]
    assert set(read_results(folder / "out").frame["verdict"]) == {"ok"}


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_no_run(tmp_path: Path) -> None:
    scenario_with(tmp_path, process="os.getpid()", signal="SIGKILL")
    done = topowave(tmp_path, "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "happened").exists()
    assert_each_run_is_there_once(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_after_ctrl_c_in_the_middle_the_same_command_does_the_rest(tmp_path: Path, jobs: str) -> None:
    scenario_with(tmp_path, process=DRIVER, signal="SIGINT")
    done = topowave(tmp_path, "--jobs", jobs)
    assert done.returncode == 130, done.stderr
    assert "what is finished is kept in out: the same command does the rest" in done.stderr
    kept = lines(tmp_path)
    assert kept
    done = topowave(tmp_path, "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert lines(tmp_path)[: len(kept)] == kept
    assert_each_run_is_there_once(tmp_path)


@pytest.mark.slow
def test_killed_itself_in_the_middle_it_goes_on_with_what_is_on_the_disk(tmp_path: Path) -> None:
    scenario_with(tmp_path, process=DRIVER, signal="SIGKILL")
    assert topowave(tmp_path, "--jobs", "2").returncode == -9
    done = topowave(tmp_path, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert_each_run_is_there_once(tmp_path)


def test_what_no_longer_fits_on_the_disk_is_told_and_done_when_there_is_room(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO | {"algorithm": "echo"}))
    done = topowave(tmp_path, "--jobs", "1", limit="2")
    assert done.returncode == 1, done.stderr
    assert "out/runs.jsonl" in done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    whole = (tmp_path / "out" / RUNS).read_text().rpartition("\n")[0].splitlines()
    assert whole
    done = topowave(tmp_path, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert lines(tmp_path)[: len(whole)] == whole
    assert_each_run_is_there_once(tmp_path)
