"""Where tasks go that name no node."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.policies.base import NodeLoad
from topowave.balancer.policies.placement import place


def loads(*each: tuple[int, int]) -> list[NodeLoad]:
    return [NodeLoad(8000 + number, cpu, load) for number, (cpu, load) in enumerate(each)]


def test_the_node_with_most_free_cores_gets_the_first_task_and_equal_ones_take_turns() -> None:
    assert place(loads((2, 0), (4, 0), (2, 0)), 5) == [1, 1, 0, 1, 2]


def test_where_no_core_is_free_the_one_that_it_would_load_least_gets_it() -> None:
    assert place(loads((1, 1), (4, 4)), 3) == [1, 1, 1]
    assert place(loads((1, 1), (4, 7)), 1) == [0]


def test_without_a_node_there_is_no_place() -> None:
    with pytest.raises(ValueError, match="no node"):
        place([], 1)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 20)), min_size=1, max_size=9), st.integers(0, 60))
def test_no_task_could_have_gone_to_a_node_that_it_would_have_loaded_less(
    nodes: list[tuple[int, int]], count: int
) -> None:
    before = loads(*nodes)
    load = [node.load for node in before]
    for number in place(before, count):
        free = [node.cpu - each for node, each in zip(before, load, strict=True)]
        if max(free) > 0:
            assert free[number] == max(free)
        else:
            after = [Fraction(each + 1, node.cpu) for node, each in zip(before, load, strict=True)]
            assert after[number] == min(after)
        load[number] += 1
