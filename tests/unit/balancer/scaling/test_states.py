"""What is to be done next for the lab to become what it is wanted to be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.balancer.scaling.test_places import SMALL, grown, lab, networks
from topowave.balancer.scaling.hosts import Host, Hosts
from topowave.balancer.scaling.states import PHASES, Goal, Need, View, need_of
from topowave.topology import Topology
from topowave.topology.growth import moved, without_leaves
from topowave.topology.node import Place

HERE = View(SMALL)
A1 = Host("a1", "127.0.0.1", 9000)
SHOP2 = Host("shop 2", "127.0.0.1", 9300, launch=False)


def test_nothing_is_needed_as_long_as_nobody_has_said_how_many_nodes_are_wanted() -> None:
    assert need_of(replace(HERE, failed=frozenset({"dill"})), Goal()) == (Need.NOTHING, [], 0)
    assert need_of(HERE, Goal(5)) == (Need.NOTHING, [], 0)


def test_missing_nodes_are_added_and_too_many_are_chosen_drained_and_removed() -> None:
    assert need_of(HERE, Goal(8)) == (Need.ADD, [], 3)
    assert need_of(HERE, Goal(3)) == (Need.CHOOSE, ["cedar", "basil"], 2)
    chosen = Goal(3, frozenset({"cedar", "basil"}))
    assert need_of(HERE, chosen) == (Need.DRAIN, ["basil", "cedar"], 2)
    empty = replace(HERE, empty=frozenset({"cedar"}))
    assert need_of(empty, chosen) == (Need.REMOVE, ["cedar"], 1)


def test_when_more_are_wanted_again_those_that_were_chosen_stay_but_not_those_that_somebody_deleted() -> None:
    assert need_of(HERE, Goal(4, frozenset({"cedar", "basil"}))) == (Need.KEEP, ["basil"], 1)
    assert need_of(HERE, Goal(5, deleted=frozenset({"cedar"}))) == (Need.ADD, [], 1)


def test_a_leaf_that_died_for_good_is_replaced_and_an_inner_node_is_started_again() -> None:
    leaf = replace(HERE, failed=frozenset({"cedar"}))
    assert need_of(leaf, Goal(5)) == (Need.GIVE_UP, ["cedar"], 1)
    assert need_of(leaf, Goal(5, frozenset({"cedar"}))) == (Need.REMOVE, ["cedar"], 1)
    assert need_of(View(without_leaves(SMALL, ["cedar"])), Goal(5)) == (Need.ADD, [], 1)
    inner = replace(HERE, failed=frozenset({"amber"}))
    assert need_of(inner, Goal(5)) == (Need.RESTART, ["amber"], 1)
    root = replace(HERE, failed=frozenset({"root"}))
    assert need_of(root, Goal(5)) == (Need.RESTART, ["root"], 1)


def test_a_node_that_is_to_leave_waits_for_those_that_hang_from_it() -> None:
    goal = Goal(deleted=frozenset({"amber", "basil", "cedar"}))
    assert need_of(replace(HERE, empty=frozenset({"amber"})), goal) == (
        Need.DRAIN,
        ["amber", "basil", "cedar"],
        3,
    )
    all_three = replace(HERE, empty=goal.deleted)
    assert need_of(all_three, goal) == (Need.REMOVE, ["amber", "basil", "cedar"], 3)


def test_nodes_whose_agent_is_gone_move_before_all_else_whatever_number_is_wanted() -> None:
    there = Place("a2", "10.0.0.7", 9100)
    lost = View(moved(SMALL, {"dill": there}), hosts=Hosts((A1,), {"a2": "is silent"}))
    for goal in (Goal(), Goal(3), Goal(8), Goal(5, deleted=frozenset({"dill"}))):
        assert need_of(lost, goal) == (Need.MOVE, ["dill"], 1)
    assert need_of(replace(lost, hosts=Hosts((), {"a2": "is silent"})), Goal()) == (Need.MOVE, ["dill"], 1)


def test_nodes_wait_for_an_agent_where_none_run_here_and_all_that_can_be_done_is_done_meanwhile() -> None:
    nowhere = replace(HERE, hosts=Hosts(here=False))
    everybody = [node.name for node in SMALL.nodes]
    assert need_of(nowhere, Goal()) == (Need.WAIT, everybody, 5)
    assert need_of(nowhere, Goal(3)) == (Need.CHOOSE, ["cedar", "basil"], 2)
    assert need_of(replace(nowhere, hosts=Hosts((A1,), here=False)), Goal()) == (Need.MOVE, everybody, 5)


def test_a_workload_waits_for_an_agent_that_runs_one() -> None:
    workload = moved(SMALL, {"dill": Place("shop", "127.0.0.1", 9200, launch=False)})
    gone = {"shop": "is silent"}
    assert need_of(View(workload, hosts=Hosts((A1,), gone)), Goal()) == (Need.WAIT, ["dill"], 1)
    assert need_of(View(workload, hosts=Hosts((SHOP2,), gone)), Goal()) == (Need.MOVE, ["dill"], 1)


def test_what_holds_programs_of_others_stays_and_is_named() -> None:
    alien = {"name": "alien", "launch": False}
    held = View(
        lab({"name": "root", "children": [{"name": "amber", "children": [alien]}, {"name": "basil"}]})
    )
    assert need_of(held, Goal(1)) == (Need.CHOOSE, ["basil"], 1)
    alone = replace(held, topology=without_leaves(held.topology, ["basil"]))
    assert need_of(alone, Goal(1)) == (Need.STAY, ["amber"], 1)
    assert need_of(alone, Goal(2)) == (Need.NOTHING, [], 0)


def test_every_need_belongs_to_a_phase() -> None:
    assert PHASES.keys() == set(Need)


@given(networks, st.integers(1, 40), st.sets(st.integers(0, 39), max_size=5))
def test_from_wherever_the_lab_is_doing_what_is_needed_leads_to_the_goal(
    network: Topology, replicas: int, dead: set[int]
) -> None:
    names = [node.name for node in network.nodes]
    failed = frozenset(names[number] for number in dead if number < len(names))
    goal, came = Goal(replicas), 0
    need = Need.ADD
    for _ in range(4 * (len(names) + replicas) + 10):
        view = View(network, failed, empty=goal.all_leaving)  # nobody has tasks
        need, what, count = need_of(view, goal)
        gone = frozenset(what)
        if need is Need.NOTHING:
            break
        if need is Need.REMOVE:
            network = without_leaves(network, what)
            goal = Goal(goal.replicas, goal.leaving - gone)
        elif need in (Need.GIVE_UP, Need.CHOOSE):
            goal = replace(goal, leaving=goal.leaving | gone)
        elif need is Need.KEEP:
            goal = replace(goal, leaving=goal.leaving - gone)
        elif need is Need.RESTART:
            failed -= gone
        else:
            assert need is Need.ADD
            network = grown(network, count, came)
            came += count
    assert need is Need.NOTHING
    assert len(network.nodes) == replicas
    assert not failed & {node.name for node in network.nodes}
