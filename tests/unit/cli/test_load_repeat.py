"""`topowave load repeat`, with the recording of a real lab."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from topowave.cli.load import load

FILE = "tests/data/recordings/ring.json"


def repeated(*words: str) -> Result:
    return CliRunner().invoke(load, ["repeat", *words])


def test_live_run_and_repetition_are_told_side_by_side() -> None:
    told = repeated(FILE)
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == "log.csv, 60 tasks on 5 nodes, tree-exact"
    assert lines[2].split() == ["live", "repeated"]
    assert next(line for line in lines if line.startswith("makespan")).split() == [
        *("makespan", "2.915", "s", "2.915", "s")
    ]
    assert "rounds   4 of 4 planned the same moves again" in lines
    assert "moves    9 of 9 took as many tasks" in lines
    assert "nodes    5 of 5 completed as many tasks" in lines


def test_other_policies_and_nodes_are_told_if_asked() -> None:
    told = repeated(FILE, "-p", "none", "-p", "max-load-heap", "--nodes")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[2].split() == ["live", "repeated", "none", "max-load-heap"]
    root = next(line for line in told.stdout.splitlines() if line.startswith("root"))
    assert root.split()[1:4] == ["2", "3", "3"]
    assert len(root.split()) == 6


def test_as_json_it_is_one_line() -> None:
    told = json.loads(repeated(FILE, "--json", "-p", "none").stdout)
    assert told["repeated"]["plans"] == told["repeated"]["rounds"] == 4
    assert told["live"]["completed_per_node"]["root"] == 3
    assert [result["config"]["policy"] for result in told["results"]] == ["tree-exact", "none"]


def test_what_is_no_recording_or_no_policy_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}", "utf-8")
    told = repeated(str(file))
    assert told.exit_code == 2
    assert "is no recording of `topowave load play --record`" in told.stderr
    told = repeated(FILE, "-p", "nonesuch")
    assert told.exit_code == 2
    assert "there is no policy" in told.stderr


def test_notes_of_the_recording_are_told(tmp_path: Path) -> None:
    data = json.loads(Path(FILE).read_text("utf-8"))
    file = tmp_path / "x.json"
    file.write_text(json.dumps(data | {"notes": ["the lab had 3 other tasks"]}), "utf-8")
    assert "note: the lab had 3 other tasks" in repeated(str(file)).stderr
