"""What `--ray` takes, and what a lab is refused that cannot run on a cluster."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from typing import Any

import pytest

from topowave.cli.ray_option import agents_for, check_cluster, ray_plan
from topowave.ray_cluster.limits import MOST_AGENTS
from topowave.ray_cluster.survey import RayMachine, Survey
from topowave.topology import LabConfig, Problems

OWN = version("topowave")
HERE = RayMachine("10.0.0.1", 2, "a", OWN)
THERE = RayMachine("10.0.0.2", 2, "b", OWN)


def test_there_is_an_agent_each_cpu_but_not_more_than_nodes_or_as_many_as_somebody_says() -> None:
    assert agents_for(15, "auto", 6) == 6
    assert agents_for(3, "auto", 6) == 3
    assert agents_for(15, 4, 6) == 4
    assert agents_for(15, "per-node", 6) == 15
    assert agents_for(0, "auto", 6) == 1


def test_more_agents_than_are_allowed_are_refused_and_auto_never_is() -> None:
    assert agents_for(5000, "auto", 2000) == MOST_AGENTS
    with pytest.raises(Problems, match=f"--processes per-node: .* a lab may have {MOST_AGENTS}"):
        agents_for(5000, "per-node", 6)


def test_other_machines_need_a_host_that_they_reach_and_a_database() -> None:
    with pytest.raises(Problems) as refused:
        check_cluster(Survey("a", (HERE, THERE)), LabConfig())
    host, journal = refused.value.problems
    assert "(10.0.0.2), which do not reach a lab on 127.0.0.1" in host
    assert "a journal in a file is for one machine only" in journal
    check_cluster(Survey("a", (HERE, THERE)), LabConfig(host="0.0.0.0", database_url="postgresql://db/lab"))


def test_a_cluster_on_this_machine_needs_neither() -> None:
    check_cluster(Survey("a", (HERE, HERE)), LabConfig())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ray://10.0.0.1:10001", "this machine has to be part of the cluster"),
        ("nonsense", "expected HOST:PORT"),
        ("127.0.0.1:1", "there is no cluster: Connection refused"),
    ],
)
def test_an_address_at_which_no_cluster_can_be_joined_is_refused(address: str, said: str) -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    with pytest.raises(Problems, match=said):
        ray_plan(address, "auto", 15, LabConfig())


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == "ray" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(Problems, match=r"pip install 'topowave\[ray\]'"):
        ray_plan("local", "auto", 15, LabConfig())


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_a_cluster_of_this_machines_own_has_an_agent_each_core_unless_somebody_says_a_number() -> None:
    assert ray_plan("local", 3, 15, LabConfig()).agents == 3
    assert ray_plan("local", "auto", 1, LabConfig()).agents == 1
