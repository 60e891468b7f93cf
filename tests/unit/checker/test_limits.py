"""Up to each limit of the checker all is well; one above it, it says so or leaves out what it promises to."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.unit.algorithms.networks import path
from tests.unit.checker.searches import search
from tests.unit.checker.test_state_graph import graph
from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.checker import limits
from topowave.checker.canonical_form import Encoding
from topowave.checker.check import check
from topowave.checker.instances import one_instance
from topowave.checker.local_transitions import LocalTransitions
from topowave.checker.reduction import InertMessages
from topowave.topology import Problems


def test_a_network_may_have_so_many_nodes() -> None:
    most = limits.LARGEST_NETWORK
    assert not check(Echo, path(most), max_states=2).complete
    with pytest.raises(Problems, match=f"{most + 1} nodes; expected 1 to {most}"):
        check(Echo, path(most + 1))


@pytest.mark.parametrize("most", [2, limits.ALL_CONNECTED_NODES])
def test_all_connected_networks_may_have_so_many_nodes(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL_CONNECTED_NODES", most)
    if most == 2:  # with the true limit it takes long
        assert check(Echo, all_connected=most).all_connected == most
    with pytest.raises(Problems, match=f"--all-connected: {most + 1} nodes; expected 1 to {most}"):
        check(Echo, all_connected=most + 1)


@pytest.mark.parametrize("fault", ["loss", "duplicate", "crash"])
def test_so_many_faults_may_come(fault: str) -> None:
    most = limits.MOST_FAULTS
    assert check(Echo, path(2), max_states=10, **{fault: most}).ok  # type: ignore[arg-type]  # faults are numbers
    with pytest.raises(Problems, match=f"--{fault}: {most + 1}; expected a whole number from 0 to {most}"):
        check(Echo, path(2), **{fault: most + 1})  # type: ignore[arg-type]  # faults are numbers


def test_so_many_states_and_messages_can_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = next(most for most in range(4, 100) if ends_well(most, monkeypatch))
    assert needed > 4
    monkeypatch.setattr(limits, "LAST_CHARACTER", needed - 1)
    [stopped] = check(Echo, path(2)).checked
    assert stopped.stopped == "states"


def ends_well(most: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(limits, "LAST_CHARACTER", most)
    return check(Echo, path(2)).complete


def test_so_many_calls_may_be_needed_to_know_inert_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(most: int) -> bool:
        monkeypatch.setattr(limits, "MOST_CALLS", most)
        return InertMessages(LocalTransitions(Echo, path(2), ["0", "1"]), [0]).known

    needed = next(most for most in range(limits.MOST_CALLS) if known(most))
    assert needed > 1
    assert not known(needed - 1)


@pytest.mark.parametrize("over", [0, 1])
def test_what_nodes_share_is_looked_at_up_to_such_a_length(over: int) -> None:
    class Shares(Algorithm):
        wave = False
        table: ClassVar[list[str]] = ["x" * (limits.LONGEST_SHARED - len(Encoding([""]).text) + over)]

        def on_start(self) -> None:
            self.send_all(self.neighbors, "hello")
            self.decide()

        def on_message(self, sender: int, message: object) -> None:
            self.table[0] = "changed"

    assert (check(Shares, path(2), initiators=["0"]).violation is None) == bool(over)


def test_so_many_states_on_cycles_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    made = graph([(1, 0), (2, 0)], [(3, 0)], [(2, 0)], [(1, 0)])
    for most, found in ((1, False), (2, True)):
        monkeypatch.setattr(limits, "TRIED_STATES", most)
        assert (made.shortest_lasso([1, 3], lambda cycle: cycle[0] == 3) is not None) == found


@pytest.mark.parametrize("over", [0, 1])
def test_messages_and_states_of_such_a_length_are_shown_whole(over: int) -> None:
    message = "m" * (limits.LONGEST_SHOWN - 2 + over)
    state = "s" * (limits.LONGEST_STATE - len("kept=''") + over)

    class Long(Algorithm):
        def setup(self) -> None:
            self.kept = state

        def on_start(self) -> None:
            self.send_all(self.neighbors, message)
            self.decide()  # too early: the run is shown

        def on_message(self, sender: int, message: object) -> None:
            """Let it be."""

    violation = check(Long, path(2), initiators=["0"]).violation
    assert violation is not None
    assert (message in violation.under_way[0]) == (not over)
    assert (state in violation.states["0"]) == (not over)


def test_the_title_of_a_network_lists_so_many_links() -> None:
    def title(links: int) -> str:
        return one_instance(Echo, path(links + 1), None, fifo=False).title

    most = limits.LISTED_LINKS
    assert title(most).count(", ") == most - 1
    assert title(most + 1) == f"{most + 2} nodes"


def test_so_many_networks_whose_search_did_not_end_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(Echo, all_connected=3, max_states=1)
    assert not any(each.stopped is None for each in result.checked)
    count = len(result.checked)
    monkeypatch.setattr(limits, "LISTED_NETWORKS", count)
    assert str(result).count("NOT ALL SEEN") == count
    monkeypatch.setattr(limits, "LISTED_NETWORKS", count - 1)
    assert str(result).count("NOT ALL SEEN") == count
    assert "and of 1 more networks" in str(result)


def test_a_search_sees_so_many_states_before_it_leaves_messages_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = check(Echo, path(3))
    assert not whole.reduced
    monkeypatch.setattr(limits, "SIMPLE_STATES", whole.states)
    assert check(Echo, path(3)).reduced
    monkeypatch.setattr(limits, "SIMPLE_STATES", whole.states + 1)
    assert not check(Echo, path(3)).reduced


def test_more_messages_of_one_event_than_usual_are_counted_all_the_same() -> None:
    many = 70_000

    class Floods(Algorithm):
        wave = False

        def on_start(self) -> None:
            for _ in range(many):
                self.send(self.neighbors[0], "x")
            self.decide()

        def on_message(self, sender: int, message: object) -> None:
            """Let it be."""

    seen, _ = search(Floods, path(2), (0,), reduce=False, max_states=2)
    assert list(seen.graph.sent) == [many]
