from random import Random

import pytest

from topowave.balancer.policies.base import NodeLoad
from topowave.balancer.policy_rounds import load_view
from topowave.topology import Topology

pytestmark = pytest.mark.anyio

NETWORK = {
    "name": "root",
    "port": 8000,
    "cpu": 1,
    "children": [
        {
            "name": "a",
            "port": 8001,
            "cpu": 1,
            "children": [{"name": "b", "port": 8002, "cpu": 1}, {"name": "c", "port": 8003, "cpu": 1}],
        },
        {"name": "d", "port": 8004, "cpu": 1},
    ],
    "links": [["b", "d"], ["b", "c"]],
}


def test_a_view_has_the_links_and_the_tree_of_those_that_answered() -> None:
    topology = Topology.from_json(NETWORK)
    ports = [8000, 8002, 8003, 8004]  # a did not answer
    view = load_view(topology, [NodeLoad(port, 1, 0) for port in ports], 3, 7.5, Random(1))
    assert [node.port for node in view.nodes] == ports
    assert [sorted(near) for near in view.neighbors] == [[3], [2, 3], [1], [0, 1]]
    assert view.parents == (None, 0, 0, 0)
    assert (view.round, view.time, view.forecast) == (3, 7.5, None)


def test_a_view_of_nobody_is_empty() -> None:
    view = load_view(Topology.from_json(NETWORK), [], 0, 0.0, Random(1))
    assert (view.nodes, view.neighbors, view.parents) == ((), (), ())
