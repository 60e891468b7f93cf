from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topowave.experiments.experiment import experiment, run_experiment
from topowave.experiments.finished import read_results
from topowave.experiments.portions import do_run
from topowave.experiments.results import RUNS, ResultsFolder
from topowave.experiments.scenario import planned_runs
from topowave.experiments.scenario_file import ScenarioFile, scenario_from
from topowave.topology.problems import Problems

SMALL: dict[str, Any] = {
    "name": "small", "kind": "waves", "topology": ["ring:5", "random:6:seed"], "algorithm": ["echo", "finn"],
    "delay": "uniform:1,5", "seeds": 3,
}  # fmt: skip
MADE = ("results.parquet", "results.csv", "summary.csv", "compared.csv", "report.html", "report.md")
RAISES = """\
from topowave import Algorithm

class Mine(Algorithm):
    def on_start(self):
        1 / 0
"""
ENDS_PYTHON = """\
import os
from topowave import Algorithm

class Mine(Algorithm):
    messages = (str,)
    def on_start(self):
        if len(self.neighbors) > 2:
            os._exit(3)
        self.decide(1)
"""


def small(**changes: Any) -> ScenarioFile:
    return scenario_from(SMALL | changes)


def topowave(folder: Path, data: dict[str, Any], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a scenario by the command: its pool's processes would outlive a test that made them itself."""
    (folder / "s.json").write_text(json.dumps(data))
    command = [sys.executable, "-m", "topowave", "experiment", "run", "s.json", "--out", "out", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.slow
def test_the_results_are_the_same_to_the_byte_whatever_the_number_of_processes(tmp_path: Path) -> None:
    done = topowave(tmp_path, SMALL, "--jobs", "3")
    assert done.returncode == 0, done.stderr
    (tmp_path / "one").mkdir()
    done = topowave(tmp_path / "one", SMALL, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert len(read_results(tmp_path / "out").frame) == 12
    for name in MADE:
        made = (tmp_path / "out" / name).read_bytes(), (tmp_path / "one" / "out" / name).read_bytes()
        assert made[0] == made[1], name


def test_what_is_finished_when_it_is_interrupted_is_kept_and_nothing_runs_twice(tmp_path: Path) -> None:
    whole = run_experiment(small(), tmp_path / "whole", jobs=1)

    def interrupt(done: int, _all: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_experiment(small(), tmp_path / "cut", jobs=1, progress=interrupt)
    assert len(read_results(tmp_path / "cut").frame) == 5
    seen: list[int] = []
    again = run_experiment(small(), tmp_path / "cut", jobs=1, progress=lambda done, _all: seen.append(done))
    assert seen == [*range(5, 13)]
    assert again.frame.equals(whole.frame)
    runs = [json.loads(line)["run"] for line in (tmp_path / "cut" / RUNS).read_text().splitlines()]
    assert sorted(runs) == [*range(12)]


def test_a_line_that_a_crash_cut_off_is_run_again(tmp_path: Path) -> None:
    whole = run_experiment(small(), tmp_path, jobs=1)
    file = tmp_path / RUNS
    file.write_bytes(file.read_bytes()[:-20])
    assert len(ResultsFolder(tmp_path).rows()) == 11
    assert run_experiment(small(), tmp_path, jobs=1).frame.equals(whole.frame)


def test_a_folder_with_results_of_something_else_is_refused_unless_told(tmp_path: Path) -> None:
    run_experiment(small(), tmp_path, jobs=1)
    with pytest.raises(Problems, match="different: scenario"):
        run_experiment(small(seeds=4), tmp_path, jobs=1)
    assert len(read_results(tmp_path).frame) == 12
    assert len(run_experiment(small(seeds=4), tmp_path, jobs=1, fresh=True).frame) == 16


def test_a_folder_with_somebodys_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    for fresh in (False, True):
        with pytest.raises(Problems, match=r"no results, such as thesis\.tex"):
            run_experiment(small(), tmp_path, fresh=fresh)


def test_a_damaged_line_is_told_with_its_number(tmp_path: Path) -> None:
    run_experiment(small(), tmp_path, jobs=1)
    lines = (tmp_path / RUNS).read_text().splitlines(keepends=True)
    (tmp_path / RUNS).write_text("".join([*lines[:2], "nonsense\n", *lines[2:]]))
    with pytest.raises(Problems, match=r"runs\.jsonl: it is damaged \(line 3\)"):
        run_experiment(small(), tmp_path, jobs=1)


@pytest.mark.slow
def test_a_class_that_ends_its_process_fails_its_own_runs_only(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(ENDS_PYTHON)
    data = SMALL | {"topology": ["ring:4", "star:5"], "algorithm": "mine.py:Mine", "seeds": 2}
    done = topowave(tmp_path, data, "--jobs", "2")
    assert done.returncode == 1, done.stderr
    frame = read_results(tmp_path / "out").frame
    ended = frame["reason"].str.contains("its process ended while it ran")
    assert list(frame[ended]["topology"]) == ["star:5", "star:5"]
    assert list(frame[frame["topology"] == "ring:4"]["verdict"].unique()) != ["failed"]


def test_a_network_that_the_class_is_not_for_is_no_failure_and_says_why(tmp_path: Path) -> None:
    done = run_experiment(small(algorithm="chang-roberts", seeds=1), tmp_path / "a", jobs=1)
    assert list(done.frame["verdict"]) == ["ok", "unsuitable"]
    assert "ring" in done.frame["reason"].iloc[1]
    assert done.ok
    nothing = small(algorithm="chang-roberts", topology="star:5", seeds=1)
    assert not run_experiment(nothing, tmp_path / "b", jobs=1).ok


def test_a_run_that_raises_is_failed_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(RAISES)
    data = SMALL | {"algorithm": ["mine.py:Mine", "echo"], "topology": "ring:5", "seeds": 1}
    done = run_experiment(scenario_from(data, tmp_path), tmp_path / "out", jobs=1)
    assert list(done.frame["verdict"]) == ["violated", "ok"]
    assert "mine.py" in done.frame["reason"].iloc[0]
    assert not done.ok


def test_a_run_depends_on_nothing_but_its_place_and_seed() -> None:
    source = small()
    forwards = [do_run(source, planned) for planned in planned_runs(source.scenario)]
    backwards = [
        do_run(source, planned)
        for number in reversed(range(12))
        for planned in planned_runs(source.scenario, [number])
    ]
    assert forwards == backwards[::-1]


def test_a_program_gets_a_data_frame_of_a_file_or_its_content(tmp_path: Path) -> None:
    frame = experiment(SMALL, jobs=1)
    assert list(frame["seed"]) == [1, 2, 3] * 4
    assert frame.attrs == {}
    file = tmp_path / "s.json"
    file.write_text(json.dumps(SMALL))
    assert experiment(file, jobs=1, out=tmp_path / "kept").equals(frame)
    assert read_results(tmp_path / "kept").frame.equals(frame)
