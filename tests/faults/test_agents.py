"""Agents that die, stand still or lose their link: their nodes come back elsewhere, and never run twice.

TOPOWAVE_FAULT_ROUNDS sets how often each is done, at 12 rounds for the short form, which tests run.
"""

from __future__ import annotations

import operator
import os
import random
import signal
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.faults.agents import Agent, agents, no_node_runs_twice, on_agent, states
from tests.faults.test_deploys import LOAD, ROUNDS, deploy, kill, let_pass, settled_at, small_lab
from tests.faults.test_processes import all_done, is_there
from tests.faults.watching import Record, Watched, watching
from tests.support.live_lab import LiveLab
from tests.support.waiting import wait_gone

REPLICAS = 7


def silent(lab: LiveLab, name: str) -> None:
    """Wait until an agent is silent, and none of its nodes is there any more."""
    lab.until(partial(states, lab), lambda found: found.get(name) == "silent")
    lab.until(partial(on_agent, lab, name), operator.not_)


@contextmanager
def two_at_work(folder: Path) -> Generator[tuple[LiveLab, Agent]]:
    """A lab with nodes and tasks on two agents, `left`, which is yielded, and `right`."""
    with small_lab(folder) as lab, agents(lab, "left", "right") as (left, _):
        deploy(lab, REPLICAS)
        settled_at(lab, REPLICAS)
        lab.post("/tasks", {"count": LOAD})
        yield lab, left


@pytest.mark.timeout(400 * ROUNDS)
def test_the_nodes_of_an_agent_that_is_killed_come_back_on_the_others_with_their_tasks(
    tmp_path: Path, record_property: Record
) -> None:
    total, moved = Watched(), 0
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab, agents(lab, "left", "middle", "right") as three:
            deploy(lab, REPLICAS + 2)
            settled_at(lab, REPLICAS + 2)
            with no_node_runs_twice(lab), watching(lab) as seen:
                lab.post("/tasks", {"count": LOAD})
                lost = on_agent(lab, "left")
                assert lost
                moved += len(lost)
                three[0].kill()
                silent(lab, "left")
                settled_at(lab, REPLICAS + 2)
            total.add(seen)
            assert set(lost) <= {*on_agent(lab, "middle"), *on_agent(lab, "right")}
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property(
        "seen", f"{moved} nodes moved, none ran twice; {total}; all {LOAD * ROUNDS} tasks completed"
    )


@pytest.mark.timeout(400 * ROUNDS)
def test_an_agent_that_stands_still_has_ended_its_nodes_before_others_run_them(
    tmp_path: Path, record_property: Record
) -> None:
    for number in range(ROUNDS):
        with two_at_work(tmp_path / f"lab{number}") as (lab, left):
            with no_node_runs_twice(lab):
                before = left.children()
                assert on_agent(lab, "left")
                os.kill(left.pid, signal.SIGSTOP)
                silent(lab, "left")
                wait_gone(before, 0)  # gone by then, not soon after
                os.kill(left.pid, signal.SIGCONT)
                settled_at(lab, REPLICAS)
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property("seen", "all its processes were gone before its nodes moved; none ran twice")


@pytest.mark.timeout(400 * ROUNDS)
def test_an_agent_whose_link_is_killed_goes_on_and_no_node_runs_twice(
    tmp_path: Path, record_property: Record
) -> None:
    for number in range(ROUNDS):
        with two_at_work(tmp_path / f"lab{number}") as (lab, left):
            with no_node_runs_twice(lab):
                link = left.link(lab)
                kill([link])
                wait_gone([link])
                lab.until(
                    partial(states, lab),
                    lambda found: set(found.values()) == {"alive"} or "left" not in found,
                )
                settled_at(lab, REPLICAS)
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property("seen", "all nodes up; none ran twice")


@pytest.mark.timeout(400 * ROUNDS)
def test_a_balancer_that_dies_while_an_agent_is_silent_moves_its_nodes_all_the_same(
    tmp_path: Path, record_property: Record
) -> None:
    for number in range(ROUNDS):
        with two_at_work(tmp_path / f"lab{number}") as (lab, left):
            others = set(on_agent(lab, "right"))
            pids = {name: lab.pid(name) for name in others}
            with no_node_runs_twice(lab):
                balancer = lab.balancer_pid()
                left.kill()
                kill([balancer])
                lab.until(partial(is_there, lab, balancer), operator.not_)
                settled_at(lab, REPLICAS)
                lab.until(partial(on_agent, lab, "left"), operator.not_)
            assert {name: lab.pid(name) for name in others} == pids  # who was alive was not touched
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property("seen", "its nodes moved; those of the other agent ran on; none ran twice")


@pytest.mark.timeout(400 * ROUNDS)
def test_a_deploy_comes_to_its_goal_although_an_agent_dies_amid_it(
    tmp_path: Path, record_property: Record
) -> None:
    chance = random.Random(13)
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab, agents(lab, "left", "right") as two:
            with no_node_runs_twice(lab):
                lab.post("/tasks", {"count": LOAD})
                deploy(lab, REPLICAS + 4)
                let_pass(chance.uniform(0, 4))
                two[0].kill()
                silent(lab, "left")
                settled_at(lab, REPLICAS + 4)
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property("seen", "the goal was reached on the other agent; none ran twice")
