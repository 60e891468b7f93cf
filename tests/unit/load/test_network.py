"""What a wave takes is what the algorithm itself takes, and distances are shortest ones."""

from __future__ import annotations

import math

from tests.support.near import near
from tests.unit.load.labs import star
from topowave.load.network import LoadNetwork, WaveTimes
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


def test_with_random_delays_each_round_has_a_wave_of_its_own_and_a_seed_decides() -> None:
    def waves(seed: int) -> list[WaveTimes]:
        network = LoadNetwork(generate("grid", nodes=12, seed=1), delay="uniform:0.01,0.1", seed=seed)
        return [network.wave(number=number) for number in range(3)]

    found = waves(1)
    assert waves(1) == found
    assert len({wave.done for wave in (*found, *waves(2))}) == 6
    assert all(0.02 <= wave.done < 0.1 * 2 * 17 for wave in found)
    assert {wave.messages for wave in found} == {2 * 17}
    assert all(wave.nodes == tuple(range(12)) for wave in found)
    assert len(found[0].reads) == 12


def test_what_moves_takes_the_time_of_its_way() -> None:
    ring = generate("ring", nodes=6, seed=1)
    numbers = [ring.index(name) for name in ring.numbering]
    constant = LoadNetwork(ring, delay="constant:0.1")
    ways = [constant.way_time(numbers[0], other) for other in numbers]
    assert ways == near([0.0, 0.1, 0.2, 0.3, 0.2, 0.1])
    assert LoadNetwork(ring, link_delay=0.1).way_time(numbers[0], numbers[1]) == 0.0
    own = LoadNetwork(Topology.from_json(PATH), delay="links:0.1")
    assert own.way_time(0, 2) == near(0.13)
    assert own.wave() == LoadNetwork(Topology.from_json(PATH), link_delay=0.1).wave()
    drawn = LoadNetwork(ring, delay="exponential:0.1", seed=3)
    times = [drawn.way_time(numbers[0], numbers[3]) for _ in range(200)]
    assert len(set(times)) == 200
    assert sum(times) / 200 == near(0.3, rel=0.2)
