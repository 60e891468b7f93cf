from collections.abc import Sequence
from math import isclose
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import clique, examples, path, ring, seeds, some_of, strongly_connected
from topowave.algorithms import Network
from topowave.algorithms.averaging.push_sum import PushSum, limits


class Short(PushSum):
    """A few rounds only."""

    rounds = 3
    bounds = limits(3)


def assert_all_near(found: Sequence[object], expected: float, tolerance: float) -> None:
    for value in found:
        assert isinstance(value, float)
        assert isclose(value, expected, rel_tol=tolerance, abs_tol=tolerance)


@settings(examples, max_examples=20)
@given(strongly_connected(6), st.data(), seeds)
def test_everybody_comes_to_know_the_average(network: Network, data: st.DataObject, seed: int) -> None:
    inputs = {node: float((seed * 31 + node * 17) % 101) for node in range(network.nodes)}
    done = run(PushSum, network, data.draw(some_of(network)), seed=seed, inputs=inputs)
    check_laws(done)
    assert_all_near(done.values, fmean(inputs.values()), 1.0)


@pytest.mark.parametrize("network", [ring(4), clique(5), path(3)])
def test_on_well_knit_networks_the_estimates_are_exact_to_a_millionth(network: Network) -> None:
    done = run(PushSum, network)
    assert_all_near(done.values, (network.nodes - 1) / 2, 1e-6)


@examples
@given(strongly_connected(6), seeds)
def test_sum_and_weight_are_conserved(network: Network, seed: int) -> None:
    done = run(Short, network, seed=seed, inputs={node: 10 * node for node in range(network.nodes)})
    check_laws(done)
    assert_all_near([sum(done.attribute("sum"))], 5 * network.nodes * (network.nodes - 1), 1e-9)
    assert_all_near([sum(done.attribute("weight"))], network.nodes, 1e-9)


@examples
@given(strongly_connected(6), st.data(), seeds, seeds)
def test_the_outcome_depends_neither_on_the_delays_nor_on_who_starts(
    network: Network, data: st.DataObject, seed: int, other: int
) -> None:
    one = run(Short, network, data.draw(some_of(network)), seed=seed)
    two = run(Short, network, data.draw(some_of(network)), seed=other)
    assert {d.node: d.value for d in one.decisions} == {d.node: d.value for d in two.decisions}


@examples
@given(strongly_connected(6), st.data(), seeds)
def test_it_takes_no_longer_than_its_rounds_and_the_diameter(
    network: Network, data: st.DataObject, seed: int
) -> None:
    check_time(run_timed(Short, network, data.draw(some_of(network)), seed=seed))


def test_every_order_of_messages_on_a_path_gives_the_same_outcome() -> None:
    ends = {tuple(sorted((d.node, d.value) for d in end.decisions)) for end in explore(Short, path(3), [0])}
    assert len(ends) == 1


def test_it_is_refused_without_an_initiator() -> None:
    assert refused(PushSum, path(3), []) == ["Push-sum needs at least one initiator: none was given"]
