"""Random algorithms: the checker finds what a plain enumeration of all runs finds."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.algorithms.networks import path, ring
from tests.unit.checker.searches import ends, search
from tests.unit.simulator.every_run import every_run
from topowave.algorithms import Algorithm, Bounds, Network
from topowave.algorithms.base import Deciders
from topowave.checker import check

STATES, MESSAGES, SENDINGS = 3, 2, 2
"""Sizes of a random machine; a node sends in at most so many events, so that every run ends."""


def random_algorithm(seed: int, *, calm: bool = False) -> type[Algorithm]:
    """Return a machine that does something at random, but always the same, in each state on each message.

    Args:
        seed: of the random choices.
        calm: whether nothing that it does breaks a property.
    """
    random = Random(seed)
    deciders: Deciders = random.choice(("one", "some", "all"))
    limit = random.randint(2, 8)
    table = {
        (state, message): (
            random.randrange(STATES),
            random.choice((-1, -1, 0, 1)),
            random.random() < 0.5,
            random.random() < 0.25,
        )
        for state in range(STATES)
        for message in range(-1, MESSAGES)
    }

    class Machine(Algorithm):
        bounds = Bounds(messages=lambda _: limit, exact=random.random() < 0.2)

        def setup(self) -> None:
            self.at = 0
            self.sendings = 0
            self.decided = False

        def on_start(self) -> None:
            self.act(-1, self.id)
            self.decided = self.decided or calm
            if calm:
                self.decide()

        def on_message(self, sender: int, message: object) -> None:
            assert isinstance(message, int)
            self.act(message, sender)

        def act(self, message: int, sender: int) -> None:
            self.at, sends, to_all, decides = table[self.at, message]
            if sends >= 0 and self.sendings < SENDINGS:
                self.sendings += 1
                self.send_all(self.neighbors if to_all or sender == self.id else [sender], sends)
            if decides and not calm and not self.decided:
                self.decided = True
                self.decide()

    Machine.wave = not calm and random.random() < 0.7
    Machine.deciders = "some" if calm else deciders
    if calm:
        Machine.bounds = Bounds(messages=lambda g: 2 * SENDINGS * g.nodes * g.arcs)
    return Machine


networks = st.sampled_from([path(2), path(3), path(2, fifo=True), path(3, fifo=True), ring(3)])


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), networks, st.booleans())
def test_a_violation_is_found_if_there_is_one_and_none_is_shorter(
    seed: int, network: Network, two: bool
) -> None:
    algorithm = random_algorithm(seed)
    initiators = [0, 1] if two else [0]
    result = check(algorithm, network, initiators=[str(node) for node in initiators], max_states=15_000)
    violation = result.violation
    if violation is None:
        assert not result.complete or not every_run(algorithm, network, initiators, counting=True).broken
        return
    assert violation.shortest
    length = len(violation.steps)
    seen = every_run(algorithm, network, initiators, counting=True, most_events=length)
    assert min(seen.broken.values()) == length
    assert seen.broken[violation.property_name] == length


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), networks, st.booleans())
def test_it_sees_as_many_states_as_there_are(seed: int, network: Network, two: bool) -> None:
    algorithm = random_algorithm(seed, calm=True)
    initiators = [0, 1] if two else [0]
    result = check(algorithm, network, initiators=[str(node) for node in initiators], max_states=1_500)
    assert result.ok
    if result.complete:
        assert result.states == every_run(algorithm, network, initiators).states


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), networks, st.booleans(), st.booleans())
def test_leaving_out_messages_that_can_change_nothing_hides_nothing(
    seed: int, network: Network, two: bool, wave: bool
) -> None:
    algorithm = random_algorithm(seed, calm=True)
    algorithm.wave = wave
    algorithm.deciders = "all" if seed % 2 else "some"
    initiators = (0, 1) if two else (0,)
    plain, broken = search(algorithm, network, initiators, reduce=False, max_states=15_000)
    if plain.stopped is not None:
        return
    reduced, broken_too = search(algorithm, network, initiators, reduce=True)
    assert reduced.reduced
    assert (broken is None) == (broken_too is None)
    if broken is None:
        assert ends(reduced) == ends(plain)
        assert len(reduced.states) <= len(plain.states)
