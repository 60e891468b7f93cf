"""A workload in a real lab, recorded, and again in virtual time: the same plans, moves, work and times.

One lab has several networks, one after the other, and rounds of rebalancing all the time. How late the
machine is that runs it matters to nothing that is compared: when what happened is part of the recording.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.live_lab import LiveLab, live_lab
from topowave import generate, write_network
from topowave.cli.main import app

TASKS = 48
CASES = [("binary", "max-load-heap"), ("ring", "tree-exact"), ("grid", "work-stealing"), ("star", "none")]
"""Networks, each with what balances it."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Generator[LiveLab]:
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "given.json"
    write_network(generate("binary", nodes=4, seed=2), file)
    with live_lab(folder, file, room=4, rebalance_interval=0.4) as found:
        yield found


def log_of(names: list[str], file: Path) -> Path:
    """Write tasks that come to one node more than the others take together, and to any node."""
    rows = [
        f"{0.02 * number:.2f},{(0.4, 0.5, 0.7)[number % 3]},{names[-1] if number % 4 else ''}\n"
        for number in range(TASKS)
    ]
    file.write_text("time,duration,node\n" + "".join(rows), "utf-8")
    return file


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "policy"), CASES)
def test_a_live_run_and_its_repetition_in_virtual_time_agree(
    lab: LiveLab, shape: str, policy: str, tmp_path: Path
) -> None:
    rounds = {"rebalance_interval": 0} if policy == "none" else {"policy": policy, "rebalance_interval": 0.4}
    lab.http.patch(f"{lab.balancer}/config", json=rounds).raise_for_status()
    lab.post("/topology", {"shape": shape, "nodes": 4, "seed": 2})
    nodes = lab.until(
        lambda: lab.get("/status")["nodes"], lambda found: all(node["state"] == "up" for node in found)
    )
    log = log_of([node["name"] for node in nodes], tmp_path / "log.csv")
    file = tmp_path / "run.json"
    words = ["load", "play", str(log), "--record", str(file), "--json", "--balancer", lab.balancer]
    played = CliRunner().invoke(app, words)
    assert played.exit_code == 0, played.output
    told = CliRunner().invoke(app, ["load", "repeat", str(file), "--json"])
    assert told.exit_code == 0, told.output
    found: dict[str, Any] = json.loads(told.stdout)
    seen, live = json.loads(played.stdout)["results"], found["live"]
    (result,) = found["results"]
    assert {name: n for name, n in live["completed_per_node"].items() if n} == seen["completed_per_node"]
    assert {node["name"]: node["completed"] for node in result["nodes"]} == live["completed_per_node"]
    for name in ("makespan", "mean_response"):
        measured, expected = live["measures"][name], result["measures"][name]
        assert abs(measured - seen[name]) <= 0.002
        assert abs(measured - expected) <= 0.05 * expected, (name, measured, expected)
    assert live["measures"]["moved"] == result["measures"]["moved"]
    assert found["notes"] == []
    repeated = found["repeated"]
    if policy == "none":
        assert repeated is None
    else:
        assert repeated["plans"] == repeated["rounds"] > 0
        assert repeated["as_moved"] == repeated["moves"] > 0
