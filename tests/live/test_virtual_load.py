"""A workload in a real lab and in virtual time: each node does the same work, and it takes as long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.live_lab import live_lab
from topowave import LoadConfig, Workload, generate, simulate_load, workload_of, write_network
from topowave.cli.main import app

TASKS = 5
"""On each node."""


def recorded(names: list[str]) -> Workload:
    """Tasks that come to each node a little apart, and wait for each other."""
    rows = sorted(
        (round(0.4 * number + 0.05 * node, 3), 2 * (1.0, 1.5, 2.0, 1.0, 1.5)[(number + node) % 5], name)
        for node, name in enumerate(names)
        for number in range(TASKS)
    )
    return Workload([row[0] for row in rows], [row[1] for row in rows], nodes=[row[2] for row in rows])


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["binary", "ring"])
def test_a_live_run_and_its_simulation_agree(shape: str, tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    write_network(generate(shape, nodes=4, seed=2), file)
    with live_lab(tmp_path, file, rebalance_interval=0) as lab:
        names = [node.name for node in lab.topology.nodes]
        cores = {node.name: node.cpu for node in lab.topology.nodes}
        workload = recorded(names)
        # As many of each node's tasks come at once as it has cores, so that there is waiting on each.
        rows = [
            f"{time},{duration},{name}\n"
            for time, duration, name in zip(
                workload.times, workload.durations, workload.nodes or [], strict=True
            )
            for _ in range(cores[name])
        ]
        log = tmp_path / "log.csv"
        log.write_text("time,duration,node\n" + "".join(rows), "utf-8")
        words = ["load", "play", str(log), "--wait", "--json", "--balancer", lab.balancer]
        played = CliRunner().invoke(app, words)
        assert played.exit_code == 0, played.output
        live: dict[str, Any] = json.loads(played.stdout)
        virtual = simulate_load(lab.topology, workload_of(str(log)), LoadConfig(policy="none"))
    seen = live["results"]
    assert seen["completed_per_node"] == {node.name: node.completed for node in virtual.nodes}
    for name in ("makespan", "mean_response"):
        expected = getattr(virtual.measures, name)
        assert abs(seen[name] - expected) <= 0.05 * expected, (name, seen[name], expected)
