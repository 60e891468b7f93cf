from __future__ import annotations

import json
from pathlib import Path

import pytest

from topowave.algorithms import Network
from topowave.runtime.graph import Graph
from topowave.simulator.fault_plan import Fault, plan_faults, read_faults
from topowave.simulator.limits import MOST_FAULTS
from topowave.topology import Problems

GRAPH = Graph.of(Network.from_links(4, [(0, 1), (1, 2), (2, 3), (3, 0)], names=["a", "b", "c", "d"]))


def test_every_kind_of_fault_is_read(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(
        json.dumps(
            {
                "detect_after": 2,
                "faults": [
                    {"at": 3, "crash": "a"},
                    {"at": 4.5, "restart": "a", "state": "lost"},
                    {"at": 5, "restart": "b"},
                    {"at": 1, "cut": ["b", "a"]},
                    {"at": 2, "mend": ["a", "b"]},
                    {"at": 5, "partition": [["a", "b"], ["c"]]},
                    {"at": 8, "heal": True},
                ],
            }
        )
    )
    plan = read_faults(file, GRAPH)
    assert plan.detect_after == 2_000_000
    assert plan.faults == (
        Fault(3_000_000, "crash", (0,)),
        Fault(4_500_000, "restart", (0,), keep=False),
        Fault(5_000_000, "restart", (1,)),
        Fault(1_000_000, "cut", (0, 1)),
        Fault(2_000_000, "mend", (0, 1)),
        Fault(5_000_000, "partition", links=((0, 3), (1, 2), (2, 3))),
        Fault(8_000_000, "heal"),
    )
    assert plan


WRONG: list[tuple[object, str]] = [
    ([], "expected an object"),
    ({"detect_after": 1}, "faults: expected a list"),
    ({"faults": [], "fautls": []}, "fautls: unknown key"),
    ({"faults": [], "detect_after": "soon"}, "detect_after: 'soon' is not a time"),
    ({"faults": [3]}, r"faults\[0\]: expected an object"),
    ({"faults": [{"at": 1}]}, r"faults\[0\]: expected exactly one of crash"),
    ({"faults": [{"at": 1, "crash": "a", "cut": ["a", "b"]}]}, "exactly one"),
    ({"faults": [{"crash": "a"}]}, r"faults\[0\].at: missing"),
    ({"faults": [{"at": -1, "crash": "a"}]}, "-1 is not a time"),
    ({"faults": [{"at": True, "crash": "a"}]}, "True is not a time"),
    ({"faults": [{"at": 1, "crash": "z"}]}, r"faults\[0\].crash: there is no node 'z'"),
    ({"faults": [{"at": 1, "crash": "a", "state": "lost"}]}, "unknown key 'state'"),
    ({"faults": [{"at": 1, "restart": "a", "state": "gone"}]}, "state is 'gone'"),
    ({"faults": [{"at": 1, "cut": "a"}]}, "a link's two ends"),
    ({"faults": [{"at": 1, "cut": ["a", "z"]}]}, "there is no node 'z'"),
    ({"faults": [{"at": 1, "cut": ["a", "c"]}]}, "there is no link between a and c"),
    ({"faults": [{"at": 1, "partition": "a"}]}, "expected a list of groups"),
    ({"faults": [{"at": 1, "partition": ["a"]}]}, "expected a list of names"),
    ({"faults": [{"at": 1, "partition": [["a"], ["a"]]}]}, "in two groups"),
    ({"faults": [{"at": 1, "heal": 1}]}, "expected true"),
    ({"faults": [3] * 100_001}, "too many"),
]


@pytest.mark.parametrize(("data", "said"), WRONG)
def test_what_is_wrong_with_a_fault_file_is_told_with_its_place(data: object, said: str) -> None:
    with pytest.raises(Problems, match=said):
        plan_faults(data, GRAPH, "f.json")


def test_all_problems_are_told_at_once_each_on_a_line() -> None:
    data = {"faults": [{"at": 1, "crash": "y"}, {"at": "x", "crash": "a"}]}
    with pytest.raises(Problems) as refusal:
        plan_faults(data, GRAPH, "f.json")
    assert len(refusal.value.problems) == 2
    assert all(problem.startswith("f.json: faults[") for problem in refusal.value.problems)


@pytest.mark.parametrize(
    ("content", "said"), [("{", "is not JSON"), ("[" * 100_000, "is not JSON"), (None, "no such file")]
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "f.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Problems, match=said):
        read_faults(file, GRAPH)


def test_a_plan_with_more_faults_than_the_limit_is_refused() -> None:
    heal = {"at": 1, "heal": True}
    with pytest.raises(Problems, match=f"expected at most {MOST_FAULTS}"):
        plan_faults({"faults": [heal] * (MOST_FAULTS + 1)}, GRAPH)


def test_no_more_of_a_file_is_read_than_a_file_may_have() -> None:
    with pytest.raises(Problems, match="is larger than the limit"):
        read_faults("/dev/zero", GRAPH)
