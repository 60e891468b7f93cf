from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.load_views import view_of
from topowave.balancer.policies.base import Move, NodeLoad, PolicySettings, plan_checked
from topowave.balancer.policies.max_load_heap import MaxLoadHeap, overloaded

MAX_CPU = st.integers(1, 100)
LOADS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60)), min_size=1, max_size=12)


def reports(loads: list[tuple[int, int]]) -> list[NodeLoad]:
    return [NodeLoad(8000 + at, cpu, load) for at, (cpu, load) in enumerate(loads)]


def moves(loads: list[NodeLoad], max_cpu: float) -> list[Move]:
    return plan_checked(MaxLoadHeap(PolicySettings(max_cpu)), view_of(loads))


def after(before: list[NodeLoad], plan: list[Move]) -> list[NodeLoad]:
    load = {report.port: report.load for report in before}
    for move in plan:
        load[move.giver] -= move.count
        load[move.receiver] += move.count
    return [NodeLoad(report.port, report.cpu, load[report.port]) for report in before]


def per_core(of: list[NodeLoad]) -> list[Fraction]:
    """The loads per core, most loaded first."""
    return sorted((Fraction(report.load, report.cpu) for report in of), reverse=True)


def highest(of: list[NodeLoad]) -> Fraction:
    return max(Fraction(report.load, report.cpu) for report in of)


@given(LOADS, MAX_CPU)
def test_no_task_is_lost_or_made(loads: list[tuple[int, int]], max_cpu: int) -> None:
    before = reports(loads)
    then = after(before, moves(before, max_cpu))
    assert sum(r.load for r in then) == sum(r.load for r in before)
    assert all(r.load >= 0 for r in then)


@given(LOADS, MAX_CPU)
def test_the_highest_load_per_core_never_grows(loads: list[tuple[int, int]], max_cpu: int) -> None:
    before = reports(loads)
    assert highest(after(before, moves(before, max_cpu))) <= highest(before)


@given(LOADS)
def test_where_max_cpu_is_all_cores_only_tasks_that_wait_move(loads: list[tuple[int, int]]) -> None:
    before = reports(loads)
    then = after(before, moves(before, 100))
    assert all(now.load >= was.cpu for was, now in zip(before, then, strict=True) if now.load < was.load)
    for giver in then:
        if giver.load > giver.cpu:
            now = Fraction(giver.load, giver.cpu)
            assert all(Fraction(r.load + 1, r.cpu) >= now for r in then)


@given(LOADS, st.integers(1, 99))
def test_a_task_that_runs_leaves_a_node_at_max_cpu_for_one_that_stays_below(
    loads: list[tuple[int, int]], max_cpu: int
) -> None:
    before = reports(loads)
    then = after(before, moves(before, max_cpu))
    interrupted = [n for b, n in zip(before, then, strict=True) if n.load < b.load and n.load < b.cpu]
    for giver in interrupted:  # it was there with the last one that it gave
        assert 100 * (giver.load + 1) >= giver.cpu * max_cpu
    waited = after(before, moves(before, 100))
    for first, last in zip(waited, then, strict=True):
        if last.load > first.load:
            assert not overloaded(last, max_cpu)


@given(LOADS, MAX_CPU)
def test_what_was_balanced_is_left_alone(loads: list[tuple[int, int]], max_cpu: int) -> None:
    before = reports(loads)
    assert moves(after(before, moves(before, max_cpu)), max_cpu) == []


@given(LOADS, MAX_CPU)
def test_it_goes_on_until_nobody_may_give_or_nothing_improves(
    loads: list[tuple[int, int]], max_cpu: int
) -> None:
    before = reports(loads)
    then = after(before, moves(before, max_cpu))
    for giver in then:
        if giver.load > giver.cpu and overloaded(giver, max_cpu):
            now = Fraction(giver.load, giver.cpu)
            assert all(Fraction(r.load + 1, r.cpu) >= now for r in then)
        elif overloaded(giver, max_cpu) and max_cpu < 100:
            assert all(overloaded(NodeLoad(r.port, r.cpu, r.load + 1), max_cpu) for r in then)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=2, max_size=8), st.data())
