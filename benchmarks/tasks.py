"""Tasks a second, from submission until they are done, and waves meanwhile; with the journal and without.

Run as `python -m benchmarks.tasks [--nodes 31] [--tasks 20000] [--batches 500] [--rounds 5]`. A task takes a
millisecond, the shortest that a lab is likely to be told; tasks come in batches, to all nodes in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import PATIENCE_S, Ours
from benchmarks.probes import pss_mb
from topowave.topology import generate, write_topology

BASE_PORT = 23_000
TASK_TIME_S = 0.001
CLIENTS = 4
"""Batches that are submitted at a time."""
LOOK_S = 0.02
"""Time between two looks whether all tasks are done (s)."""
PROGRAMS = {"with the journal": "topowave", "without": "benchmarks.unjournalled"}
AIM = "aim: 2,000 tasks a second with the journal on"


@dataclass
class Figures:
    """What one side did, a value a round."""

    tasks_s: list[float] = field(default_factory=list[float])
    idle_wave_ms: list[float] = field(default_factory=list[float])
    busy_wave_ms: list[float] = field(default_factory=list[float])
    node_mb: list[float] = field(default_factory=list[float])


class Lab(Ours):
    """A lab that is given tasks."""

    def __init__(self, folder: Path, nodes: int, program: str, *, checkout: Path | None = None) -> None:
        super().__init__(folder, nodes, program, checkout=checkout)
        self._url: str = json.loads(self.said)["balancer"]
        with httpx.Client(base_url=self._url, timeout=PATIENCE_S) as http:
            self._names = [node["name"] for node in http.get("/status").json()["nodes"]]

    def run_tasks(self, count: int, batch: int) -> tuple[float, list[float]]:
        """Submit tasks and wait until they are done; return tasks a second, and how long waves took (ms)."""
        batches = [min(batch, count - at) for at in range(0, count, batch)]
        before = self.done()
        over = threading.Event()
        waves: list[float] = []
        watching = threading.Thread(target=self._watch, args=(over, waves))
        watching.start()
        began = time.perf_counter()
        clients = [threading.Thread(target=self._submit, args=(each, batches)) for each in range(CLIENTS)]
        for client in clients:
            client.start()
        until = time.monotonic() + PATIENCE_S
        while self.done() - before < count:
            assert time.monotonic() < until, "the tasks are not completed"
            time.sleep(LOOK_S)
        took = time.perf_counter() - began
        over.set()
        for each in (watching, *clients):
            each.join()
        return count / took, waves

    def done(self) -> int:
        """How many tasks are done, as the nodes say."""
        status: dict[str, Any] = self._client.get("/status").json()
        if status["tasks"]["submitted"]:
            assert status["tasks"]["lawful"], status["tasks"]
        # A checkout to compare with may be of before tasks had their words.
        return sum(int(node.get("completed", node.get("done"))) for node in status["nodes"])

    def _submit(self, first: int, batches: Sequence[int]) -> None:
        with httpx.Client(base_url=self._url, timeout=PATIENCE_S) as http:
            for at in range(first, len(batches), CLIENTS):
                order = {"node": self._names[at % len(self._names)], "count": batches[at]}
                http.post("/tasks", json=order).raise_for_status()

    def _watch(self, over: threading.Event, waves: list[float]) -> None:
        while not over.is_set():
            waves.append(self.wave_ms())


def main() -> None:
    """Measure both sides in turn and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.tasks", description=__doc__)
    options.add_argument("--nodes", type=int, default=31, help="size of the binary tree (default: 31)")
    options.add_argument("--tasks", type=int, default=20_000, help="tasks a round (default: 20000)")
    options.add_argument("--batches", type=int, default=500, help="tasks in a batch (default: 500)")
    options.add_argument("--rounds", type=int, default=5, help="rounds of each side (default: 5)")
    chosen = options.parse_args()
    console = Console()
    found = {name: Figures() for name in PROGRAMS}
    for _ in range(chosen.rounds):
        for name, program in PROGRAMS.items():
            with console.status(f"running tasks {name}"):
                measure(found[name], program, chosen.nodes, chosen.tasks, chosen.batches)
    console.print(table(found, chosen.nodes))
    console.print(AIM)


def measure(figures: Figures, program: str, nodes: int, count: int, batch: int) -> None:
    """Run one round of one side."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        topology = generate("binary", nodes=nodes, seed=1, base_port=BASE_PORT)
        write_topology(topology, folder / "topology.json")
        ports = {"balancer_port": BASE_PORT + 2000, "page_port": BASE_PORT + 2001}
        settings = {"rebalance_interval": 0, "task_time": TASK_TIME_S, **ports}
        (folder / "config.json").write_text(json.dumps(settings))
        lab = Lab(folder, nodes, program)
        try:
            figures.idle_wave_ms += [lab.wave_ms() for _ in range(10)]
            figures.node_mb.append(statistics.mean(map(pss_mb, lab.nodes())))
            tasks_s, waves = lab.run_tasks(count, batch)
            figures.tasks_s.append(tasks_s)
            figures.busy_wave_ms += waves
        finally:
            lab.stop()


def table(found: dict[str, Figures], nodes: int) -> Table:
    """Write the medians side by side, and their ratio."""
    out = Table(f"{nodes} nodes, medians", *found, "ratio")
    rows = {
        "tasks a second": "tasks_s",
        "echo wave while idle, ms": "idle_wave_ms",
        "echo wave while tasks run, ms": "busy_wave_ms",
        "memory a node before any task, MB PSS": "node_mb",
    }
    for text, field_name in rows.items():
        values = [statistics.median(getattr(figures, field_name)) for figures in found.values()]
        out.add_row(text, *(f"{value:.2f}" for value in values), f"{values[0] / values[1]:.2f}")
    return out


if __name__ == "__main__":
    main()
