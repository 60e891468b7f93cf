"""What every registered policy keeps, whatever it plans."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.policies.base import NodeLoad, PolicySettings
from topowave.balancer.policies.registry import POLICIES, find_policy
from topowave.topology import LabConfig

every_policy = pytest.mark.parametrize("name", POLICIES)
LOADS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60)), max_size=12)


def test_the_settings_choose_a_policy_that_there_is() -> None:
    assert LabConfig().policy in POLICIES


def test_an_unknown_policy_is_refused_with_what_there_is() -> None:
    with pytest.raises(KeyError, match=r"there is no policy 'heap'; there are .*max-load-heap"):
        find_policy("heap")


@every_policy
def test_a_policy_is_found_by_its_name_and_says_what_it_is(name: str) -> None:
    policy = find_policy(name)
    assert policy.name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    assert policy.title
    assert policy.summary
    assert policy.source


@every_policy
@given(LOADS, st.integers(1, 100))
def test_moves_are_between_two_nodes_that_are_there_and_of_tasks_that_the_giver_has(
    name: str, given_loads: list[tuple[int, int]], max_cpu: int
) -> None:
    loads = [NodeLoad(8000 + at, cpu, load) for at, (cpu, load) in enumerate(given_loads)]
    left = {node.port: node.load for node in loads}
    for move in find_policy(name).plan(loads, PolicySettings(max_cpu)):
        assert move.count >= 1
        assert move.giver != move.receiver
        assert move.receiver in left
        left[move.giver] -= move.count
    assert all(load >= 0 for load in left.values())


@every_policy
@given(LOADS, st.data())
def test_nobody_gives_or_takes_who_is_left_out(
    name: str, given_loads: list[tuple[int, int]], data: st.DataObject
) -> None:
    loads = [
        NodeLoad(8000 + at, cpu, load, gives=data.draw(st.booleans()), takes=data.draw(st.booleans()))
        for at, (cpu, load) in enumerate(given_loads)
    ]
    moves = find_policy(name).plan(loads, PolicySettings())
    assert {move.giver for move in moves} <= {node.port for node in loads if node.gives}
    assert {move.receiver for move in moves} <= {node.port for node in loads if node.takes}


@every_policy
@given(LOADS)
def test_the_same_loads_give_the_same_moves(name: str, given_loads: list[tuple[int, int]]) -> None:
    loads = [NodeLoad(8000 + at, cpu, load) for at, (cpu, load) in enumerate(given_loads)]
    plan = find_policy(name).plan
    assert plan(tuple(loads), PolicySettings()) == plan(list(loads), PolicySettings())
