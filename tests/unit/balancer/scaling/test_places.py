"""Where leaves come, which of them leave, and who gets their tasks."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.policies.base import Move, NodeLoad
from topowave.balancer.scaling.places import (
    LEAST_FAN_OUT,
    depths,
    held_by_others,
    leaving,
    parents_for,
    ready_to_leave,
    shares,
    usual_cpu,
)
from topowave.topology import Topology, generate
from topowave.topology.growth import Leaf, with_leaves, without_leaves

SHAPES = ("binary", "star", "path", "tree", "ring")


def made(shape: str, nodes: int, seed: int) -> Topology:
    return generate(shape, nodes=nodes, seed=seed, base_port=8000)


networks = st.builds(
    made,
    st.sampled_from(SHAPES),
    st.integers(3, 40),
    st.integers(0, 99),
)


def lab(root: dict[str, Any]) -> Topology:
    """A network of nodes that have no more than a name and children."""
    port = 8000

    def made(data: dict[str, Any]) -> dict[str, Any]:
        nonlocal port
        port += 1
        children = data.get("children", [])
        return {"cpu": 2, "port": port, **data, "children": [made(child) for child in children]}

    return Topology.from_json(made(root))


SMALL = lab(
    {
        "name": "root",
        "children": [
            {"name": "amber", "children": [{"name": "basil"}, {"name": "cedar"}]},
            {"name": "dill"},
        ],
    }
)


def grown(network: Topology, count: int, first: int = 0) -> Topology:
    """Return the network with so many leaves more, which are numbered from `first` on."""
    names = [f"new {first + number}" for number in range(count)]
    leaves = [
        Leaf(name, 9000 + first + number, 1, place if isinstance(place, str) else names[place])
        for number, (name, place) in enumerate(zip(names, parents_for(network, count, {}), strict=True))
    ]
    return with_leaves(network, leaves)


def test_a_leaf_comes_where_the_tree_is_shallowest_then_where_the_load_is_least() -> None:
    assert parents_for(SMALL, 2, {}) == ["dill", "dill"]
    assert parents_for(SMALL, 4, {"basil": 1.0}) == ["dill", "dill", "cedar", 0]
    assert parents_for(SMALL, 1, {}, without=["dill"]) == ["basil"]


def test_leaves_that_come_together_may_hang_from_each_other() -> None:
    alone = lab({"name": "root"})
    assert parents_for(alone, 6, {}) == ["root", "root", 0, 1, 0, 1]


@given(networks, st.integers(1, 40))
def test_growing_adds_no_more_depth_than_a_full_tree_has_and_no_more_children_than_there_were(
    network: Topology, count: int
) -> None:
    most = max(LEAST_FAN_OUT, *(len(node.children) for node in network.nodes))
    after = grown(network, count)
    assert len(after.nodes) == len(network.nodes) + count
    assert max(len(node.children) for node in after.nodes) == most
    depth, before = depths(after), depths(network)
    shallowest = min(
        depth[name] for name, place in ((n.name, n) for n in after.nodes) if len(place.children) < most
    )
    added = [depth[name] for name in depth.keys() - before.keys()]
    assert max(added) <= shallowest + 1  # nothing came deeper while there was room above


@given(networks, st.integers(0, 50))
def test_what_leaves_can_leave_one_after_the_other_and_the_root_stays(network: Topology, count: int) -> None:
    gone = leaving(network, count, {})
    assert len(gone) == min(count, len(network.nodes) - 1)
    for name in gone:
        network = without_leaves(network, [name])
    assert network.root.name not in gone


def test_the_deepest_and_least_loaded_leave_first_but_those_on_their_way_before_all_others() -> None:
    assert leaving(SMALL, 4, {"cedar": 1.0}) == ["basil", "cedar", "dill", "amber"]
    assert leaving(SMALL, 2, {}, first=["dill"]) == ["dill", "cedar"]


def test_a_node_is_ready_to_leave_when_all_that_hangs_from_it_is() -> None:
    assert ready_to_leave(SMALL, {"amber", "basil"}) == ["basil"]
    assert ready_to_leave(SMALL, {"amber", "basil", "cedar"}) == ["amber", "basil", "cedar"]


def test_what_others_run_neither_leaves_nor_gets_children() -> None:
    mixed = lab({"name": "root", "children": [{"name": "alien", "launch": False}, {"name": "amber"}]})
    assert leaving(mixed, 5, {}) == ["amber"]
    assert parents_for(mixed, 2, {}) == ["amber", "amber"]


def test_what_programs_of_others_hang_from_cannot_leave_however_far_below_they_are() -> None:
    alien = {"name": "alien", "launch": False}
    inner = {"name": "amber", "children": [{"name": "basil", "children": [alien]}, {"name": "cedar"}]}
    assert held_by_others(lab({"name": "root", "children": [inner, {"name": "dill"}]})) == ["amber", "basil"]
    assert held_by_others(SMALL) == []


def test_where_leaves_may_be_workloads_none_hangs_from_another_new_one() -> None:
    alone = lab({"name": "root"})
    assert parents_for(alone, 4, {}, below_new=False) == ["root"] * 4


def test_a_new_leaf_has_as_many_cores_as_most_leaves() -> None:
    assert usual_cpu(lab({"name": "root", "cpu": 9})) == 9
    three = [{"name": "a", "cpu": 4}, {"name": "b", "cpu": 4}, {"name": "c", "cpu": 1}]
    assert usual_cpu(lab({"name": "root", "children": three})) == 4


@given(
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=6),
)
def test_tasks_are_shared_so_that_nobody_gets_one_who_would_be_more_loaded_than_another(
    cores: int, said: list[tuple[int, int, int | None]]
) -> None:
    nodes = [NodeLoad(8000 + i, cpu, load, room=room) for i, (cpu, load, room) in enumerate(said)]
    given = {move.receiver: move.count for move in shares(7000, cores, nodes)}
    room = sum(cores if node.room is None else node.room for node in nodes)
    assert sum(given.values()) == min(cores, room)
    for node in nodes:
        assert node.room is None or given.get(node.port, 0) <= node.room
        for other in nodes:
            if other.room is None and given.get(node.port):
                mine = (node.load + given[node.port]) / node.cpu
                assert mine <= (other.load + given.get(other.port, 0) + 1) / other.cpu


def test_a_share_is_a_move_from_the_giver() -> None:
    assert shares(7000, 2, [NodeLoad(8000, 2, 0)]) == [Move(7000, 8000, 2)]
    assert shares(7000, 2, []) == []
