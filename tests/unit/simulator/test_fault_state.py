from __future__ import annotations

from topowave.algorithms import Network
from topowave.runtime.graph import Graph
from topowave.simulator.fault_plan import Fault
from topowave.simulator.fault_state import FaultState

PATH = Graph.of("path:3:1")


def test_nothing_reaches_a_node_that_is_down_until_it_is_back() -> None:
    fault_state = FaultState(PATH)
    fault_state.apply(Fault(0, "crash", (1,)))
    assert fault_state.obstacle(0, 1) == "receiver down"
    assert fault_state.obstacle(1, 0) is None, "what it sent before may still arrive"
    fault_state.apply(Fault(1, "restart", (1,)))
    assert fault_state.obstacle(0, 1) is None
    assert fault_state.incarnations.get(1, 0) == 0


def test_a_node_that_comes_back_without_its_state_has_another_life() -> None:
    fault_state = FaultState(PATH)
    fault_state.apply(Fault(0, "crash", (1,)))
    fault_state.apply(Fault(1, "restart", (1,), keep=False))
    assert fault_state.incarnations == {1: 1}


def test_a_cut_link_stops_both_directions_until_it_is_mended() -> None:
    fault_state = FaultState(PATH)
    fault_state.apply(Fault(0, "cut", (0, 1)))
    assert fault_state.obstacle(0, 1) == fault_state.obstacle(1, 0) == "link cut"
    assert fault_state.cut(1, 0)
    assert not fault_state.cut(1, 2)
    fault_state.apply(Fault(0, "mend", (0, 1)))
    assert fault_state.obstacle(0, 1) is None


def test_healing_mends_every_link() -> None:
    fault_state = FaultState(PATH)
    fault_state.apply(Fault(0, "partition", links=((0, 1), (1, 2))))
    assert fault_state.cut(0, 1)
    assert fault_state.cut(1, 2)
    fault_state.apply(Fault(0, "heal"))
    assert not fault_state.cut(0, 1)
    assert not fault_state.cut(1, 2)


def test_neighbours_notice_a_crash_once_and_forget_it_when_it_is_over() -> None:
    fault_state, crash = FaultState(PATH), Fault(0, "crash", (1,))
    fault_state.apply(crash)
    assert sorted(fault_state.notice(crash)) == [(0, 1), (2, 1)]
    assert list(fault_state.notice(crash)) == []
    fault_state.apply(Fault(1, "restart", (1,)))
    assert fault_state.suspected == set()


def test_both_ends_notice_a_cut_and_nobody_one_that_is_mended() -> None:
    fault_state, cut = FaultState(PATH), Fault(0, "partition", links=((0, 1),))
    fault_state.apply(cut)
    assert sorted(fault_state.notice(cut)) == [(0, 1), (1, 0)]
    fault_state.apply(Fault(0, "mend", (0, 1)))
    assert list(fault_state.notice(cut)) == []


def test_whoever_is_joined_to_a_node_notices_its_crash_whatever_the_direction() -> None:
    ring = Graph.of(Network.from_arcs(3, [(0, 1), (1, 2), (2, 0)]))
    fault_state, crash = FaultState(ring), Fault(0, "crash", (1,))
    fault_state.apply(crash)
    assert sorted(fault_state.notice(crash)) == [(0, 1), (2, 1)]
