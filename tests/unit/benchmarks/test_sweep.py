from __future__ import annotations

import pytest

from benchmarks.sweep import Contestant, scenario
from topowave.experiments.scenario_file import scenario_from


def test_a_thousand_runs_are_two_networks_under_two_policies() -> None:
    assert len(scenario_from(scenario(2_000, range(1, 251))).scenario) == 1_000


@pytest.mark.slow
def test_commands_at_the_same_time_are_measured_as_one() -> None:
    strangers = Contestant("two commands", 1, [range(1, 2), range(2, 3)])
    strangers.run(tasks=10)
    assert len(strangers.walls) == 1
    assert strangers.works[0] > 0
