"""The laws of balancing, which every registered policy keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.load_views import Link, after, node_loads, view_of
from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings, plan_checked
from topowave.balancer.policies.registry import POLICIES, find_policy

every_policy = pytest.mark.parametrize("name", POLICIES)
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
@given(views(), st.integers(1, 100))
def test_nothing_is_lost_or_made_and_nobody_gives_what_it_has_not(
    name: str, view: LoadView, max_cpu: int
) -> None:
    then = after(view.nodes, plan_checked(policy_of(name, max_cpu), view))
    assert sum(node.load for node in then) == sum(node.load for node in view.nodes)


@every_policy
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


@every_policy
@given(views())
def test_the_same_views_in_the_same_order_give_the_same_moves(name: str, view: LoadView) -> None:
    def rounds() -> list[list[Move]]:
        policy, plans, nodes = policy_of(name), list[list[Move]](), view.nodes
        links = [(at, to) for at, near in enumerate(view.neighbors) for to in near if at < to]
        for number in range(3):
            plans.append(plan_checked(policy, view_of(nodes, links, number=number)))
            nodes = after(nodes, plans[-1])
        return plans

    assert rounds() == rounds()
