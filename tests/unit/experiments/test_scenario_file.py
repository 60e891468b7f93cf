from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from topowave.experiments.scenario import planned_runs
from topowave.experiments.scenario_file import read_scenario, scenario_from
from topowave.topology.problems import Problems

GOOD = """\
name: small
kind: waves
topology: [ring:5, "random:7:seed"]
algorithm: [echo, finn]
seeds: [3, 5]
"""


def refused(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "s.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(Problems) as refusal:
        read_scenario(file)
    return [problem.replace(f"{file}: ", "") for problem in refusal.value.problems]


def test_every_combination_is_a_run_and_the_seeds_change_first(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(GOOD, "utf-8")
    scenario = read_scenario(file).scenario
    runs = [*planned_runs(scenario)]
    assert len(runs) == len(scenario) == 8
    told = [(run.levels["topology"], run.levels["algorithm"], run.seed) for run in runs]
    assert told[:3] == [("ring:5", "echo", 3), ("ring:5", "echo", 5), ("ring:5", "finn", 3)]
    assert [run.number for run in runs] == [*range(8)]
    assert scenario.compared == "algorithm"


def test_a_run_is_found_by_its_number_alone() -> None:
    data = {"name": "a", "kind": "waves", "topology": ["ring:4", "ring:5", "ring:6"], "algorithm": "echo",
            "loss": [0, 0.1], "fifo": [True, False], "seeds": 4}  # fmt: skip
    scenario = scenario_from(data).scenario
    every = [*planned_runs(scenario)]
    assert [*planned_runs(scenario, range(len(scenario)))] == every
    assert [*planned_runs(scenario, [7, 30])] == [every[7], every[30]]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (("kind: waves", "kind: waver"), ['kind: expected waves or load, found "waver" (line 2)']),
        (("algorithm: [echo, finn]", "algorithms: echo"),
         ["algorithm: it is missing. Names (`topowave algorithms`) or FILE.py:CLASS (line 1)",
          'algorithms: unknown key; did you mean "algorithm"? (line 4)']),
        (("ring:5, ", "ring:5, ring:2, "), ["topology[1]: 2 nodes are too few for the shape ring"]),
        (("seeds: [3, 5]", "seeds: 0"), ["seeds: 0 does not fit: "]),
        (("seeds: [3, 5]", "seeds: [3, 3]"), ["seeds: has a value twice (line 5)"]),
        (("seeds: [3, 5]", "delay: [constant:1, sometimes]"), ["delay[1]: "]),
        (("seeds: [3, 5]", "loss: 1.5"), ["loss: 1.5 does not fit: input should be less than 1"]),
        (("seeds: [3, 5]", "compare: loss"),
         ["compare: expected a factor with several values (topology, algorithm) (line 5)"]),
        (("seeds: [3, 5]", "measures: [messages, makespan]"), ["measures: there is no 'makespan'"]),
        (("seeds: [3, 5]", "name: again"), ["name: the key comes twice, first in line 1 (line 5)"]),
        (("name: small", "name: ../../etc"), ['name: "../../etc" does not fit']),
        (("seeds: [3, 5]", "seeds: [3, 5"), ["it is neither YAML nor JSON"]),
        (("[echo, finn]", "[echo, ./nothing.py:Mine]"), ["algorithm[1]: "]),
        (("seeds: [3, 5]", "faults: gone.json"), ["faults[0]: "]),
        (("seeds: [3, 5]", "seeds: 100000\nids: [in-order, reversed, random, random:1, random:2, random:3]"),
         ["seeds: these are 2,400,000 runs; at most 1,000,000 are allowed (line 5)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, changed: tuple[str, str], expected: list[str]
) -> None:
    said = refused(tmp_path, GOOD.replace(*changed))
    assert len(said) == len(expected), said
    for line, beginning in zip(said, expected, strict=True):
        assert line.startswith(beginning), line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "it is empty"),
        ("- a\n- b\n", "expected a scenario with keys such as name and kind, found a list"),
        ("1: 2\n", "expected keys that are text, found 1"),
        ("[" * 5_000, "it is n"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)),
         "it has more than"),
        ("name: \x00", "it is neither YAML nor JSON"),
        ("name: 2026-99-99\n", "name: it is not understood"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_a_sentence(tmp_path: Path, text: str, expected: str) -> None:
    assert refused(tmp_path, text)[0].startswith(expected)


def test_json_is_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_text('{"name": "a", "kind": "waves", "topology": "ring:5", "algorithm": ["echo"]}', "utf-8")
    assert len(read_scenario(file).scenario) == 10


def test_one_value_and_a_list_of_one_mean_the_same() -> None:
    data: dict[str, Any] = {"name": "a", "kind": "waves", "topology": "ring:5", "algorithm": "echo"}
    assert scenario_from(data).scenario == scenario_from(data | {"topology": ["ring:5"]}).scenario
