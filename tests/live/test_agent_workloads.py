"""Replicas that are not our own program: an agent runs a command for each, and the lab keeps them there."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.test_deploy import deployed, echo
from tests.support.agents import started_agent
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.ports import neighbouring_ports
from tests.support.waiting import PATIENCE_S, wait_gone

TREE = {"name": "root", "port": 1, "cpu": 2, "children": [{"name": "amber", "port": 2, "cpu": 2}]}
WEB = f"{sys.executable} -m http.server {{port}} --bind {{host}}"
FRAMES = ROOT / "docs" / "how-to" / "join-with-another-language.md"


def on_agent(lab: LiveLab, name: str) -> list[dict[str, Any]]:
    """Return the replicas that an agent runs."""
    return [each for each in lab.get("/status")["replicas"] if each["agent"] == name]


def registered(lab: LiveLab, name: str) -> dict[str, Any]:
    """Return an agent, once it is alive."""

    def find() -> dict[str, Any] | None:
        return next((each for each in lab.get("/agents")["agents"] if each["name"] == name), None)

    found: dict[str, Any] = lab.until(find, lambda each: each is not None and each["state"] == "alive")
    return found


@pytest.mark.slow
def test_a_command_is_a_replica_that_is_kept_and_leaves(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    first = neighbouring_ports(10)
    options = "--heartbeat", "2", "--port", str(first), "--node-ip", "127.0.0.2", "--workload", WEB
    with (
        live_lab(tmp_path, tmp_path / "tree.json", probe_after=30, probe_timeout=30, wave_timeout=2) as lab,
        started_agent(lab.balancer_port, *options, name="web") as agent,
    ):
        assert registered(lab, "web")["workload"] == WEB
        lab.post("/deploy", {"replicas": 4})
        deployed(lab, 4)
        replicas = on_agent(lab, "web")
        assert [(each["node_ip"], each["state"]) for each in replicas] == [("127.0.0.2", "up")] * 2
        for each in replicas:
            page = httpx.get(f"http://{each['node_ip']}:{each['port']}/", timeout=PATIENCE_S, trust_env=False)
            assert "Directory listing" in page.text

        # A web server speaks no frames: it is missing in waves, by its name, and all others are in them.
        wave = echo(lab)
        assert wave["state"] != "complete"
        assert set(wave["missing"]) == {each["name"] for each in replicas}

        victim = replicas[0]["name"]
        pid = lab.pid(victim)
        assert pid in agent.children()
        os.kill(pid or 0, signal.SIGKILL)
        lab.until_back(victim, pid)

        running = agent.children()
        lab.post("/deploy", {"replicas": 2})
        deployed(lab, 2)
        lab.until(lambda: on_agent(lab, "web"), lambda left: not left)
        left = lab.until(agent.children, lambda there: len(there) == 1)  # its link
        wait_gone(running - left)


@pytest.mark.slow
def test_a_program_that_speaks_the_frames_takes_part_in_waves(tmp_path: Path) -> None:
    (source,) = re.findall(r"^```python my_node\.py\n(.*?)^```$", FRAMES.read_text("utf-8"), re.M | re.S)
    program = tmp_path / "my_node.py"
    program.write_text(source, "utf-8")
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    command = f"{sys.executable} {program} {{name}} {{port}}"
    options = "--heartbeat", "2", "--port", str(neighbouring_ports(10)), "--workload", command
    with (
        live_lab(tmp_path, tmp_path / "tree.json", probe_after=30, probe_timeout=30, wave_timeout=60) as lab,
        started_agent(lab.balancer_port, *options, name="mine"),
    ):
        registered(lab, "mine")
        lab.post("/deploy", {"replicas": 4})
        deployed(lab, 4)
        assert len(on_agent(lab, "mine")) == 2
        wave = echo(lab)
        assert (wave["state"], wave["missing"]) == ("complete", []), wave
