"""What a wave takes is what the algorithm itself takes, and distances are shortest ones."""

from __future__ import annotations

import math

from tests.unit.load.labs import star
from topowave.load.network import LoadNetwork
from topowave.topology import Topology, generate

PATH: dict[str, object] = {
    "name": "a",
    "port": 8000,
    "cpu": 1,
    "children": [
        {
            "name": "b",
            "port": 8001,
            "cpu": 1,
            "link_delay": 30,
            "children": [{"name": "c", "port": 8002, "cpu": 1, "children": []}],
        }
    ],
}


def test_loads_are_read_as_the_wave_arrives_and_the_root_knows_when_it_is_back() -> None:
    wave = LoadNetwork(Topology.from_json(PATH), link_delay=0.1).wave()
    assert wave.reads == ((0.0, (0,)), (0.03, (1,)), (0.13, (2,)))
    assert math.isclose(wave.done, 0.26)
    assert wave.messages == 4


def test_a_wave_without_delays_takes_no_time_but_as_many_messages() -> None:
    wave = LoadNetwork(generate("grid", nodes=12, seed=1)).wave()
    assert (wave.done, wave.messages, wave.nodes) == (0.0, 2 * 17, tuple(range(12)))


def test_nodes_behind_one_that_is_down_do_not_answer() -> None:
    network = LoadNetwork(Topology.from_json(PATH))
    assert network.wave(frozenset({1})).nodes == (0,)
    assert network.wave(frozenset({2})).nodes == (0, 1)
    assert network.wave().nodes == (0, 1, 2)


def test_hops_are_those_of_a_shortest_path_also_over_extra_links() -> None:
    network = LoadNetwork(generate("ring", nodes=6, seed=1))
    ring = [network.number[name] for name in network.topology.numbering]
    assert [network.hops(ring[0], node) for node in ring] == [0, 1, 2, 3, 2, 1]
    assert LoadNetwork(star(1, 1, 1)).hops(1, 2) == 2
