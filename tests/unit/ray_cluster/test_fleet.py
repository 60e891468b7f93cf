"""How the agents of a lab are divided among the CPUs of a Ray cluster."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.ray_cluster.fleet import cpus_for_each
from topowave.ray_cluster.limits import AGENT_CPUS


@pytest.mark.parametrize(
    ("agents", "cpus", "share"),
    [
        (1, [2.0], AGENT_CPUS),
        (2, [2.0], AGENT_CPUS),
        (3, [2.0, 2.0, 2.0], AGENT_CPUS),
        (4, [2.0], AGENT_CPUS / 2),
        (50, [2.0], AGENT_CPUS / 25),
    ],
)
def test_an_agent_has_half_a_cpu_and_less_where_there_are_more_agents_than_cpus(
    agents: int, cpus: Sequence[float], share: float
) -> None:
    assert cpus_for_each(agents, [*cpus]) == share


@given(st.integers(1, 300), st.lists(st.integers(0, 64), min_size=1, max_size=8).filter(any))
def test_all_agents_fit_and_half_of_the_cpus_stay_free(agents: int, cpus: list[int]) -> None:
    share = cpus_for_each(agents, [float(each) for each in cpus])
    parts = round(AGENT_CPUS / share)
    assert sum(each * parts for each in cpus) >= agents
    assert agents * share <= sum(cpus) or share == AGENT_CPUS
