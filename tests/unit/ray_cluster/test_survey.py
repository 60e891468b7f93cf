"""What is said of the machines of a Ray cluster before anything is started there."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from topowave.ray_cluster.survey import RayMachine, Survey, check_machines
from topowave.topology import Problems

OWN = version("topowave")


def test_machines_are_elsewhere_whose_boot_is_another_one() -> None:
    here, there = RayMachine("10.0.0.1", 2, "a", OWN), RayMachine("10.0.0.2", 2, "b", OWN)
    assert Survey("a", (here, there)).elsewhere == (there,)
    assert Survey("a", (here, here)).elsewhere == ()


def test_a_machine_without_topowave_or_with_another_one_is_named_with_what_to_do() -> None:
    machines = (
        RayMachine("10.0.0.1", 2, "a", OWN),
        RayMachine("10.0.0.2", 2, "b", ""),
        RayMachine("10.0.0.3", 2, "c", "0.0.7"),
    )
    with pytest.raises(Problems) as refused:
        check_machines("auto", Survey("a", machines))
    lacks, differs = refused.value.problems
    assert lacks.startswith(f"--ray auto: 10.0.0.2: Ray's Python there has no Topowave, and this is {OWN}: ")
    assert differs.startswith("--ray auto: 10.0.0.3: Ray's Python there has Topowave 0.0.7, and this is ")
    assert "the environment from which `ray start` was called" in lacks


def test_a_cluster_without_machines_is_refused() -> None:
    with pytest.raises(Problems, match="has no machine that is alive"):
        check_machines("auto", Survey("a", ()))
