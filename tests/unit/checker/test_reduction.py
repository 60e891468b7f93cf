"""Leaving out messages that can change nothing loses no run: what is found is the same with and without."""

from __future__ import annotations

import pytest

from tests.unit.algorithms.networks import path, ring
from tests.unit.algorithms.planted import PLANTED, Planted
from tests.unit.checker.searches import ends, search
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.waves.finn import Finn
from topowave.checker.local_transitions import LocalTransitions
from topowave.checker.reduction import InertMessages
from topowave.checker.search import Found
from topowave.checker.state_space import StateSpace


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "network", "initiators"),
    [
        ("finn", path(2), (0, 1)),
        ("finn", path(3), (1,)),
        ("finn", path(3), (0, 2)),
        ("finn", Network.from_arcs(3, [(0, 1), (1, 2), (2, 0)]), (0, 1, 2)),
        ("echo", ring(3), (0,)),
        ("cidon", ring(4), (0,)),
        ("echo-extinction", path(3), (0, 2)),
        ("lelann", ring(3, fifo=True), (0, 1)),
        ("chandy-lamport", path(2, fifo=True), (0, 1)),
    ],
)
def test_runs_end_with_the_same_states_and_counts_with_and_without(
    name: str, network: Network, initiators: tuple[int, ...]
) -> None:
    algorithm = LIBRARY.find(name)
    plain, nothing = search(algorithm, network, initiators, reduce=False)
    reduced, nothing_either = search(algorithm, network, initiators, reduce=True)
    assert nothing is None
    assert nothing_either is None
    assert len(reduced.states) <= len(plain.states)
    assert ends(reduced) == ends(plain)


def test_for_finn_far_fewer_states_are_left() -> None:
    plain, _ = search(Finn, path(3), (0, 2), reduce=False)
    reduced, _ = search(Finn, path(3), (0, 2), reduce=True)
    assert reduced.reduced
    assert 10 * len(reduced.states) < len(plain.states)


@pytest.mark.slow
@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.algorithm.__name__)
def test_a_planted_mistake_is_found_with_and_without(planted: Planted) -> None:
    _, plain = search(planted.algorithm, planted.network, planted.initiators, reduce=False)
    made, reduced = search(planted.algorithm, planted.network, planted.initiators, reduce=True)
    assert (plain is None) == (reduced is None)
    if plain is not None and reduced is not None:
        assert reduced.problem.property_name == plain.problem.property_name
        if not plain.problem.at_end and plain.back is None:
            assert len(reduced.events) == len(plain.events)
        else:
            assert len(reduced.events) >= len(plain.events)
        assert_is_a_run(made.space, reduced)


class Behind(Algorithm):
    """Decides twice on a message that a FIFO link brings behind one that changes nothing."""

    deciders = "all"

    def setup(self) -> None:
        self.through = False

    def on_start(self) -> None:
        for message in ("first", "noise", "go"):
            self.send_all(self.neighbors, message)

    def on_message(self, sender: int, message: object) -> None:
        if message == "go" and not self.through:
            self.through = True
            self.decide()
            self.decide()


def test_what_was_left_out_before_a_message_on_a_fifo_link_is_put_back() -> None:
    made, found = search(Behind, path(2, fifo=True), (0,), reduce=True)
    assert made.reduced
    assert found is not None
    assert [event.kind for event in found.events] == ["start", "receive", "receive", "receive"]
    assert_is_a_run(made.space, found)


def assert_is_a_run(space: StateSpace, found: Found) -> None:
    """Assert that each event leads from one state to the next, the receipts included that were left out."""
    assert found.states[0] == space.first
    assert len(found.states) == len(found.events) + 1
    for here, event, there in zip(found.states, found.events, found.states[1:], strict=False):
        assert any(step.event == event and step.state == there for step in space.steps(here))
    if found.problem.at_end:
        assert space.is_terminal(found.states[-1])


class Counts(Algorithm):
    """Its state grows with every message, so there is no end to what might add_step."""

    wave = False

    def setup(self) -> None:
        self.heard = 0

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")
        self.decide()

    def on_message(self, sender: int, message: object) -> None:
        self.heard += 1


def test_where_states_go_on_and_on_nothing_is_left_out() -> None:
    nodes = LocalTransitions(Counts, path(2), ["0", "1"])
    inert = InertMessages(nodes, [0])
    assert not inert.known
    assert not inert.is_inert(1, nodes.first[1], 0, 0)
    made, found = search(Counts, path(2), (0,), reduce=True)
    assert found is None
    assert not made.reduced
