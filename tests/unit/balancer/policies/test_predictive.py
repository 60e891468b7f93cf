"""The policy that plans on a forecast: reactive without one, and careful with one."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.support.load_views import after, node_loads, view_of
from topowave.balancer.policies.base import LoadView, Move, PolicySettings, plan_checked
from topowave.balancer.policies.max_load_heap import MaxLoadHeap
from topowave.balancer.policies.predictive import Predictive

NODES = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60), st.floats(-60, 60)), max_size=12)


def planned(view: LoadView, max_cpu: float = 75.0) -> list[Move]:
    return plan_checked(Predictive(PolicySettings(max_cpu)), view)


def view_with(nodes: list[tuple[int, int, float]]) -> LoadView:
    """A view of nodes with cores, loads, and the changes that are predicted of them."""
    forecast = [load + change for _, load, change in nodes]
    return view_of(node_loads([(cpu, load) for cpu, load, _ in nodes]), forecast=forecast)


@given(NODES, st.integers(1, 100))
def test_without_a_forecast_or_with_loads_that_stay_it_is_the_reactive_heap(
    nodes: list[tuple[int, int, float]], max_cpu: int
) -> None:
    still = view_with([(cpu, load, 0.0) for cpu, load, _ in nodes])
    heap = plan_checked(MaxLoadHeap(PolicySettings(max_cpu)), still)
    assert planned(still, max_cpu) == planned(view_of(still.nodes), max_cpu) == heap


@given(NODES, st.integers(1, 100))
def test_whatever_is_predicted_the_worst_node_gets_no_worse(
    nodes: list[tuple[int, int, float]], max_cpu: int
) -> None:
    view = view_with(nodes)
    then = after(view.nodes, planned(view, max_cpu))
    worst = max((Fraction(node.load, node.cpu) for node in view.nodes), default=0)
    assert all(node.load <= worst * node.cpu for node in then)


@given(NODES, st.integers(1, 100))
def test_it_interrupts_nothing_that_the_reactive_heap_would_not(
    nodes: list[tuple[int, int, float]], max_cpu: int
) -> None:
    view = view_with(nodes)
    heap = plan_checked(MaxLoadHeap(PolicySettings(max_cpu)), view)
    for node in view.nodes:
        gives = sum(move.count for move in planned(view, max_cpu) if move.giver == node.port)
        reactive = sum(move.count for move in heap if move.giver == node.port)
        assert gives <= max(0, node.load - node.cpu, reactive)


def test_it_makes_room_for_what_is_predicted_to_come() -> None:
    nodes = node_loads([(2, 5), (2, 5), (2, 0)])
    plan = planned(view_of(nodes, forecast=[5.0, 14.0, 0.0]))
    assert plan == [Move(8001, 8002, 3)]  # all that waits there: much more is to come
    assert [node.load for node in after(nodes, plan)] == [5, 2, 3]


def test_what_is_predicted_to_go_stays() -> None:
    assert planned(view_of(node_loads([(2, 5), (2, 5), (2, 0)]), forecast=[0.0, 0.0, 0.0])) == []


def test_who_will_have_got_done_more_than_it_has_is_given_more_than_an_idle_one() -> None:
    nodes = node_loads([(1, 9), (1, 0), (1, 0)])
    plan = planned(view_of(nodes, forecast=[9.0, 0.0, -3.0]))
    assert [node.load for node in after(nodes, plan)] == [2, 2, 5]
