"""`topowave chaos` against real labs: what it does is done, what it watches is watched."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import ROOT, LiveLab, live_lab

MINUTES = "0.1"
PATIENCE_S = 240.0
"""A run may wait a minute for the lab to mend, another one for the tasks, and more for a slow machine (s)."""
TOPOLOGY = ROOT / "topology.json"
QUICK: dict[str, Any] = {"task_time": 0.1, "rebalance_interval": 0.5, "wave_timeout": 4}


def chaos(lab: LiveLab, *options: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "topowave", "chaos", "--balancer", lab.balancer, "--json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


@pytest.mark.timeout(2 * PATIENCE_S)
@pytest.mark.parametrize("processes", ["per-node", "2"])
def test_a_lab_holds_what_it_promises_while_it_is_broken_and_mends(tmp_path: Path, processes: str) -> None:
    with live_lab(tmp_path, TOPOLOGY, "--processes", processes, **QUICK) as lab:
        code, told = chaos(lab, "--minutes", MINUTES, "--intensity", "high", "--seed", "79")
        assert (code, told["held"], told["wrong"]) == (0, True, [])
        assert set(told["faults"]) >= {"kill", "stop"}  # by this seed both come in the first two seconds
        assert told["tasks_submitted"] == told["tasks_completed"] > 0
        assert 0 < told["scripts_submitted"] == sum(sum(ends.values()) for ends in told["scripts"].values())
        assert len(told["scripts"]) > 1
        assert told["waves_complete"] > 0
        assert told["law_readings"] > 10
        assert told["mended_s"] is not None
        assert {node["state"] for node in lab.get("/status")["nodes"]} == {"up"}


@pytest.mark.timeout(2 * PATIENCE_S)
def test_a_lab_that_grows_and_shrinks_meanwhile_holds_it_too_and_has_as_many_nodes_in_the_end(
    tmp_path: Path,
) -> None:
    with live_lab(tmp_path, TOPOLOGY, room=60, **QUICK) as lab:
        code, told = chaos(
            lab, "--minutes", MINUTES, "--intensity", "high", "--seed", "87", "--faults", "deploys"
        )
        assert (code, told["held"], told["wrong"]) == (0, True, [])
        assert told["faults"]["deploy"] > 0
        assert told["networks"] > 1
        assert told["nodes_most"] > told["nodes"] == told["nodes_least"]
        assert told["tasks_submitted"] == told["tasks_completed"] > 0
        status = lab.get("/status")
        assert status["desired_replicas"] == status["actual_replicas"] == told["nodes"]


def test_a_fault_that_there_is_not_is_refused_in_a_sentence(free_ports: Callable[[int], list[int]]) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    command = [
        sys.executable,
        "-m",
        "topowave",
        "chaos",
        "--balancer",
        url,
        "--faults",
        "kill,earthquake",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT)
    assert done.returncode == 2
    there = "kill, stop, cut, balancer, deploys, and all"
    assert done.stderr == f"--faults: 'earthquake' is none; there are {there}\n"


@pytest.mark.timeout(2 * PATIENCE_S)
def test_a_lab_that_does_not_mend_ends_it_with_1_and_is_no_lab_to_begin_with(
    tmp_path: Path,
) -> None:
    # A lab that fails its tasks: a node is given up for good, with what is in its queue.
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        leaf = lab.topology.nodes[-1].name
        for _ in range(5):
            pid = lab.pid(leaf)
            lab.post(f"/nodes/{leaf}/kill")
            lab.until_back(leaf, pid)
        # Its budget is spent, so the first kill of it is one too many.
        command = [
            sys.executable,
            "-m",
            "topowave",
            "chaos",
            "--balancer",
            lab.balancer,
            "--minutes",
            MINUTES,
        ]
        with subprocess.Popen(
            ["env", "PYTHONUNBUFFERED=1", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            assert running.stdout.readline()  # what it does first
            lab.post(f"/nodes/{leaf}/kill")
            out, _ = running.communicate(timeout=PATIENCE_S)
        assert running.returncode == 1
        assert f"{leaf} is failed" in out
        again = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT
        )
        assert again.returncode == 2
        assert again.stderr == f"the lab at {lab.balancer} is not whole: {leaf} is failed\n"


@pytest.mark.timeout(2 * PATIENCE_S)
def test_ctrl_c_ends_it_early_with_the_report_so_far_and_everything_continued(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, script_dirs=[], **QUICK) as lab:
        command = [sys.executable, "-u", "-m", "topowave", "chaos", "--balancer", lab.balancer]
        with subprocess.Popen(
            [*command, "--intensity", "high"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            while " stop " not in running.stdout.readline():
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
            rest = running.communicate(timeout=PATIENCE_S)[0]
        assert running.returncode == 0, rest
        assert rest.rstrip().endswith("everything held")
        refused = "faulty: script_dirs of config.json allows no folder, so no script can be run"
        assert f"  scripts     none, since the lab refuses them: body: {refused}\n" in rest
        assert {node["state"] for node in lab.get("/status")["nodes"]} == {"up"}


def test_without_a_lab_it_says_so_in_one_sentence(free_ports: Callable[[int], list[int]]) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    command = [sys.executable, "-m", "topowave", "chaos", "--balancer", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == f"no lab answers at {url}; `topowave up` starts one\n"
