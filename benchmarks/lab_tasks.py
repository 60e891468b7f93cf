"""`make bench`: tasks a second through a live lab, one by one, in batches, and as scripts.

Run as `python -m benchmarks.lab_tasks [--nodes 15] [--tasks 10000] [--rounds 3]`. An emulated task takes a
millisecond, and a script some microseconds, so what is measured is what a task costs: its way over HTTP, its
place, the journal, and for a script the worker process. The engine alone runs the same scripts in the same
run, with a process for each core. docs/explanation/engine-speed.md tells how to read the figures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import PATIENCE_S, Ours
from benchmarks.engine_contestants import contestant
from topowave.engine import EngineConfig
from topowave.examples import examples
from topowave.topology import generate, write_topology

Order = dict[str, Any] | list[dict[str, Any]]
"""What one request says."""
Orders = Callable[[int, Sequence[str]], Iterator[Order]]
BASE_PORT = 28_000
TASK_TIME_S = 0.001
CLIENTS = 4
"""Requests at a time."""
BATCH = 500
"""Tasks of one request, where they come in batches."""
WARM_UP = 8
"""Tasks for each node before any counts: its workers are there then, and have the script."""
LOOK_S = 0.02
"""Time between two looks whether all tasks are over (s)."""
SCRIPT = "faulty"
"""The shipped script that does nothing, if it is told nothing."""


@dataclass(frozen=True)
class Way:
    """How tasks are given: one of the rows.

    Attributes:
        title: what is measured.
        part: of the tasks of a row that take less, how many this has.
        orders: what is sent for so many tasks, a body for each request, with the names of the nodes.
    """

    title: str
    part: float
    orders: Orders


def emulated(batch: int) -> Orders:
    """Return the orders of emulated tasks for all nodes in turn, so many in each."""

    def orders(count: int, nodes: Sequence[str]) -> Iterator[Order]:
        for number, begin in enumerate(range(0, count, batch)):
            yield {"node": nodes[number % len(nodes)], "count": min(batch, count - begin)}

    return orders


def scripts(batch: int) -> Orders:
    """Return the orders of script tasks, each with its own parameters, which the lab places."""

    def orders(count: int, _: Sequence[str]) -> Iterator[Order]:
        each = ({"script": SCRIPT, "params": {"value": number}} for number in range(count))
        if batch == 1:
            yield from each
        while several := list(itertools.islice(each, batch)):
            yield several

    return orders


WAYS = (
    Way("emulated, one by one", 0.25, emulated(1)),
    Way(f"emulated, {BATCH} at once", 1.0, emulated(BATCH)),
    Way("scripts, one by one", 0.25, scripts(1)),
    Way(f"scripts, {BATCH} at once", 0.5, scripts(BATCH)),
)


class Lab(Ours):
    """A lab that is given tasks."""

    def __init__(self, folder: Path, nodes: int) -> None:
        super().__init__(folder, nodes)
        self.url: str = json.loads(self.said)["balancer"]
        self.names = [node["name"] for node in self._status()["nodes"]]

    def tasks_a_second(self, way: Way, count: int) -> float:
        """Submit tasks and wait until all are over; return how many a second that is."""
        before = self._completed()
        local = threading.local()
        opened: list[httpx.Client] = []

        def send(order: Order) -> None:
            if not hasattr(local, "http"):
                local.http = httpx.Client(base_url=self.url, timeout=PATIENCE_S)
                opened.append(local.http)
            local.http.post("/tasks", json=order).raise_for_status()

        began_s = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(send, way.orders(count, self.names)))
        for http in opened:
            http.close()
        until_s = time.monotonic() + PATIENCE_S
        while self._completed() - before < count:
            assert time.monotonic() < until_s, "the tasks are not completed"
            time.sleep(LOOK_S)
        return count / (time.perf_counter() - began_s)

    def _completed(self) -> int:
        law: dict[str, Any] = self._status()["tasks"]
        assert law["lawful"], law
        assert not law["failed"], law
        return int(law["completed"])

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = self._client.get("/status").raise_for_status().json()
        return status


@contextmanager
def lab(nodes: int) -> Generator[Lab]:
    """Start a lab with a process for each node."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        topology = generate("binary", nodes=nodes, seed=1, base_port=BASE_PORT)
        write_topology(topology, folder / "topology.json")
        ports = {"balancer_port": BASE_PORT + 2000, "page_port": BASE_PORT + 2001}
        settings = {"rebalance_interval": 0, "task_time": TASK_TIME_S, **ports}
        (folder / "config.json").write_text(json.dumps(settings))
        running = Lab(folder, nodes)
        try:
            for way in WAYS:
                running.tasks_a_second(way, WARM_UP * nodes)
            yield running
        finally:
            running.stop()


def engine_alone(count: int) -> float:
    """Return how many of these scripts a second the engine runs by itself."""
    with contestant("engine", EngineConfig().cpu_bound_workers) as engine:
        path = str(examples()[SCRIPT])
        engine.batch(path, [{"value": number} for number in range(100)])
        began_s = time.perf_counter()
        engine.batch(path, [{"value": number} for number in range(count)])
        return count / (time.perf_counter() - began_s)


def main() -> None:
    """Measure and print the table: the best round of each."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.lab_tasks", description=__doc__)
    options.add_argument("--nodes", type=int, default=15, help="size of the binary tree (default: 15)")
    options.add_argument(
        "--tasks", type=int, default=10_000, help="tasks of the quickest row (default: 10000)"
    )
    options.add_argument("--rounds", type=int, default=3, help="rounds of each row (default: 3)")
    chosen = options.parse_args()
    console = Console()
    found = {way.title: 0.0 for way in WAYS}
    with lab(chosen.nodes) as running:
        for _ in range(chosen.rounds):
            for way in WAYS:
                with console.status(way.title):
                    rate = running.tasks_a_second(way, max(1, round(way.part * chosen.tasks)))
                found[way.title] = max(rate, found[way.title])
    found["the same scripts in the engine alone, in a batch"] = max(
        engine_alone(chosen.tasks) for _ in range(chosen.rounds)
    )
    table = Table(f"through a lab of {chosen.nodes} nodes, {CLIENTS} clients", "tasks a second")
    for title, rate in found.items():
        table.add_row(title, f"{rate:,.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
