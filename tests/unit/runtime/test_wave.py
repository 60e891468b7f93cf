from __future__ import annotations

import pytest

from topowave.algorithms import Algorithm, Network, Successor
from topowave.algorithms.base import Effect
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.wave import WavePlan, make_instance


class Knowing(Algorithm):
    needs = (Successor,)


def plan(algorithm: type[Algorithm], network: Network) -> WavePlan:
    return WavePlan("a-1", algorithm, (0,), network, inputs=lambda node: 10 * node)


def test_an_instance_is_given_all_that_it_may_see() -> None:
    effects: list[Effect] = []
    made = make_instance(plan(Knowing, Network.from_links(3, [(0, 1), (1, 2), (2, 0)])), 1, effects)
    assert (made.id, made.neighbors, made.input, made.knows) == (1, [0, 2], 10, {"successor": 2})
    assert made.effects is effects
    assert made.in_neighbors is made.out_neighbors is made.neighbors


def test_a_class_does_not_choose_its_nodes_numbers() -> None:
    class Five(Algorithm):
        def setup(self) -> None:
            self.id = 5

    with pytest.raises(WrongEffectError, match=r"assigns self\.id, which the runtime gives"):
        make_instance(plan(Five, Network.from_links(2, [(0, 1)])), 1, [])


def test_where_links_have_a_direction_it_is_told_which() -> None:
    made = make_instance(plan(Algorithm, Network.from_arcs(3, [(0, 1), (1, 2)])), 1, [])
    assert (made.neighbors, made.in_neighbors, made.out_neighbors) == ((0, 2), [0], [2])
