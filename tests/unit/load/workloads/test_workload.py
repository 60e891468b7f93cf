"""The columns of a workload: slices, other clocks, and what is no workload."""

from __future__ import annotations

import math

import pytest

from topowave.load.limits import CATEGORY_CHARS, LONGEST_TASK, MOST_TASKS
from topowave.load.workloads import Workload
from topowave.topology import Problems

THREE = Workload(
    [1.0, 2.0, 4.0],
    [3.0, 0.5, 1.0],
    weights=[2, 1, 1],
    priorities=["low", "medium", "critical"],
    categories=["a", "", "b"],
    nodes=["", "palm", ""],
    deadlines=[5.0, math.inf, 9.0],
    source="three",
)


def problems_of(workload: Workload, nodes: set[str] | None = None) -> list[str]:
    with pytest.raises(Problems) as caught:
        workload.check(nodes)
    return list(caught.value.problems)


def test_work_span_and_utilisation_count_cores() -> None:
    THREE.check({"palm", "root"})
    assert (len(THREE), THREE.span, THREE.work) == (3, 3.0, 7.5)
    assert THREE.utilisation(5) == 0.5
    assert Workload([0.0], [1.0]).utilisation(1) == math.inf


def test_a_part_has_a_part_of_every_column() -> None:
    part = THREE[1:]
    part.check()
    assert part == Workload(
        [2.0, 4.0], [0.5, 1.0], [1, 1], ["medium", "critical"], ["", "b"], ["palm", ""], [math.inf, 9.0],
        source="three",
    )  # fmt: skip
    assert part.begun_at().times == [0.0, 2.0]
    assert THREE[:0].begun_at().work == 0


def test_another_clock_stretches_all_and_another_load_only_the_arrivals() -> None:
    slow = THREE.scaled(time=2)
    assert (slow.times, slow.durations, slow.deadlines) == ([2, 4, 8], [6, 1, 2], [10, math.inf, 18])
    dense = THREE.scaled(load=2)
    assert (dense.times, dense.durations, dense.deadlines) == ([0.5, 1, 2], THREE.durations, THREE.deadlines)
    assert dense.utilisation(5) == 2 * THREE.utilisation(5)
    with pytest.raises(ValueError, match="above 0"):
        THREE.scaled(load=0)
    with pytest.raises(ValueError, match="above 0"):
        THREE.scaled(time=math.inf)


def test_columns_of_different_lengths_are_refused() -> None:
    assert problems_of(Workload([0.0], [1.0, 2.0], weights=[])) == [
        "durations: has 2 entries, and there are 1 tasks",
        "weights: has 0 entries, and there are 1 tasks",
    ]


def test_every_value_that_is_none_is_named_with_its_place() -> None:
    wrong = Workload(
        [0.0, math.nan, 2.0],
        [1.0, 0.0, LONGEST_TASK * 2],
        weights=[0, 1, 65],
        priorities=["low", "urgent", "high"],  # type: ignore[list-item]
        categories=["", "", "x" * (CATEGORY_CHARS + 1)],
        deadlines=[1.0, 0.0, math.nan],
        source="mine",
    )
    assert problems_of(wrong) == [
        "mine: times[1]: NaN: expected seconds from 0 to 1e+09",
        "mine: durations[1]: 0.0: expected seconds above 0 and up to 1e+09",
        "mine: durations[2]: 2000000000.0: expected seconds above 0 and up to 1e+09",
        "mine: weights[0]: 0: expected cores from 1 to 64",
        "mine: weights[2]: 65: expected cores from 1 to 64",
        'mine: priorities[1]: "urgent": expected critical, high, medium, low',
        f'mine: categories[2]: "{"x" * 48}...": expected at most 200 characters',
        "mine: deadlines[1]: 0.0: expected seconds above 0, or infinity for none",
        "mine: deadlines[2]: NaN: expected seconds above 0, or infinity for none",
    ]


def test_tasks_come_one_after_the_other() -> None:
    Workload([0.0, 1.0, 1.0], [1.0] * 3).check()
    assert problems_of(Workload([0.0, 2.0, 1], [1.0] * 3)) == [
        "times[2]: 1: comes before the task before it; expected times that never fall"
    ]


def test_a_node_that_is_none_is_named_once() -> None:
    workload = Workload([0.0] * 3, [1.0] * 3, nodes=["", "plam", "plam"])
    assert problems_of(workload, {"palm"}) == ['nodes[1]: there is no node "plam"; did you mean "palm"?']
    workload.check()


def test_a_workload_of_too_many_tasks_is_refused_before_anybody_looks_at_them() -> None:
    endless = Workload(range(MOST_TASKS + 1), range(MOST_TASKS + 1))
    assert problems_of(endless) == ["has 10,000,001 tasks; at most 10,000,000 are allowed"]
