"""The load decides how many nodes there are: tasks pour in, the lab grows; they end, it shrinks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.support.live_lab import LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 1,
    "children": [{"name": "amber", "port": 2, "cpu": 1}, {"name": "basil", "port": 3, "cpu": 1}],
}
TASKS = 90
"""So many seconds of work, that the lab has grown before they are done, on a slow machine too."""


def deployed(lab: LiveLab, replicas: int) -> None:
    """Wait until there are so many nodes, and nobody is on the way."""

    def is_there(found: dict[str, Any]) -> bool:
        numbers = found["desired_replicas"], found["actual_replicas"], found["up"]
        return numbers == (replicas,) * 3 and not found["leaving"] and found["phase"] == "settled"

    lab.until(lambda: lab.get("/deploy"), is_there)


def steps(lab: LiveLab) -> list[str]:
    """Return what the feed says of autoscaling, with the reason of each step."""
    url = f"ws://127.0.0.1:{lab.balancer_port}/stream"
    with connect(url, max_size=None, proxy=None, open_timeout=PATIENCE_S) as stream:
        events = json.loads(stream.recv(PATIENCE_S))["events"]
    return [event["text"] for event in events if event["text"].startswith("Autoscaling: ")]


@pytest.mark.slow
def test_a_lab_grows_with_its_load_and_shrinks_when_it_is_over_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with live_lab(
        tmp_path,
        tmp_path / "tree.json",
        room=12,
        task_time=1,
        autoscale="measured",
        min_replicas=3,
        max_replicas=6,
        scale_cooldown=1,
        scale_down_window=2,
    ) as lab:
        deployed(lab, 3)
        lab.until(lambda: steps(lab), bool)  # it has looked once: the goal of three was there before that
        lab.post("/tasks", {"count": TASKS})
        deployed(lab, 6)
        counts = lab.until(lambda: lab.get("/status")["tasks"], lambda found: found["completed"] == TASKS)
        assert (counts["submitted"], counts["lawful"]) == (TASKS, True)
        deployed(lab, 3)
        told = steps(lab)
        assert told[0].endswith(
            "3 are there: a load of 0 is 0 % of 3 cores, below the target of 60 %; min_replicas is 3"
        )
        assert "above the target of 60 %" in told[1]
        assert told[1].endswith("max_replicas is 6")
        assert all("below the target of 60 %" in text for text in told[2:])
        assert told[-1].startswith("Autoscaling: 3 nodes are wanted")
        found = lab.get("/deploy")["autoscaling"]
        assert (found["load"], found["last_step"]["replicas"]) == (0.0, 3)
        refused = lab.http.post(f"{lab.balancer}/deploy", json={"replicas": 7})
        assert refused.status_code == 409

        # Without it as many stay as there are, and people decide.
        lab.http.patch(f"{lab.balancer}/config", json={"autoscale": "off"}).raise_for_status()
        lab.post("/deploy", {"replicas": 2})
        deployed(lab, 2)
