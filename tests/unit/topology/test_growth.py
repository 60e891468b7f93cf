"""Networks that grow and shrink at their leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from tests.unit.topology.strategies import node, topologies
from topowave.topology import Problems, Topology, growth
from topowave.topology.growth import Leaf, moved, with_leaves, with_link, without_leaves, without_link
from topowave.topology.node import Place

LAB = Topology.from_json(
    {
        **node("root", 8000, node("amber", 8001, node("basil", 8002)), node("cedar", 8003)),
        "links": [["cedar", "basil"]],
    }
)


def test_a_leaf_comes_below_its_parent_which_is_no_leaf_any_more() -> None:
    grown = with_leaves(LAB, [Leaf("dill", 8009, 2, "cedar"), Leaf("elder", 8010, 4, "dill", "gpu")])
    dill, elder = grown.node("dill"), grown.node("elder")
    assert (dill.parent, dill.port, dill.cpu, dill.role) == ("cedar", 8009, 2, "inner")
    assert (elder.parent, elder.role) == ("dill", "gpu")
    assert grown.node("cedar").role == "inner"
    assert grown.extra_links == LAB.extra_links


def test_leaves_leave_with_their_links_and_what_hangs_from_them_leaves_before_or_with_them() -> None:
    assert without_leaves(LAB, ["basil"]).extra_links == ()
    both = without_leaves(LAB, ["amber", "basil"])
    assert [each.name for each in both.nodes] == ["root", "cedar"]
    with pytest.raises(Problems) as refused:
        without_leaves(LAB, ["amber", "nobody", "root"])
    assert refused.value.problems == (
        "there is no node 'nobody' in this topology",
        "root is the root, which stays as long as the lab runs",
        "basil hangs from amber, so amber can go only after it: leaves leave first",
        "cedar hangs from root, so root can go only after it: leaves leave first",
    )


def test_a_name_or_port_that_is_taken_and_a_parent_that_is_not_there_are_refused() -> None:
    for leaf, said in (
        (Leaf("amber", 9000, 1, "root"), "amber"),
        (Leaf("dill", 8001, 1, "root"), "8001"),
        (Leaf("dill", 9000, 1, "nobody"), "nobody"),
    ):
        with pytest.raises(Problems, match=said):
            with_leaves(LAB, [leaf])


def test_a_leaf_may_run_on_an_agent_as_our_own_program_or_as_a_workload() -> None:
    ours = Leaf("dill", 8009, 2, "cedar", agent="east", host="10.0.0.7")
    workload = Leaf("elder", 8010, 1, "cedar", agent="west", host="10.0.0.8", launch=False)
    grown = with_leaves(LAB, [ours, workload])
    assert grown.places == {
        "dill": Place("east", "10.0.0.7", 8009),
        "elder": Place("west", "10.0.0.8", 8010, launch=False),
    }
    assert grown.node("dill").managed
    assert grown.node("elder").managed
    assert without_leaves(grown, ["dill", "elder"]).places == {}


def test_nodes_move_to_other_places_and_keep_all_else() -> None:
    there = moved(LAB, {"amber": Place("east", "10.0.0.7", 9000)})
    amber = there.node("amber")
    assert (amber.agent, amber.host, amber.port, amber.cpu) == ("east", "10.0.0.7", 9000, 2)
    assert (amber.parent, amber.children) == ("root", ("basil",))
    assert there.links == LAB.links
    assert moved(there, {"amber": LAB.node("amber").place}) == LAB


def test_a_move_of_a_stranger_or_to_a_port_that_is_taken_is_refused() -> None:
    with pytest.raises(Problems, match="there is no node 'nobody'"):
        moved(LAB, {"nobody": Place("east", "10.0.0.7", 9000)})
    with pytest.raises(Problems, match="8002 is taken"):
        moved(LAB, {"amber": Place("east", "10.0.0.7", 8002)})


@given(topologies())
def test_what_joins_and_leaves_again_leaves_the_network_as_it_was(network: Topology) -> None:
    names, ports = {each.name for each in network.nodes}, set(network.ports)
    name = next(f"x{number}" for number in range(99) if f"x{number}" not in names)
    port = next(number for number in range(1, 99) if number not in ports)
    parent = network.nodes[-1]
    grown = with_leaves(network, [Leaf(name, port, 1, parent.name)])
    assert len(grown.links) == len(network.links) + 1
    assert without_leaves(grown, [name]).links == network.links


def test_a_link_comes_beside_the_tree_and_goes_again() -> None:
    both = with_link(LAB, "basil", "root")
    assert both.extra_links == (("root", "basil"), ("basil", "cedar"))
    assert both == with_link(LAB, "root", "basil")
    assert both.nodes == LAB.nodes
    assert without_link(both, "root", "basil") == LAB
    assert without_link(LAB, "cedar", "basil").is_tree


@pytest.mark.parametrize(
    ("change", "ends", "said"),
    [
        (with_link, ("basil", "nobody"), "there is no node 'nobody' in this topology"),
        (with_link, ("nobody", "nobody"), "there is no node 'nobody' in this topology"),
        (with_link, ("basil", "basil"), "basil cannot be linked with itself"),
        (with_link, ("basil", "amber"), "basil and amber are linked already, by the tree"),
        (with_link, ("basil", "cedar"), "basil and cedar are linked already, by an extra link"),
        (without_link, ("basil", "nobody"), "there is no node 'nobody' in this topology"),
        (without_link, ("basil", "root"), "basil and root are not linked"),
        (without_link, ("basil", "basil"), "basil and basil are not linked"),
        (
            without_link,
            ("amber", "basil"),
            "basil hangs from amber by this link, and would be cut off with all that hangs from it: only "
            "links beside the tree's can go",
        ),
    ],
)
def test_a_link_that_cannot_come_or_go_is_refused_with_the_reason(
    change: Callable[[Topology, str, str], Topology], ends: tuple[str, str], said: str
) -> None:
    with pytest.raises(Problems) as refused:
        change(LAB, *ends)
    assert refused.value.problems == (said,)


def test_there_are_no_more_extra_links_than_a_network_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MAX_LINKS", 1)
    with pytest.raises(Problems, match="there are 1 extra links already"):
        with_link(LAB, "basil", "root")


@given(topologies())
def test_every_link_that_is_not_the_tree_s_can_go_and_come_back(network: Topology) -> None:
    for a, b in network.extra_links:
        assert with_link(without_link(network, b, a), a, b) == network
