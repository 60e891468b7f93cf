"""`topowave load run`: policies side by side, JSON and CSV the same for a seed, refusals in sentences."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from topowave.cli.main import app

SMALL = ("-w", "hotspot:utilisation=0.7,duration=exp(1),tasks=300")
NEVER_GIVES = """
from topowave.balancer.policies.base import Policy

class Mine(Policy):
    def plan(self, view):
        return 1 / 0
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["load", "run", *map(str, words)])


def test_policies_stand_beside_each_other_with_what_each_node_did() -> None:
    done = run("binary:7", *SMALL, "-p", "none", "-p", "max-load-heap", "--nodes")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "binary:7, hotspot:utilisation=0.7,duration=exp(1),tasks=300, 300 tasks, seed 1"
    assert lines[2].split() == ["none", "max-load-heap"]
    (moved,) = [line.split() for line in lines if line.startswith("moved")]
    assert int(moved[1]) == 0 < int(moved[2])
    assert sum(line.startswith("root ") for line in lines) == 1


def test_the_same_words_print_the_same_json_and_write_the_same_rows(tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    words = ("grid:9", *SMALL, "--seed", "3", "--csv", file, "--json", "--placement", "random")
    first = run(*words)
    rows = file.read_bytes()
    assert first.exit_code == 0
    assert (run(*words).stdout, file.read_bytes()) == (first.stdout, rows)
    said: dict[str, Any] = json.loads(first.stdout)
    assert said["seed"] == 3
    assert said["config"]["placement"] == "random"
    table = [*csv.DictReader(rows.decode().splitlines())]
    assert len(table) == said["measures"]["tasks"] == 300
    responses = [float(row["end_s"]) - float(row["arrival_s"]) for row in table]
    assert math.isclose(sum(responses) / 300, said["measures"]["mean_response"])


def test_every_option_reaches_the_run() -> None:
    words = "--max-cpu 50 --rebalance-interval 2 --report-delay 0.1 --link-delay 0.2 --move-time 0.3"
    words += " --hop-time 0.4 --forecast moving-average --discipline sjf --fault root@5-9.5"
    config = json.loads(run("ring:5", *SMALL, *words.split(), "--json").stdout)["config"]
    assert config["faults"] == [
        {"at": 5.0, "node": "root", "kind": "down"},
        {"at": 9.5, "node": "root", "kind": "up"},
    ]
    names = (
        "max_cpu",
        "rebalance_interval",
        "report_delay",
        "link_delay",
        "move_time",
        "hop_time",
        "discipline",
        "forecast",
    )
    assert [config[name] for name in names] == [50.0, 2.0, 0.1, 0.2, 0.3, 0.4, "sjf", "moving-average"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["ring:5", "-p", "best"], "there is no policy 'best'"),
        (["ring:5", "--placement", "best"], "there is no placement 'best'"),
        (["ring:5", "--forecast", "oracle"], "there is no forecast 'oracle'; there are last-value"),
        (["ring:5", "--discipline", "best"], "there is no discipline 'best'"),
        (["ring:5", "--fault", "root@x"], '"root@x" is no fault; expected NAME@DOWN'),
        (["ring:5", "--fault", "nobody@1"], "there is no node 'nobody'"),
        (["ring:5", "--move-time", "-1"], "move_time: -1.0; expected a number of seconds from 0"),
        (["nothing.json"], "nothing.json"),
        (["ring:5", "-w", "nonsense:1"], "nonsense"),
        (["ring:5", "-p", "none", "-p", "tree-exact", "--csv", "x"], "takes one --policy"),
        (["ring:5", "--csv", "no/such/folder.csv"], "no/such/folder.csv: cannot be written"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_and_ends_with_2(words: list[str], text: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert text in done.output
    assert "Traceback" not in done.output


def test_a_policy_of_a_users_own_that_fails_is_told_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(NEVER_GIVES, "utf-8")
    done = run("ring:5", *SMALL, "-p", f"{file}:Mine")
    assert done.exit_code == 2
    assert "mine.py" in done.output
    assert "line 6" in done.output
    assert "division by zero" in done.output


def test_ctrl_c_ends_it_with_3_and_says_how_far_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("topowave.cli.progress.ProgressLine.show", pressed)
    done = run("ring:5", "-w", "poisson:utilisation=0.5,duration=exp(1),tasks=100")
    assert done.exit_code == 3
    assert "ended by Ctrl-C after " in done.stderr
