from __future__ import annotations

from topowave.runtime.graph import Graph
from topowave.simulator.fault_plan import Fault
from topowave.simulator.fault_state import Broken

PATH = Graph.of("path:3:1")


def test_nothing_reaches_a_node_that_is_down_until_it_is_back() -> None:
    broken = Broken(PATH)
    broken.apply(Fault(0, "crash", (1,)))
    assert broken.obstacle(0, 1) == "receiver down"
    assert broken.obstacle(1, 0) is None, "what it sent before may still arrive"
    broken.apply(Fault(1, "restart", (1,)))
    assert broken.obstacle(0, 1) is None
    assert broken.lives.get(1, 0) == 0


def test_a_node_that_comes_back_without_its_state_has_another_life() -> None:
    broken = Broken(PATH)
    broken.apply(Fault(0, "crash", (1,)))
    broken.apply(Fault(1, "restart", (1,), keep=False))
    assert broken.lives == {1: 1}


def test_a_cut_link_stops_both_directions_until_it_is_mended() -> None:
    broken = Broken(PATH)
    broken.apply(Fault(0, "cut", (0, 1)))
    assert broken.obstacle(0, 1) == broken.obstacle(1, 0) == "link cut"
    assert broken.cut(1, 0)
    assert not broken.cut(1, 2)
    broken.apply(Fault(0, "mend", (0, 1)))
    assert broken.obstacle(0, 1) is None


def test_healing_mends_every_link() -> None:
    broken = Broken(PATH)
    broken.apply(Fault(0, "partition", links=((0, 1), (1, 2))))
    assert broken.cut(0, 1)
    assert broken.cut(1, 2)
    broken.apply(Fault(0, "heal"))
    assert not broken.cut(0, 1)
    assert not broken.cut(1, 2)


def test_neighbours_notice_a_crash_once_and_forget_it_when_it_is_over() -> None:
    broken, crash = Broken(PATH), Fault(0, "crash", (1,))
    broken.apply(crash)
    assert sorted(broken.notice(crash)) == [(0, 1), (2, 1)]
    assert list(broken.notice(crash)) == []
    broken.apply(Fault(1, "restart", (1,)))
    assert broken.suspected == set()


def test_both_ends_notice_a_cut_and_nobody_one_that_is_mended() -> None:
    broken, cut = Broken(PATH), Fault(0, "partition", links=((0, 1),))
    broken.apply(cut)
    assert sorted(broken.notice(cut)) == [(0, 1), (1, 0)]
    broken.apply(Fault(0, "mend", (0, 1)))
    assert list(broken.notice(cut)) == []
