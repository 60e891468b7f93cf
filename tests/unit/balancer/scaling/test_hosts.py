"""Which nodes need another place, and which agent gets which."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.balancer.scaling.test_places import SMALL
from topowave.balancer.scaling.hosts import Host, Hosts
from topowave.topology import Topology
from topowave.topology.growth import moved
from topowave.topology.limits import MAX_PORT
from topowave.topology.node import Place

A1, A2 = Host("a1", "127.0.0.1", 9000), Host("a2", "10.0.0.7", 9100)
SHOP = Host("shop", "127.0.0.1", 9200, launch=False)


def on(**agents: Place) -> Topology:
    """SMALL, with some nodes on agents."""
    return moved(SMALL, agents)


def names(hosts: Hosts, topology: Topology) -> list[str]:
    return [node.name for node in hosts.astray(topology)]


def test_nodes_of_agents_that_are_gone_need_another_place_and_no_others() -> None:
    topology = on(amber=Place("a1", "127.0.0.1", 9000), dill=Place("a2", "10.0.0.7", 9100))
    assert names(Hosts((A1,), {"a2": "is silent"}), topology) == ["dill"]
    assert names(Hosts((A1, A2)), topology) == []


def test_nodes_that_were_never_placed_need_a_place_where_none_run_here() -> None:
    assert names(Hosts((A1,), here=False), SMALL) == ["root", "amber", "basil", "cedar", "dill"]
    assert names(Hosts((A1,)), SMALL) == []


def test_who_has_the_fewest_comes_first_ports_are_free_and_nodes_of_one_agent_follow_each_other() -> None:
    busy = Host("a1", "127.0.0.1", 9000, nodes=2, taken=frozenset({9000}))
    found = Hosts((busy, A2)).places([None] * 5, ports=[9001, 9101])
    assert found == [
        Place("a2", "10.0.0.7", 9100),
        Place("a2", "10.0.0.7", 9102),
        Place("a2", "10.0.0.7", 9103),
        Place("a1", "127.0.0.1", 9002),
        Place("a1", "127.0.0.1", 9003),
    ]


def test_a_node_that_moves_keeps_its_port_where_its_agent_can_give_it() -> None:
    busy = Host("a1", "127.0.0.1", 9000, taken=frozenset({9007}))
    found = Hosts((busy,)).places([True] * 4, ports=[8000, 9007, 9008, 9000], own=[8000, 9007, 9008, 9000])
    assert [place and place.port for place in found] == [9001, 9002, 9008, 9000]


def test_our_own_program_goes_where_that_is_run_and_a_workload_where_one_is() -> None:
    hosts = Hosts((SHOP, A1))
    assert hosts.places([True, False, None, None], ()) == [
        Place("a1", "127.0.0.1", 9000),
        Place("shop", "127.0.0.1", 9200, launch=False),
        Place("a1", "127.0.0.1", 9001),
        Place("shop", "127.0.0.1", 9201, launch=False),
    ]
    assert Hosts((SHOP,)).places([True], ()) == [None]
    assert Hosts((A1,)).places([False], ()) == [None]
    assert Hosts().places([None], ()) == [None]


def test_an_agent_without_a_free_port_takes_nothing_and_the_others_take_more() -> None:
    full = Host("a1", "127.0.0.1", MAX_PORT)
    found = Hosts((full, A2)).places([True] * 3, ())
    assert [place and place.agent for place in found] == ["a1", "a2", "a2"]
    assert Hosts((full,)).places([True] * 2, ()) == [Place("a1", "127.0.0.1", MAX_PORT), None]


def test_agents_on_one_machine_share_its_ports() -> None:
    one, other = Host("a1", "127.0.0.1", 9000), Host("a2", "127.0.0.1", 9000)
    ports = [place and place.port for place in Hosts((one, other)).places([True] * 4, ())]
    assert ports == [9000, 9001, 9002, 9003]


@pytest.mark.parametrize(
    ("hosts", "takes"),
    [
        (Hosts(), True),
        (Hosts(here=False), False),
        (Hosts((A1,), here=False), True),
        (Hosts((SHOP,), here=False), False),
        (Hosts((A1,), here=False, waiting="1 of 3 agents are there"), False),
    ],
)
def test_a_node_of_ours_has_a_place_here_or_on_an_agent_that_runs_such(hosts: Hosts, takes: bool) -> None:
    assert hosts.takes(SMALL.root) is takes


def test_a_workload_has_a_place_only_on_an_agent_that_runs_one() -> None:
    dill = on(dill=Place("shop", "127.0.0.1", 9200, launch=False)).node("dill")
    assert not Hosts().takes(dill)
    assert not Hosts((A1,)).takes(dill)
    assert Hosts((SHOP,)).takes(dill)


def test_why_there_is_no_place_is_told() -> None:
    workload = on(dill=Place("shop", "127.0.0.1", 9200, launch=False)).node("dill")
    assert Hosts(waiting="1 of 3 agents are there").why_not([workload]) == "1 of 3 agents are there"
    assert Hosts().why_not([SMALL.root]) == "no agent is alive"
    assert Hosts((A1,)).why_not([workload]) == "no agent is alive that runs a workload"
    assert Hosts((SHOP,)).why_not([SMALL.root]) == "no agent is alive that runs nodes"
    assert Hosts((A1,)).why_not([]) == "no agent that is alive has a free port"


def test_one_agent_alone_may_be_asked_for() -> None:
    assert Hosts((A1, A2)).only("a2") == Hosts((A2,), here=False)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6),
    st.lists(st.sampled_from([True, False, None]), max_size=40),
)
def test_nodes_are_spread_so_that_no_agent_has_two_more_than_another_to_which_they_could_have_gone(
    said: list[tuple[int, bool]], kinds: list[Any]
) -> None:
    hosts = Hosts(
        tuple(Host(f"a{i}", "127.0.0.1", 9000, nodes, launch) for i, (nodes, launch) in enumerate(said))
    )
    found = hosts.places(kinds, ())
    placed = [place for place in found if place is not None]
    assert len({place.port for place in placed}) == len(placed)
    count = Counter(place.agent for place in placed)
    for kind, place in zip(kinds, found, strict=True):
        fits = [host for host in hosts.alive if kind in (None, host.launch)]
        assert (place is None) == (not fits)
        if place is not None:
            assert kind in (None, place.launch)
    if set(kinds) == {None}:
        totals = [host.nodes + count[host.agent] for host in hosts.alive]
        got = [total for host, total in zip(hosts.alive, totals, strict=True) if count[host.agent]]
        assert not got or max(got) <= min(totals) + 1
