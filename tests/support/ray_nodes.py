"""A real Ray cluster of the tests' own: several nodes on this machine, each with an address of its own.

Run as a program, `python -m tests.support.ray_nodes COUNT CPUS PORT`, it is the cluster: it prints a line of
JSON, and ends with its input. All its processes end with it, however that ends.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.ports import free_ports
from tests.support.waiting import wait_gone

NO_RAY = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray has no wheel for this Python, or is not installed"
)
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
"""A token of these tests' own, by which commands may join; else Ray would make one up, in the home."""
WARM = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Ray starts Python many times, and each would compile all of Ray anew."""
STORE_BYTES = 78 * 2**20
"""The least that Ray takes for what its processes send each other."""
QUICK = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 10_000,
    "health_check_failure_threshold": 4,
}
"""So soon a node counts as gone; by default it takes Ray 15 s."""
FIRST_IP = 2
"""127.0.0.1 would be replaced by the machine's own address."""


@dataclass(frozen=True)
class RayNode:
    """A node of the cluster: its address, and its raylet, with which all its processes end."""

    ip: str
    raylet: int

    def kill(self) -> None:
        """Kill it, as if the machine had failed."""
        os.kill(self.raylet, signal.SIGKILL)


@dataclass(frozen=True)
class RayNodes:
    """A cluster that runs.

    Attributes:
        address: where to join it.
        nodes: its nodes, the head first.
        environment: what commands need that join it.
    """

    address: str
    nodes: tuple[RayNode, ...]
    environment: dict[str, str]


@contextmanager
def ray_nodes(count: int, cpus: int = 2) -> Generator[RayNodes]:
    """Run a cluster; its end waits until all its processes are gone. On a machine that is too busy: skip."""
    folder = tempfile.mkdtemp(prefix="topowave-ray-")  # sockets are in it, and their paths must be short
    environment = WARM | TOKEN | {"RAY_TMPDIR": folder, "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-m", __name__, str(count), str(cpus), str(free_ports(1)[0])]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    try:
        with subprocess.Popen(command, env=environment, **pipes) as cluster:
            try:
                assert cluster.stdout is not None
                said = cluster.stdout.readline()
                if not said:  # its processes have 30 s to be there, which nobody can change
                    skip_where_busy()
                found = json.loads(said)
                nodes = tuple(RayNode(**node) for node in found["nodes"])
                yield RayNodes(found["address"], nodes, environment)
            finally:
                with suppress(subprocess.TimeoutExpired):
                    cluster.communicate(timeout=30)
                cluster.kill()
            if said:
                wait_gone(node.raylet for node in nodes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def skip_where_busy() -> None:
    """Skip a test for which Ray did not start, unless the machine has nothing else to do."""
    assert os.getloadavg()[0] > (os.cpu_count() or 1), "Ray did not start, and the machine is idle"
    pytest.skip("Ray did not start: the machine is too busy for the time that it has")


def main(count: int, cpus: int, port: int) -> None:
    """Be the cluster."""
    utils: Any = importlib.import_module("ray.cluster_utils")
    cluster = utils.Cluster()
    out = os.dup(1)
    os.dup2(2, 1)  # what Ray prints is not the answer
    nodes: list[dict[str, object]] = []
    for number in range(count):
        ip = f"127.0.0.{FIRST_IP + number}"
        head = {"gcs_server_port": port, "_system_config": QUICK} if number == 0 else {}
        node = cluster.add_node(
            num_cpus=cpus,
            object_store_memory=STORE_BYTES,
            include_dashboard=False,
            node_ip_address=ip,
            **head,
        )
        (raylet,) = node.all_processes["raylet"]
        nodes.append({"ip": ip, "raylet": raylet.process.pid})
    os.write(out, json.dumps({"address": cluster.address, "nodes": nodes}).encode() + b"\n")
    os.close(out)
    sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    Path(os.environ["RAY_TMPDIR"], "ray").mkdir(exist_ok=True)
    main(*map(int, sys.argv[1:4]))
