"""The laws of balancing, which every registered policy keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import overload

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.load_views import Link, after, node_loads, view_of
from topowave.balancer.policies.base import LoadView, Move, NodeLoad, Policy, PolicySettings, plan_checked
from topowave.balancer.policies.course_heap import CourseHeap
from topowave.balancer.policies.registry import POLICIES, find_policy
from topowave.balancer.policies.transfers import links_of

AN_ERROR = CourseHeap.name
"""Keeps to what can be carried out, and to no law of balancing; its own tests show that."""
every_policy = pytest.mark.parametrize("name", POLICIES)
every_balancing_policy = pytest.mark.parametrize("name", [name for name in POLICIES if name != AN_ERROR])
REST = 60
"""Rounds without a move after which a still load counts as settled: for those who draw, and take turns."""
ROUNDS = 400
"""Most rounds after which a load of these tests has settled."""
LOADS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60)), max_size=12)


@st.composite
def views(draw: st.DrawFn) -> LoadView:
    """Draw loads on a connected network."""
    loads = draw(LOADS)
    links: set[Link] = {(draw(st.integers(0, node - 1)), node) for node in range(1, len(loads))}
    if len(loads) > 2:
        ends = st.tuples(st.integers(0, len(loads) - 1), st.integers(0, len(loads) - 1))
        more = draw(st.lists(ends, max_size=6))
        links |= {(min(pair), max(pair)) for pair in more if pair[0] != pair[1]}
    return view_of(node_loads(loads), sorted(links), number=draw(st.integers(0, 20)))


def policy_of(name: str, max_cpu: float = 75.0) -> Policy:
    return find_policy(name)(PolicySettings(max_cpu))


@every_policy
@settings(max_examples=50)
@given(views(), st.integers(1, 100))
def test_nothing_is_lost_or_made_and_nobody_gives_what_it_has_not(
    name: str, view: LoadView, max_cpu: int
) -> None:
    then = after(view.nodes, plan_checked(policy_of(name, max_cpu), view))
    assert sum(node.load for node in then) == sum(node.load for node in view.nodes)


@every_policy
@settings(max_examples=50)
@given(views(), st.data())
def test_nobody_gives_or_takes_who_is_left_out_nor_more_than_there_is_room(
    name: str, view: LoadView, data: st.DataObject
) -> None:
    rooms = st.one_of(st.none(), st.integers(0, 5))
    nodes = [
        replace(node, gives=data.draw(st.booleans()), takes=data.draw(st.booleans()), room=data.draw(rooms))
        for node in view.nodes
    ]
    plan_checked(policy_of(name), replace(view, nodes=nodes))  # which refuses a plan that does


def rounds(policy: Policy, view: LoadView, number: int) -> Iterator[tuple[Sequence[NodeLoad], list[Move]]]:
    """Yield the nodes after each of so many rounds without new load, and the plan that led there."""
    nodes, links = view.nodes, list(links_of(view))
    for at in range(number):
        plan = plan_checked(policy, view_of(nodes, links, number=at))
        nodes = after(nodes, plan)
        yield nodes, plan


@every_policy
@settings(max_examples=30)
@given(views())
def test_the_same_views_in_the_same_order_give_the_same_moves(name: str, view: LoadView) -> None:
    first, again = (list(rounds(policy_of(name), view, 4)) for _ in range(2))
    assert first == again


@every_balancing_policy
@settings(max_examples=50)
@given(views(), st.integers(1, 100))
def test_no_plan_makes_the_worst_node_worse(name: str, view: LoadView, max_cpu: int) -> None:
    def worst(nodes: Sequence[NodeLoad]) -> Fraction:
        return max((Fraction(node.load, node.cpu) for node in nodes), default=Fraction(0))

    highest = worst(view.nodes)
    for nodes, _ in rounds(policy_of(name, max_cpu), view, 4):
        assert worst(nodes) <= highest
        highest = worst(nodes)


@every_balancing_policy
@settings(max_examples=30)
@given(views(), st.integers(1, 100))
def test_a_still_load_comes_to_rest_and_only_momentum_goes_through_loads_that_there_were(
    name: str, view: LoadView, max_cpu: int
) -> None:
    seen = [[node.load for node in view.nodes]]
    still = 0
    for nodes, plan in rounds(policy_of(name, max_cpu), view, ROUNDS + REST):
        still = 0 if plan else still + 1
        loads = [node.load for node in nodes]
        if plan and name != "second-order-diffusion":
            assert loads not in seen
        seen += [loads] if plan else []
        if still == REST:
            return
    raise AssertionError(f"{name} still moves after {ROUNDS} rounds")


@every_balancing_policy
@settings(max_examples=10)
@given(views())
def test_a_network_of_one_node_and_one_without_any_have_no_moves(name: str, view: LoadView) -> None:
    for nodes in ([], list(view.nodes[:1])):
        assert plan_checked(policy_of(name), view_of(nodes)) == []
        assert policy_of(name).control_messages(view_of(nodes)) == 0


@every_policy
def test_no_policy_compares_all_pairs(name: str) -> None:
    """Ten times the nodes: not much more than ten times the looks at one; all pairs were a hundred."""

    def looks(size: int) -> int:
        counted = Counted(node_loads([(2 + at % 3, 50 if at % 50 == 0 else at % 4) for at in range(size)]))
        near = [[at // 2] * (at > 0) for at in range(size)]
        for at in range(1, size):
            near[at // 2].append(at)
        view = replace(
            view_of([]), nodes=counted, neighbors=near, parents=[None, *(at // 2 for at in range(1, size))]
        )
        policy_of(name).plan(view)
        return counted.looks

    small, large = looks(400), looks(4000)
    assert 0 < large <= 15 * small


class Counted(Sequence[NodeLoad]):
    """Nodes that count how often one of them is looked at."""

    def __init__(self, nodes: Sequence[NodeLoad]) -> None:
        self._nodes = nodes
        self.looks = 0

    def __len__(self) -> int:
        return len(self._nodes)

    @overload
    def __getitem__(self, at: int) -> NodeLoad: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[NodeLoad]: ...
    def __getitem__(self, at: int | slice) -> NodeLoad | Sequence[NodeLoad]:
        self.looks += 1
        return self._nodes[at]

    def __iter__(self) -> Iterator[NodeLoad]:
        self.looks += len(self._nodes)
        return iter(self._nodes)
