"""The course's heap, with the key of its text, breaks the laws that the others keep."""

from __future__ import annotations

from tests.support.load_views import after, node_loads, view_of
from topowave.balancer.policies.base import Move, PolicySettings, plan_checked
from topowave.balancer.policies.course_heap import CourseHeap


def moves(loads: list[tuple[int, int]]) -> list[Move]:
    return plan_checked(CourseHeap(PolicySettings()), view_of(node_loads(loads)))


def test_one_node_with_little_to_do_is_enough_and_nobody_gives() -> None:
    assert moves([(2, 100), (2, 100), (2, 1)]) == []
    assert moves([(2, 100), (2, 100), (2, 0)]) == []


def test_the_idlest_node_gives_to_one_that_is_more_loaded_than_it_was() -> None:
    # The small node lacks 4 cores and the large one 10, though a task waits longer at the small one.
    assert Move(8000, 8001, 1) in moves([(10, 20), (1, 5)])


def test_a_task_goes_there_and_back() -> None:
    nodes = node_loads([(10, 20), (1, 5)])
    seen = [nodes]
    for number in range(30):
        plan = plan_checked(CourseHeap(PolicySettings()), view_of(seen[-1], number=number))
        seen.append(after(seen[-1], plan))
    assert seen[-1] in seen[:-1]
    assert seen[-1] != seen[-2]
