"""Policies that ask nodes by chance, and those with few rules: what each does on loads that show it."""

from __future__ import annotations

import pytest

from tests.support.load_views import node_loads, view_of
from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings, plan_checked
from topowave.balancer.policies.finn_spread import FinnSpread
from topowave.balancer.policies.probing import PROBES, drawn
from topowave.balancer.policies.receiver_initiated import ReceiverInitiated
from topowave.balancer.policies.sender_initiated import SenderInitiated
from topowave.balancer.policies.work_stealing import WorkStealing

PILE = [(2, 40), (2, 0), (2, 1), (2, 2)]


def asked(policy: Policy, view: LoadView) -> tuple[list[Move], int]:
    """The plan of a round, and the messages beside the wave's."""
    return plan_checked(policy, view), policy.control_messages(view)


def test_up_to_three_others_are_drawn_each_once() -> None:
    view = view_of(node_loads([(1, 0)] * 9))
    for asker in range(9):
        nodes = drawn(view, asker)
        assert len(set(nodes)) == PROBES == 3
        assert asker not in nodes
    assert sorted(drawn(view_of(node_loads([(1, 0)] * 2)), 0)) == [1]
    assert drawn(view_of(node_loads([(1, 0)])), 0) == []


def test_each_idle_core_asks_one_node_and_takes_one_waiting_task() -> None:
    taken = 0
    for seed in range(40):
        moves, messages = asked(WorkStealing(PolicySettings()), view_of(node_loads(PILE), seed=seed))
        assert messages == 2 * 3  # two idle cores of the second node, one of the third
        assert {move.giver for move in moves} <= {8000}
        assert sum(move.count for move in moves) <= 3
        taken += sum(move.count for move in moves)
    assert 20 <= taken <= 60  # each hits the pile with a chance of one in three


def test_nobody_steals_where_nobody_is_idle_or_nothing_waits() -> None:
    busy = view_of(node_loads([(2, 40), (2, 2), (2, 3)]))
    assert asked(WorkStealing(PolicySettings()), busy) == ([], 0)
    assert asked(WorkStealing(PolicySettings()), view_of(node_loads([(2, 2), (2, 0)]))) == ([], 4)


def test_a_receiver_takes_one_task_a_round_and_asks_no_further_once_it_has_one() -> None:
    view = view_of(node_loads([(2, 40), (2, 0)]))
    assert asked(ReceiverInitiated(PolicySettings()), view) == ([Move(8000, 8001, 1)], 2)
    moves, messages = asked(
        ReceiverInitiated(PolicySettings()), view_of(node_loads([(2, 40), *[(2, 0)] * 20]))
    )
    assert all(move.count == 1 for move in moves)
    assert 20 * 2 <= messages <= 20 * 2 * PROBES


def test_a_sender_asks_for_one_task_after_the_other_until_three_refuse() -> None:
    view = view_of(node_loads([(4, 9), (4, 0), (4, 3)]))
    moves, messages = asked(SenderInitiated(PolicySettings(75)), view)
    assert moves == [Move(8000, 8001, 3)]  # up to 75 percent of four cores; the third node has that already
    assert 2 * (3 + 2) <= messages <= 2 * (2 * 3 + 2)


@pytest.mark.parametrize("kind", [ReceiverInitiated, SenderInitiated])
def test_nobody_who_is_below_the_threshold_gives(kind: type[Policy]) -> None:
    for seed in range(10):
        view = view_of(node_loads([(4, 2), (4, 0), (4, 2)]), seed=seed)
        assert plan_checked(kind(PolicySettings(75)), view) == []


def test_a_finn_wave_brings_each_node_one_task_of_the_roots() -> None:
    links = [(0, 1), (0, 2), (1, 3)]
    nodes = node_loads([(2, 40), (2, 0), (2, 1), (2, 60)])
    moves, messages = asked(FinnSpread(PolicySettings()), view_of(nodes, links))
    assert moves == [Move(8000, 8001, 1), Move(8000, 8002, 1)]  # the last one is more loaded than the root
    assert messages == 3


def test_a_finn_wave_spreads_only_what_waits_and_only_from_the_root() -> None:
    links = [(0, 1), (0, 2)]
    assert asked(FinnSpread(PolicySettings()), view_of(node_loads([(2, 3), (2, 0), (2, 0)]), links))[0] == [
        Move(8000, 8001, 1)
    ]
    assert asked(FinnSpread(PolicySettings()), view_of(node_loads([(2, 0), (2, 9), (2, 0)]), links))[0] == []
