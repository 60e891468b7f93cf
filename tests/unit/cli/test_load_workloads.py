"""`topowave load workloads` as users type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.unit.topology.strategies import ROOT
from topowave.cli.load import load
from topowave.load.workloads.kinds import KINDS

LAB = str(ROOT / "topology.json")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    return CliRunner().invoke(load, ["workloads", *words], catch_exceptions=False)


def test_without_a_workload_the_kinds_are_listed_with_all_their_parameters() -> None:
    text = run().stdout
    listed = json.loads(run("--json").stdout)
    assert [each["kind"] for each in listed] == list(KINDS)
    for kind in KINDS.values():
        assert f"{kind.name}: {kind.summary}" in text
        assert all(f"  {each.name}=" in text for each in kind.parameters)


def test_a_workload_is_described_for_a_network() -> None:
    result = run("pareto:utilisation=0.5,tasks=3000", "-t", LAB)
    assert result.exit_code == 0
    assert "of the network's cores" in result.stdout
    found = json.loads(run("pareto:utilisation=0.5,tasks=3000", "-t", LAB, "--json", "--seed", "4").stdout)
    assert (found["tasks"], found["seed"], sum(found["windows"])) == (3000, 4, 3000)
    assert 0.3 < found["utilisation"] < 0.7


def test_a_workload_becomes_a_table() -> None:
    assert run("batch:tasks=3,duration=2", "--csv", "jobs.csv").exit_code == 0
    assert Path("jobs.csv").read_bytes() == b"time,duration\n0.0,2.0\n0.0,2.0\n0.0,2.0\n"
    assert run("jobs.csv", "--csv", "-").stdout == "time,duration\n0.0,2.0\n0.0,2.0\n0.0,2.0\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing.csv"], "nothing.csv: there is no such file\n"),
        (["batch:tasks=x"], 'batch: tasks: "x": expected an integer from 1 to 10,000,000\n'),
        (
            ["poisson:utilisation=1"],
            "poisson: utilisation: is a share of a network's cores, and none is given (--topology FILE)\n",
        ),
        (
            ["hotspot:rate=1"],
            "hotspot: at: @deepest depends on the network, and none is given (--topology FILE)\n",
        ),
        (["batch", "-t", "none.json"], "none.json: there is no such file\n"),
        (["batch", "--csv", "no/where.csv"], "no/where.csv: cannot be written: No such file or directory\n"),
    ],
)
def test_what_is_wrong_is_one_sentence(words: list[str], sentence: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stderr) == (2, sentence)
