from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from topowave.experiments.experiment import run_experiment
from topowave.experiments.results import identity
from topowave.experiments.scenario_file import read_scenario, scenario_from
from topowave.experiments.scenario_schema import scenario_schema
from topowave.load.config import LoadConfig
from topowave.load.simulation import simulate_load
from topowave.load.workloads.make import workload_of
from topowave.topology import generate
from topowave.topology.problems import Problems

ROOT = Path(__file__).resolve().parents[3]
LOAD: dict[str, Any] = {
    "name": "load", "kind": "load", "topology": ["binary:7:seed"],
    "workload": "hotspot:utilisation=0.7,tasks=100,duration=exp(2)",
    "policy": ["none", "tree-exact"], "rebalance_interval": 2, "seeds": 2,
}  # fmt: skip


def test_a_run_is_what_the_same_call_of_simulate_load_gives(tmp_path: Path) -> None:
    frame = run_experiment(scenario_from(LOAD), tmp_path, jobs=1).frame
    assert list(frame["verdict"]) == ["ok"] * 4
    topology = generate("binary", nodes=7, seed=2)
    workload = workload_of(LOAD["workload"], topology, 2)
    alone = simulate_load(
        topology, workload, LoadConfig(policy="tree-exact", rebalance_interval=2), seed=2
    ).measures.to_json()
    row = frame[(frame["policy"] == "tree-exact") & (frame["seed"] == 2)].iloc[0]
    assert {name: None if math.isnan(row[name]) else row[name] for name in alone} == alone


def test_a_forecast_is_a_factor_and_its_error_a_figure(tmp_path: Path) -> None:
    words = LOAD | {"policy": "predictive", "forecast": ["none", "moving-average"], "rebalance_interval": 0.5}
    frame = run_experiment(scenario_from(words), tmp_path, jobs=1).frame
    assert list(frame["forecast"]) == ["none", "none", "moving-average", "moving-average"]
    assert list(frame["forecast_error"].notna()) == [False, False, True, True]


def test_a_result_tells_the_version_of_what_its_forecasts_are_made_by() -> None:
    def told(*names: str) -> set[str]:
        return set(
            identity(scenario_from(LOAD | {"policy": "predictive", "forecast": list(names)}))["packages"]
        )

    assert told("none", "snarimax") - told("none", "moving-average") == {"river"}


def test_balancing_shortens_responses_at_a_hot_spot(tmp_path: Path) -> None:
    done = run_experiment(scenario_from(LOAD), tmp_path, jobs=1)
    pairs = done.pairs[done.pairs["measure"] == "mean_response"].iloc[0]
    assert pairs["difference"] < 0
    assert pairs["lower"] == 1


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"workload": "poison:rate=1"}, "workload[0]: "),
        ({"policy": ["none", "tree-exakt"]}, "policy[1]: there is no policy 'tree-exakt'"),
        (
            {"forecast": ["none", "oracle"]},
            "forecast[1]: there is no forecast 'oracle'; there are last-value",
        ),
        ({"placement": "nearest"}, "placement[0]: there is no placement 'nearest'"),
        ({"discipline": "lifo"}, "discipline[0]: there is no discipline 'lifo'"),
        ({"faults": ["none", "root@1 nobody@3"]}, "faults[1]: there is no node 'nobody'"),
        ({"faults": ["root@5-3"]}, "faults[0]: "),
        ({"move_time": -1}, "move_time: -1 does not fit"),
        ({"workload": "csv:gone.csv"}, "workload[0]: "),
        ({"topology": "ring:1000000"}, "topology[0]: "),
    ],
)
def test_what_is_wrong_with_load_is_told_with_its_place(changed: dict[str, Any], expected: str) -> None:
    with pytest.raises(Problems) as refusal:
        scenario_from(LOAD | changed)
    assert [problem[: len(expected)] for problem in refusal.value.problems] == [expected]


def test_a_policy_of_ones_own_lies_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from topowave import Policy\n\n\nclass Lazy(Policy):\n"
        '    """Moves nothing."""\n\n    def plan(self, view):\n        return []\n'
    )
    source = scenario_from(LOAD | {"policy": ["none", "mine.py:Lazy"]}, tmp_path)
    frame = run_experiment(source, tmp_path / "out", jobs=1).frame
    assert list(frame["moved"]) == [0] * 4
    assert set(json.loads((tmp_path / "out" / "scenario.json").read_text())["files"]) == {"mine.py"}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "experiments").glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_scenarios_are_right_for_the_reader_and_for_editors(path: Path) -> None:
    assert len(read_scenario(path).scenario) > 0
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), scenario_schema())


def test_the_schema_takes_what_the_reader_takes_and_refuses_what_it_refuses() -> None:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(LOAD, schema)
    jsonschema.validate(LOAD | {"move_time": [0, 0.5], "seeds": [1, 5]}, schema)
    for wrong in ({"seeds": 0}, {"polices": "none"}, {"kind": "laod"}, {"name": ""}, {"max_cpu": 0}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(LOAD | wrong, schema)


def test_the_published_schema_is_the_one_of_the_reader() -> None:
    published = json.loads((ROOT / "docs" / "experiments" / "scenario.schema.json").read_text("utf-8"))
    assert published == scenario_schema(), (
        "topowave experiment schema --out docs/experiments/scenario.schema.json"
    )
