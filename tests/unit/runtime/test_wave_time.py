"""How long a wave may take grows with the delay of the links, by what is proven of its time."""

from __future__ import annotations

import math

import pytest

from topowave.algorithms import Algorithm, Bounds, Network, View
from topowave.algorithms.traversal.tarry import Tarry
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.runtime.network import network_of
from topowave.runtime.wave_time import WaveTimes, steps
from topowave.topology import LabConfig, Topology, generate

PATH = Network.from_links(4, [(0, 1), (1, 2), (2, 3)])


def times(topology: Topology, most_s: float = 900.0) -> WaveTimes:
    def network(view: View) -> Network:
        return network_of(topology, view)

    return WaveTimes(topology, network, most_s)


class Wrong(Algorithm):
    """What a student may write: a limit that raises, and one that is none."""

    bounds = Bounds(time=lambda g: 1 / (g.nodes - g.nodes), messages=lambda _: math.inf)


def test_without_delays_a_wave_has_its_timeout() -> None:
    topology = generate("binary", nodes=15, seed=1)
    assert times(topology).limit_s(Echo, LabConfig(wave_timeout=7)) == 7


def test_a_delay_adds_what_is_proven_of_the_time() -> None:
    topology = generate("binary", nodes=15, seed=1)
    found = times(topology)
    assert found.limit_s(Echo, LabConfig(link_delay=1000)) == 10 + 29  # 2N-1
    assert found.limit_s(Tarry, LabConfig(link_delay=500)) == 10 + 14  # 2|E|
    assert (
        found.limit_s(FinnLab, LabConfig(link_delay=1000)) == 10 + 14
    )  # N-1 messages, of which no time is proven


def test_the_longest_delay_of_a_link_counts() -> None:
    tree = {
        "name": "root",
        "port": 8000,
        "cpu": 1,
        "children": [{"name": "far", "port": 8001, "cpu": 1, "link_delay": 2000.0}],
    }
    found = times(Topology.from_json(tree))
    assert found.delay_s(LabConfig(link_delay=100)) == 2
    assert found.delay_s(LabConfig(link_delay=3000)) == 3
    assert found.limit_s(Echo, LabConfig()) == 10 + 2 * 3


def test_no_wave_may_take_longer_than_a_node_keeps_one() -> None:
    topology = generate("path", nodes=400, seed=1)
    assert times(topology).limit_s(Echo, LabConfig(link_delay=10_000)) == 900


@pytest.mark.parametrize(("algorithm", "expected"), [(Echo, 7), (Tarry, 6), (Algorithm, 8), (Wrong, 8)])
def test_where_nothing_is_proven_two_messages_a_node_or_link_count(
    algorithm: type[Algorithm], expected: float
) -> None:
    assert steps(algorithm, PATH) == expected
