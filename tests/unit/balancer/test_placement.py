"""New tasks are spread also while nodes have not yet said what they got."""

from __future__ import annotations

import pytest

from topowave.balancer.placement import LabPlacement
from topowave.balancer.placements.base import ANYWHERE, TaskNeeds
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.lab import Lab
from topowave.topology import LabConfig, Topology
from topowave.topology.executor import ExecutorSettings
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


def placed(placement: LabPlacement, count: int = 1) -> list[str | None]:
    return placement.place([ANYWHERE] * count)


def test_what_was_given_counts_until_the_node_says_so() -> None:
    known = lab("a", "b")
    placement = LabPlacement(known)
    assert [placed(placement)[0] for _ in range(4)] == ["a", "b", "a", "b"]
    known.set_load(load("a", submitted=2, completed=2))
    assert placed(placement, 2) == ["a", "a"]


def test_what_names_its_node_counts_for_those_that_do_not() -> None:
    placement = LabPlacement(lab("a", "b"))
    for name in ("a", "a", "b"):
        placement.give(name)
    assert placed(placement, 2) == ["b", "a"]


def test_what_a_node_refused_does_not_count() -> None:
    placement = LabPlacement(lab("a", "b"))
    assert placed(placement, 3) == ["a", "b", "a"]
    placement.refused("a", 2)
    assert placed(placement) == ["a"]
    placement.refused("a", 100)
    assert placed(placement) == ["a"]


def test_what_was_given_counts_with_its_weight() -> None:
    placement = LabPlacement(lab("a", "b"))
    assert placement.place([TaskNeeds(weight=2), ANYWHERE, ANYWHERE, ANYWHERE]) == ["a", "b", "b", "a"]


def test_only_nodes_that_are_up_and_active_get_tasks_that_name_none() -> None:
    assert placed(LabPlacement(lab("b")), 5) == ["b"] * 5
    assert placed(LabPlacement(lab())) == [None]
    known = lab("a", "b")
    known.set_executors(known.topology.with_executors({"a": ExecutorSettings(active=False)}))
    assert placed(LabPlacement(known), 3) == ["b"] * 3


def test_a_node_with_a_limit_has_room_for_what_it_has_not_yet() -> None:
    known = lab("a", "b")
    known.set_executors(known.topology.with_executors({"a": ExecutorSettings(limit=3)}))
    placement = LabPlacement(known)
    known.set_load(load("a", submitted=5, completed=4))
    assert placement.room(known.topology.node("a")) == 2
    assert placement.room(known.topology.node("b")) is None
    assert placed(placement, 8).count("a") == 2
    assert placement.room(known.topology.node("a")) == 0
    known.set_load(load("a", submitted=7, completed=7))
    assert placement.room(known.topology.node("a")) == 3


def test_pending_tasks_that_a_node_took_count_until_it_reports_again() -> None:
    known = lab("a", "b")
    placement = LabPlacement(known)
    assert placed(placement, 2) == ["a", "b"]
    placement.taken("a", 1, placement.reports("a"))
    assert placed(placement) == ["a"]  # both have one
    placement.refused("a", 1)
    known.set_load(load("a", submitted=0))
    assert placed(placement) == ["a"]  # it has none, and b has one


def test_a_full_node_has_room_once_it_has_less_than_its_limit() -> None:
    known = lab("a")
    known.set_executors(
        known.topology.with_executors(
            {"a": ExecutorSettings(("gpu",), limit=1), "b": ExecutorSettings(limit=1)}
        )
    )
    placement = LabPlacement(known)
    gpu = TaskNeeds(frozenset({"gpu"}))
    assert placement.has_room("a")
    assert not placement.fits_a_full_node(gpu)
    known.set_load(load("a", submitted=1))
    assert not placement.has_room("a")
    assert placement.fits_a_full_node(gpu)
    assert not placement.fits_a_full_node(TaskNeeds(frozenset({"web"})))
    assert not placement.has_room("nobody")
    known.set_load(load("a", submitted=1, completed=1))
    assert placement.has_room("a")


def test_a_node_that_left_with_its_network_is_forgotten() -> None:
    known = lab("a", "b")
    placement = LabPlacement(known)
    assert placed(placement, 2) == ["a", "b"]
    known.replace(Topology.from_json({"name": "a", "port": 8000, "cpu": 2}), 2)
    placement.refused("b", 1)
    placement.taken("b", 1, placement.reports("b"))
    assert placement.is_settled
    assert placed(placement, 2) == ["a", "a"]


def test_nodes_can_be_left_out() -> None:
    assert placed(LabPlacement(lab("a", "b"))) == ["a"]
    assert LabPlacement(lab("a", "b")).place([ANYWHERE] * 2, without={"a": 1.0}) == ["b", "b"]
    assert LabPlacement(lab("a")).place([ANYWHERE], without={"a": 1.0}) == [None]


def test_a_node_that_is_named_is_told_why_it_does_not_take_a_task() -> None:
    known = lab("a", "b")
    known.set_executors(
        known.topology.with_executors({"a": ExecutorSettings(active=False), "b": ExecutorSettings(("gpu",))})
    )
    placement = LabPlacement(known)
    with pytest.raises(Problem, match="a is inactive: it gets no new tasks"):
        placement.check("a")
    with pytest.raises(Problem, match="b has 2 cores, and the task wants 3"):
        placement.check("b", TaskNeeds(weight=3))
    with pytest.raises(Problem, match="b has none of the roles io, web; it has gpu, leaf"):
        placement.check("b", TaskNeeds(frozenset({"web", "io"})))
    placement.check("b", TaskNeeds(frozenset({"leaf"}), 2))
    known.set_executors(known.topology.with_executors({"a": ExecutorSettings(limit=2)}))
    placement.give("a")
    with pytest.raises(Problem, match=r"body\.3: a is given at most 2 tasks, and has room for 1 now"):
        placement.check("a", count=2, place="body.3: ")
    placement.check("a", count=1)


def test_the_settings_name_who_chooses_and_another_one_does_from_then_on() -> None:
    known = lab("a", "b")
    placement = LabPlacement(known)
    assert placement.name == "least-loaded"
    known.set_load(load("a", submitted=9))
    assert placed(placement, 2) == ["b", "b"]
    known.configure(known.config.model_copy(update={"placement": "round-robin"}))
    assert placement.name == "round-robin"
    assert placed(placement, 3) == ["a", "b", "a"]
    assert placed(placement) == ["b"]  # turns go on from one request to the next


def test_the_nearest_to_the_root_is_taken_first_where_the_settings_say_so() -> None:
    known = lab("a", "b")
    known.configure(known.config.model_copy(update={"placement": "locality"}))
    assert placed(LabPlacement(known), 4) == ["a", "a", "b", "b"]
