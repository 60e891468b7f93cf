"""Two independent programs of one model come to the same: ours, and SimPy's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load_simpy import SPEC, agree, ours, outcome, simpys
from topowave.load import LoadConfig, simulate_load, workload_of
from topowave.topology import generate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_simpy_comes_to_the_same_work_makespan_and_mean_response(seed: int) -> None:
    topology = generate("random", nodes=12, seed=seed)
    workload = workload_of(SPEC.format(2000).replace("0.9", "1.1"), topology, seed=seed)
    mine = outcome(topology, workload, ours(topology, workload))
    other = outcome(topology, workload, simpys(topology, workload))
    config = LoadConfig(policy="none", discipline="fcfs")
    whole = simulate_load(topology, workload, config)
    assert mine.makespan == whole.measures.makespan
    assert mine.work == tuple(node.work for node in whole.nodes)
    assert agree(mine, other)
    assert not agree(mine, replace(other, makespan=other.makespan * 1.001))
