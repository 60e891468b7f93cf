"""Least loaded: to the most free cores, or where a task loads least."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.placements.base import ExecutorLoad, Executors, TaskNeeds, fits
from topowave.balancer.placements.least_loaded import LeastLoaded

ROLES = ["cpu", "io", "gpu"]


def placed(nodes: list[ExecutorLoad], tasks: list[TaskNeeds]) -> list[int | None]:
    placement = LeastLoaded(Executors(nodes, Random(1)))
    return [placement.choose(task) for task in tasks]


def loads(*each: tuple[int, int]) -> list[ExecutorLoad]:
    return [ExecutorLoad(cpu, load) for cpu, load in each]


def place(nodes: list[ExecutorLoad], count: int) -> list[int | None]:
    return placed(nodes, [TaskNeeds()] * count)


def needs(*roles: str, weight: int = 1) -> TaskNeeds:
    return TaskNeeds(frozenset(roles), weight)


def test_the_node_with_most_free_cores_gets_the_first_task_and_equal_ones_take_turns() -> None:
    assert place(loads((2, 0), (4, 0), (2, 0)), 5) == [1, 1, 0, 1, 2]


def test_where_no_core_is_free_the_one_that_it_would_load_least_gets_it() -> None:
    assert place(loads((1, 1), (4, 4)), 3) == [1, 1, 1]
    assert place(loads((1, 1), (4, 7)), 1) == [0]


def test_without_a_node_there_is_no_place() -> None:
    assert place([], 2) == [None, None]


def test_a_task_goes_where_one_of_its_roles_is_and_cores_for_its_weight() -> None:
    nodes = [ExecutorLoad(8, 0), ExecutorLoad(2, 5, roles=frozenset({"gpu"})), ExecutorLoad(4, 1)]
    assert placed(nodes, [needs("gpu"), needs("gpu", "io"), needs("io"), needs("gpu", weight=3)]) == [
        1,
        1,
        None,
        None,
    ]
    assert placed(nodes, [needs(weight=8), needs(), needs(weight=9)]) == [0, 2, None]


def test_a_task_counts_with_its_weight_for_the_next_ones() -> None:
    assert placed(loads((4, 0), (4, 0)), [needs(weight=3), needs(), needs(), needs(), needs()]) == [
        0,
        1,
        1,
        1,
        0,
    ]


def test_tasks_are_shared_by_cores_and_weight() -> None:
    nodes = [ExecutorLoad(2, 0), ExecutorLoad(2, 0, weight=3.0), ExecutorLoad(4, 0, weight=0.5)]
    chosen = place(nodes, 100)
    assert [chosen.count(number) for number in range(3)] == [20, 60, 20]


def test_a_node_at_its_limit_gets_nothing() -> None:
    nodes = [ExecutorLoad(8, 0, room=2), ExecutorLoad(1, 5, room=0), ExecutorLoad(1, 9, room=1)]
    assert place(nodes, 4) == [0, 0, 2, None]


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 20)), min_size=1, max_size=9), st.integers(0, 60))
def test_no_task_could_have_gone_to_a_node_that_it_would_have_loaded_less(
    nodes: list[tuple[int, int]], count: int
) -> None:
    before = loads(*nodes)
    load = [node.load for node in before]
    for number in place(before, count):
        free = [node.cpu - each for node, each in zip(before, load, strict=True)]
        assert number is not None
        if max(free) > 0:
            assert free[number] == max(free)
        else:
            after = [Fraction(each + 1, node.cpu) for node, each in zip(before, load, strict=True)]
            assert after[number] == min(after)
        load[number] += 1


executors = st.builds(
    ExecutorLoad,
    st.integers(1, 8),
    st.integers(0, 20),
    st.sampled_from([0.5, 1.0, 3.0]),
    st.frozensets(st.sampled_from(ROLES)),
    st.one_of(st.none(), st.integers(0, 5)),
)
tasks = st.builds(TaskNeeds, st.frozensets(st.sampled_from(ROLES)), st.integers(1, 9))


@given(st.lists(executors, max_size=6), st.lists(tasks, max_size=40))
def test_a_task_is_placed_where_it_may_run_and_only_left_out_where_none_has_room(
    nodes: list[ExecutorLoad], wanted: list[TaskNeeds]
) -> None:
    room = [99 if node.room is None else node.room for node in nodes]
    for task, number in zip(wanted, placed(nodes, wanted), strict=True):
        may = [at for at, node in enumerate(nodes) if fits(node.cpu, node.roles, task) and room[at]]
        assert (number is None) == (not may)
        if number is not None:
            assert number in may
            room[number] -= 1