def test_whoever_gives_or_takes_at_a_time_the_loads_never_go_back(
    loads: list[tuple[int, int]], data: st.DataObject
) -> None:
    flags = st.lists(st.booleans(), min_size=len(loads), max_size=len(loads))
    now = reports(loads)
    for _ in range(4):
        gives, takes = data.draw(flags), data.draw(flags)
        asked = [replace(node, gives=g, takes=t) for node, g, t in zip(now, gives, takes, strict=True)]
        max_cpu = data.draw(MAX_CPU)
        plan = moves(asked, max_cpu)
        then = after(now, plan)
        assert moves([replace(a, load=n.load) for a, n in zip(asked, then, strict=True)], max_cpu) == []
        assert per_core(then) < per_core(now) if plan else then == now
        now = then


@given(LOADS, MAX_CPU)
def test_a_node_gives_or_receives_and_each_pair_has_one_move(
    loads: list[tuple[int, int]], max_cpu: int
) -> None:
    plan = moves(reports(loads), max_cpu)
    assert not {m.giver for m in plan} & {m.receiver for m in plan}
    assert len({(m.giver, m.receiver) for m in plan}) == len(plan) <= max(0, len(loads) - 1)
    assert all(m.count > 0 for m in plan)


@given(st.integers(10**15, 10**20))
def test_loads_that_a_float_cannot_tell_apart_are_still_in_order(much: int) -> None:
    assert moves([NodeLoad(1, 1, much + 1), NodeLoad(2, 1, much)], 75) == []
    lab = [NodeLoad(1, 1, much), NodeLoad(2, 1, much + 1), NodeLoad(3, 1, much - 2)]
    assert moves(lab, 75) == [Move(2, 3, 1)]


def test_the_most_loaded_node_gives_to_the_freest_first() -> None:
    lab = [NodeLoad(1, 2, 3), NodeLoad(2, 4, 0), NodeLoad(3, 8, 0)]
    assert moves(lab, 100) == [Move(1, 3, 1)]
    assert moves(lab, 75) == [Move(1, 3, 2)]


def test_equal_nodes_share_a_pile_equally() -> None:
    plan = moves([NodeLoad(1, 2, 12), NodeLoad(2, 2, 0), NodeLoad(3, 2, 0)], 75)
    assert plan == [Move(1, 2, 4), Move(1, 3, 4)]


def test_where_nobody_is_free_the_one_that_is_loaded_least_by_it_receives() -> None:
    # The big node has the least free capacity (-5), but one task more hardly loads it.
    plan = moves([NodeLoad(1, 1, 6), NodeLoad(2, 1, 5), NodeLoad(3, 100, 105)], 75)
    assert {move.receiver for move in plan} == {3}


def test_nobody_gives_below_the_threshold() -> None:
    assert moves([NodeLoad(1, 4, 7), NodeLoad(2, 4, 0)], 200) == []
    assert moves([NodeLoad(1, 4, 8), NodeLoad(2, 4, 0)], 200) == [Move(1, 2, 1)]


def test_an_idle_or_empty_lab_has_no_moves() -> None:
    assert moves([], 75) == []
    assert moves([NodeLoad(1, 4, 0), NodeLoad(2, 4, 2)], 75) == []


@pytest.mark.parametrize(
    ("load", "max_cpu", "moved"),
    [(4, 75, 2), (3, 75, 1), (2, 75, 0), (4, 100, 0), (2, 50, 1), (1, 50, 0), (3, 51, 1)],
)
def test_a_node_at_max_cpu_gives_to_one_that_stays_below_it(load: int, max_cpu: int, moved: int) -> None:
    plan = moves([NodeLoad(1, 4, load), NodeLoad(2, 4, 0)], max_cpu)
    assert plan == ([Move(1, 2, moved)] if moved else [])


def test_the_freest_node_is_passed_over_where_another_one_stays_below() -> None:
    # Three of eight cores are free, but a sixth task would make it 75 %; of two free cores one would be 50 %.
    lab = [NodeLoad(1, 4, 3), NodeLoad(2, 8, 5), NodeLoad(3, 4, 2), NodeLoad(4, 2, 0)]
    assert moves(lab, 70) == [Move(1, 4, 1)]
    assert moves(lab[:3], 70) == []


@pytest.mark.slow
@pytest.mark.parametrize("full", [0, 8])
def test_a_thousand_nodes_and_a_hundred_thousand_tasks_are_planned(full: int) -> None:
    lab = [NodeLoad(port, 2 + port % 4 * 2, full) for port in range(1, 1000)]
    plan = moves([*lab, NodeLoad(1000, 4, 100_000)], 75)
    assert sum(move.count for move in plan) > 90_000
