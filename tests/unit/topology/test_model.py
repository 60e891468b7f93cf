"""The model: positions, neighbours, links."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings

from tests.unit.topology.strategies import node, topologies
from topowave.topology.executor import ExecutorSettings
from topowave.topology.generators.generate import generate
from topowave.topology.limits import MAX_DEPTH
from topowave.topology.model import Topology

LAB = Topology.from_json(
    {
        **node(
            "root",
            8000,
            node("amber", 8001, node("basil", 8002, link_delay=2.5), role="hub"),
            node("cedar", 8003, launch=False),
        ),
        "links": [["cedar", "basil"], ["basil", "root"]],
    }
)


def test_nodes_are_found_by_name_port_and_position() -> None:
    assert LAB.root.name == "root"
    assert LAB.node("basil").port == 8002
    assert LAB.by_port(8003).name == "cedar"
    assert [LAB.index(each.name) for each in LAB.nodes] == [0, 1, 2, 3]


def test_what_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        LAB.node("dill")
    with pytest.raises(KeyError):
        LAB.by_port(9)
    with pytest.raises(KeyError):
        LAB.index("dill")
    with pytest.raises(KeyError):
        LAB.neighbors("dill")


def test_fields_have_their_defaults_by_place() -> None:
    assert [each.role for each in LAB.nodes] == ["root", "hub", "leaf", "leaf"]
    assert [each.launch for each in LAB.nodes] == [True, True, True, False]
    assert [each.parent for each in LAB.nodes] == [None, "root", "amber", "root"]
    assert LAB.root.children == ("amber", "cedar")


def test_links_are_the_trees_then_the_extra_ones_in_fixed_order() -> None:
    assert LAB.links == (
        ("root", "amber"),
        ("amber", "basil"),
        ("root", "cedar"),
        ("root", "basil"),
        ("basil", "cedar"),
    )
    assert not LAB.is_tree


def test_neighbours_are_parent_children_then_extra() -> None:
    assert LAB.neighbors("root") == ("amber", "cedar", "basil")
    assert LAB.neighbors("basil") == ("amber", "root", "cedar")


def test_a_links_delay_is_that_of_its_child() -> None:
    assert LAB.link_delay("amber", "basil") == 2.5
    assert LAB.link_delay("basil", "amber") == 2.5
    assert LAB.link_delay("basil", "cedar") is None


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_plain_data_and_back_is_the_same(topology: Topology) -> None:
    again = Topology.from_json(json.loads(json.dumps(topology.to_json())))
    assert again == topology
    assert again.links == topology.links


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_neighbours_are_mutual_and_count_every_link_twice(topology: Topology) -> None:
    for each in topology.nodes:
        for other in topology.neighbors(each.name):
            assert each.name in topology.neighbors(other)
    assert sum(len(topology.neighbors(each.name)) for each in topology.nodes) == 2 * len(topology.links)


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_depth_first_order_has_parents_before_children_and_subtrees_together(topology: Topology) -> None:
    assert len(topology.links) - len(topology.extra_links) == len(topology.nodes) - 1
    for each in topology.nodes:
        if each.children:
            assert topology.index(each.children[0]) == topology.index(each.name) + 1
            positions = [topology.index(child) for child in each.children]
            assert positions == sorted(positions)


def test_the_deepest_tree_can_be_handled_by_any_json_library() -> None:
    deep = generate("path", nodes=MAX_DEPTH + 1, seed=1)
    assert Topology.from_json(json.loads(json.dumps(deep.to_json()))) == deep


def test_a_topology_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(LAB)) == LAB


def test_ports_are_in_the_order_of_the_nodes() -> None:
    network = generate("binary", nodes=7, seed=1, base_port=9000)
    assert network.ports == tuple(range(9000, 9007))


def test_a_host_of_its_own_is_kept() -> None:
    data: dict[str, Any] = {
        "name": "a",
        "port": 1,
        "cpu": 1,
        "launch": False,
        "host": "10.0.0.7",
        "children": [],
    }
    assert Topology.from_json(data).root.host == "10.0.0.7"
    assert Topology.from_json(data).to_json() == data


def test_what_tasks_a_node_takes_can_be_changed_and_nothing_else_does() -> None:
    executor = ExecutorSettings(roles=("gpu",), weight=2.0, limit=3, active=False)
    changed = LAB.with_executors({"amber": executor})
    assert changed.node("amber").executor == executor
    assert changed.executors == {"amber": executor}
    assert Topology.from_json(changed.to_json()) == changed
    assert changed.with_executors({}) == LAB
