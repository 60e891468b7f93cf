"""The orchestrator is killed at random moments, mid-start too: no process, port or file is left.

TOPOWAVE_FAULT_ROUNDS sets how often; the tests run a short form.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.watching import Record
from tests.support.live_lab import ROOT
from tests.support.waiting import PATIENCE_S, until, wait_gone
from tests.unit.orchestrator.support import assert_free
from topowave.tasks import reader_at

ROUNDS = int(os.environ.get("TOPOWAVE_FAULT_ROUNDS", "8"))
NODES = 10
MARKER = "TOPOWAVE_TEST_MARKER"
SHOWN_STARTED = "Ctrl-C stops everything."


def session_of(marker: str) -> set[int]:
    """Every process that carries a marker in its environment: the lab's, wherever they have got to."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


@pytest.mark.timeout(60 * ROUNDS + 300)
def test_nothing_is_left_when_the_orchestrator_is_killed_at_any_moment(
    tmp_path: Path, free_ports: Callable[[int], list[int]], record_property: Record
) -> None:
    balancer, page, *ports = free_ports(NODES + 2)
    children: list[dict[str, Any]] = [
        {"name": f"n{i}", "port": port, "cpu": 2, "children": []} for i, port in enumerate(ports[1:])
    ]
    tree: dict[str, Any] = {"name": "root", "port": ports[0], "cpu": 2, "children": children}
    lab, temporary = tmp_path / "lab", tmp_path / "tmp"
    lab.mkdir()
    temporary.mkdir()
    (lab / "topology.json").write_text(json.dumps(tree))
    (lab / "config.json").write_text(json.dumps({"balancer_port": balancer, "page_port": page}))
    chance = random.Random(4)
    marker = f"{MARKER}={tmp_path}"
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), MARKER: str(tmp_path)
    }  # fmt: skip
    whole_start_s = _start_s(lab, environment, balancer)
    started = killed = 0
    slowest_s = 0.0
    for _ in range(ROUNDS):
        process = _up(lab, environment)
        # From before the first fork to well after the last one.
        _let_pass(chance.uniform(0.1, 2.0) * whole_start_s)
        left = session_of(marker) - {process.pid}
        started += bool(left)
        killed += len(left)
        process.kill()
        process.communicate()
        wait_gone(sorted(left))
        wait_gone(sorted(session_of(marker)))
        assert session_of(marker) == set()
        slowest_s = max(slowest_s, _wait_free(balancer, page, *ports))
        assert list(temporary.iterdir()) == []
        files = {file.name for file in (lab / ".topowave").glob("*")}
        assert {name for name in files if not name.startswith("journal")} == set(), files
        assert {file.name for file in lab.iterdir()} <= {"topology.json", "config.json", ".topowave"}
    assert started > 0
    record_property("times", ROUNDS)
    record_property(
        "seen",
        f"{killed} other processes ran when it died and none was left; all {NODES + 2} ports free within "
        f"{slowest_s:.2f} s; no file left",
    )
    # Whatever was cut off in the middle: the next start is none the worse for it.
    assert _start_s(lab, environment, balancer) > 0
    reader = reader_at(lab / ".topowave" / "journal.db")
    assert reader.counts().conserved
    reader.close()


def _up(lab: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-m", "topowave", "up"]
    return subprocess.Popen(
        command, cwd=lab, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _start_s(lab: Path, environment: dict[str, str], balancer: int) -> float:
    """Start the lab to the end and stop it; return how long the start took (s)."""
    began_s = time.monotonic()
    process = _up(lab, environment)
    try:
        assert process.stdout is not None
        assert any(SHOWN_STARTED in line for line in process.stdout)
        took_s = time.monotonic() - began_s
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.communicate()
    assert_free(balancer)
    return took_s


def _wait_free(*ports: int) -> float:
    """Wait until all ports are free, and return how long that took (s).

    A process that was born between our look and the kill dies unseen: its memory, and with it the marker, is
    gone a moment before its sockets are.
    """

    def free() -> bool:
        try:
            assert_free(*ports)
        except OSError:
            return False
        return True

    began_s = time.monotonic()
    until(free)
    return time.monotonic() - began_s


def _let_pass(seconds: float) -> None:
    """The moment of the kill is the point of this test; nothing is waited for."""
    time.sleep(seconds)
