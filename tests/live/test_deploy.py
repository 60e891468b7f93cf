"""The running tree grows and shrinks while waves run and tasks come, and nothing is lost, whoever dies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import LiveLab, live_lab

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [{"name": "amber", "port": 2, "cpu": 2}, {"name": "basil", "port": 3, "cpu": 2}],
}


def deployed(lab: LiveLab, replicas: int) -> dict[str, Any]:
    """Wait until there are so many nodes, all up, and nobody is on the way."""

    def is_there(found: dict[str, Any]) -> bool:
        numbers = found["desired_replicas"], found["actual_replicas"], found["up"]
        return numbers == (replicas,) * 3 and not found["leaving"] and found["phase"] == "settled"

    found: dict[str, Any] = lab.until(lambda: lab.get("/deploy"), is_there)
    return found


def echo(lab: LiveLab) -> dict[str, Any]:
    wave: dict[str, Any] = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    return wave


@pytest.mark.slow
def test_a_lab_grows_and_shrinks_under_load_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with live_lab(
        tmp_path,
        tmp_path / "tree.json",
        room=40,
        task_time=0.2,
        wave_timeout=60,  # and nobody is given up in a wave who is only slow, on a busy machine
        probe_after=30,
        probe_timeout=30,
    ) as lab:
        pids = {name: lab.pid(name) for name in ("root", "amber", "basil")}
        for replicas in (7, 4):
            lab.post("/tasks", {"count": 60})
            lab.post("/deploy", {"replicas": replicas})
            while lab.get("/deploy")["phase"] != "settled":
                # Two at once, and each is asked for soon: the balancer keeps the last ones only.
                started = [lab.post("/waves", {"algorithm": "echo"})["wave"] for _ in range(2)]
                for each in started:  # complete on the network of its start
                    wave = lab.wave(each)
                    assert wave["state"] == "complete", wave
            deployed(lab, replicas)
            wave = echo(lab)
            assert (wave["state"], wave["nodes"], wave["messages"]) == (
                "complete",
                replicas,
                2 * replicas - 2,
            )
        assert {name: lab.pid(name) for name in pids} == pids  # nobody was started again

        # One that is killed while it is to leave takes nothing with it; one node joins and leaves alone.
        joined = lab.post("/nodes", {"name": "dill", "parent": "amber"})
        assert (joined["parent"], lab.get("/deploy")["desired_replicas"]) == ("amber", 5)
        lab.post("/tasks", {"node": "dill", "count": 20})
        lab.post("/nodes/dill/kill")
        lab.http.delete(f"{lab.balancer}/nodes/dill?wait=0").raise_for_status()
        deployed(lab, 4)

        # A balancer that dies goes on with what is wanted.
        lab.post("/deploy", {"replicas": 6})
        lab.kill_balancer()
        deployed(lab, 6)
        counts = lab.until(lambda: lab.get("/status")["tasks"], lambda found: found["completed"] == 140)
        assert (counts["submitted"], counts["lawful"]) == (140, True)
        status = lab.get("/status")
        assert sorted(each["id"] for each in status["replicas"]) == [f"replica-{n}" for n in range(6)]
        assert status["desired_replicas"] == status["actual_replicas"] == 6
