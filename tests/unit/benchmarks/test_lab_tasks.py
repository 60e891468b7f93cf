"""The benchmark of a lab's tasks: every way orders as many tasks as it counts."""

from __future__ import annotations

import pytest

from benchmarks.engine_contestants import Loop
from benchmarks.lab_tasks import SCRIPT, WAYS, Way, emulated, scripts
from topowave.examples import examples

NODES = ["a", "b", "c"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.title))
@pytest.mark.parametrize("count", [1, 499, 500, 1_201])
def test_every_way_orders_as_many_tasks_as_are_wanted(way: Way, count: int) -> None:
    ordered = 0
    for order in way.orders(count, NODES):
        ordered += sum(each.get("count", 1) for each in (order if isinstance(order, list) else [order]))
    assert ordered == count


def test_emulated_tasks_go_to_all_nodes_in_turn_and_scripts_name_none() -> None:
    assert [*emulated(2)(5, NODES)] == [
        {"node": "a", "count": 2},
        {"node": "b", "count": 2},
        {"node": "c", "count": 1},
    ]
    values = [{"script": SCRIPT, "params": {"value": number}} for number in range(3)]
    assert [*scripts(1)(3, NODES)] == values
    assert [*scripts(2)(3, NODES)] == [values[:2], values[2:]]


def test_the_script_does_nothing_and_returns_what_it_is_given() -> None:
    assert Loop().single(str(examples()[SCRIPT]), {"value": 7}) == 7
