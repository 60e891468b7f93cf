"""The real servers live and die with their lab, and the command tells it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.live.survivors import ports, processes, state
from tests.support.live_lab import ROOT, live_lab
from tests.support.waiting import PATIENCE_S, wait_gone
from tests.unit.orchestrator.support import assert_free

TOPOLOGY = ROOT / "topology.json"
ON_A_TERMINAL = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that what is typed there as Ctrl-C arrives as SIGINT
runpy.run_module("topowave", run_name="__main__", alter_sys=True)
"""


def test_nothing_is_left_of_the_servers_when_the_orchestrator_is_killed(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY) as lab:
        pids = processes(lab)
        assert len(pids) == len(lab.topology.nodes) + 1
        os.kill(pids[3], signal.SIGSTOP)
        lab.process.kill()
        wait_gone(pids)
        assert_free(*ports(lab))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_servers_end_in_time_even_while_one_is_stopped_and_waves_run(
    tmp_path: Path, number: signal.Signals
) -> None:
    with live_lab(tmp_path, TOPOLOGY) as lab:
        pids = processes(lab)
        leaf = lab.topology.nodes[-1].name
        lab.post(f"/nodes/{leaf}/stop")
        lab.until(state(lab, leaf), lambda found: found == "stopped")
        lab.post("/waves", {"algorithm": "echo"})
        lab.process.send_signal(number)
        assert lab.process.wait(PATIENCE_S) == 0
        wait_gone(pids, 0)
        assert_free(*ports(lab))


def test_a_node_that_is_killed_again_and_again_is_given_up_and_waves_name_it(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY) as lab:
        leaf = lab.topology.nodes[-1].name
        for _ in range(5):
            pid = lab.pid(leaf)
            lab.post(f"/nodes/{leaf}/kill")
            lab.until_back(leaf, pid)

        def once_more() -> str:
            """One too many; on a slow machine the first deaths may be a minute ago by then."""
            if lab.pid(leaf) is not None:
                lab.http.post(f"{lab.balancer}/nodes/{leaf}/kill")
            return state(lab, leaf)()

        lab.until(once_more, lambda found: found == "failed")
        wave = lab.wave(lab.get("/echo_ws")["wave"])
        assert (wave["state"], wave["missing"]) == ("incomplete", [leaf])


def test_a_balancer_that_is_killed_comes_back_with_the_lab_as_it_was(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, task_time=600, rebalance_interval=0) as lab:
        nodes = lab.get("/status")["nodes"]
        lab.post("/tasks", {"node": "root", "count": 3})
        balancer = lab.balancer_pid()
        os.kill(balancer, signal.SIGKILL)
        wait_gone([balancer])

        def status() -> list[tuple[str, int, int]] | None:
            try:
                return [
                    (node["state"], node["pid"], node["assigned"] + node["running"])
                    for node in lab.get("/status")["nodes"]
                ]
            except httpx.TransportError:
                return None

        expected = [("up", node["pid"], 3 if node["name"] == "root" else 0) for node in nodes]
        lab.until(status, lambda found: found == expected)
        lab.until(lambda: lab.wave(lab.get("/echo_ws")["wave"])["state"], lambda found: found == "complete")


def test_down_returns_when_everything_is_gone(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY) as lab:
        pids = processes(lab)
        command = [sys.executable, "-m", "topowave", "down", "--balancer", lab.balancer]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        wait_gone(pids, 0)
        assert_free(*ports(lab))
        assert lab.process.wait(PATIENCE_S) == 0


def test_a_lab_whose_output_is_closed_runs_on(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY) as lab:
        assert lab.process.stdout is not None
        os.close(lab.process.stdout.fileno())
        os.open(os.devnull, os.O_RDONLY)  # takes the number, which the pipe's object closes later
        leaf = lab.topology.nodes[-1].name
        lab.post(f"/nodes/{leaf}/kill")
        lab.until(
            lambda: lab.get("/status")["nodes"][-1],
            lambda node: node["state"] == "up" and node["restarts"] == 1,
        )
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(PATIENCE_S) == 0


def test_on_a_terminal_a_bar_is_drawn_and_ctrl_c_typed_there_ends_the_lab(
    tmp_path: Path, free_ports: Callable[[int], list[int]]
) -> None:
    root, balancer, page = free_ports(3)
    (tmp_path / "topology.json").write_text(f'{{"name": "root", "port": {root}, "cpu": 2, "children": []}}')
    (tmp_path / "config.json").write_text(f'{{"balancer_port": {balancer}, "page_port": {page}}}')
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, "up"],
        cwd=tmp_path,
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(its)
    try:
        shown = read_until(ours, b"Ctrl-C stops everything.")
        assert b"starting" in shown
        assert b"2/2" in shown
        assert f"http://localhost:{page}".encode() in shown
        os.write(ours, b"\x03")
        assert process.wait(PATIENCE_S) == 0
        assert_free(root, balancer, page)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, wanted: bytes) -> bytes:
    """Read what a terminal shows until something is there."""
    shown = b""
    while wanted not in shown:
        shown += os.read(terminal, 4096)
    return shown
