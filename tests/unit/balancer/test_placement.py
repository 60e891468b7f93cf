"""New tasks are spread also while nodes have not yet said what they got."""

from __future__ import annotations

import pytest

from topowave.balancer.placement import Placement
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.lab import Lab
from topowave.topology import LabConfig, Topology
from topowave.web.problem_details import Problem
from topowave.wire.observations import Load

TWO = {"name": "a", "port": 8000, "cpu": 2, "children": [{"name": "b", "port": 8001, "cpu": 2}]}


def lab(*up: str) -> Lab:
    made = Lab(Topology.from_json(TWO), 1, LabConfig(), "", ChangeLog())
    for name in up:
        made.set_state(name, "up", 1, 0, None)
    return made


def load(node: str, submitted: int, completed: int = 0) -> Load:
    counts = {"assigned": submitted - completed, "running": 0, "moving": 0, "failed": 0, "cancelled": 0}
    return Load(node=node, completed=completed, submitted=submitted, cut=False, **counts)


def test_what_was_given_counts_until_the_node_says_so() -> None:
    known = lab("a", "b")
    placement = Placement(known)
    assert [placement.place([None])[0] for _ in range(4)] == ["a", "b", "a", "b"]
    known.set_load(load("a", submitted=2, completed=2))
    assert placement.place([None, None]) == ["a", "a"]


def test_what_names_its_node_counts_for_those_that_do_not() -> None:
    assert Placement(lab("a", "b")).place([None, "a", "a", None, "b"]) == ["b", "a", "a", "a", "b"]


def test_what_a_node_refused_does_not_count() -> None:
    placement = Placement(lab("a", "b"))
    assert placement.place([None] * 3) == ["a", "b", "a"]
    placement.refused("a", 2)
    assert placement.place([None]) == ["a"]


def test_only_nodes_that_are_up_get_tasks_that_name_none() -> None:
    assert Placement(lab("b")).place([None] * 5) == ["b"] * 5
    assert Placement(lab()).place(["a"]) == ["a"]
    with pytest.raises(Problem, match="no node of this lab is up"):
        Placement(lab()).place([None])
    assert Placement(lab()).place([]) == []
