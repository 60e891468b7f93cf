"""What watching a lab costs its balancer: alerts, figures, a page, a dashboard, metrics; of a live lab.

Run as `python -m benchmarks.watching [--nodes 1000] [--processes 2] [--rate 100] [--seconds 10]`.
Tasks come at a fixed rate, in batches, and a page, its dashboard and Prometheus look. Shares are CPU time of
the balancer's process of one core; `benchmarks.watched` adds up those of each part of watching.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from websockets.sync.client import connect

from benchmarks.contestants import PATIENCE_S, Ours
from benchmarks.probes import children, cpu_s
from benchmarks.watched import PARTS, SPENT_FILE
from topowave.topology import generate, write_topology

BASE_PORT = 24_000
BALANCER_PORT = 23_990
BATCHES_S = 5
"""Batches of tasks a second."""
TASK_S = 0.05
WARM_UP_S = 5.0
"""Before anything is measured (s)."""
ASKED_S = 1.0
"""Time between two looks of a dashboard (s)."""
SCRAPED_S = 5.0
"""Time between two looks of Prometheus (s); its own usual time is 15 s to 60 s."""
POINTS = 300
AIM = "aim: watching by one dashboard takes less than 3 % of a core of the balancer"


class Lab(Ours):
    """A lab to which tasks come at a fixed rate, while it is in a `with` block."""

    def __init__(self, folder: Path, processes: int, program: str, rate: int) -> None:
        super().__init__(folder, processes, program)
        self._folder = folder
        self.url: str = json.loads(self.said)["balancer"]
        self._rate = rate
        self._over = threading.Event()
        self._tasks = threading.Thread(target=self._send)
        self.sent = 0
        """Tasks so far."""

    def __enter__(self) -> Lab:
        self._tasks.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._tasks.join()
        self.stop()

    @property
    def balancer(self) -> int:
        """The process of its balancer: the first child."""
        return children(self.process.pid)[0]

    def spent(self) -> dict[str, float]:
        """Return the CPU time that each part of watching has taken so far (s)."""
        found: dict[str, float] = json.loads((self._folder / SPENT_FILE).read_text("utf-8"))
        return found

    def _send(self) -> None:
        order = [{"duration": TASK_S, "category": "bench"}] * (self._rate // BATCHES_S)
        due_s = time.monotonic()
        with httpx.Client(base_url=self.url, timeout=PATIENCE_S) as http:
            while not self._over.wait(max(0.0, due_s - time.monotonic())):
                http.post("/tasks", json=order).raise_for_status()
                self.sent += len(order)
                due_s += 1 / BATCHES_S


@contextmanager
def page(url: str) -> Generator[None]:
    """Look at `/stream`, as a page does."""
    with connect(url.replace("http:", "ws:") + "/stream", max_size=None, proxy=None) as socket:
        over = threading.Event()

        def read() -> None:
            while not over.is_set():
                socket.recv()  # a frame comes at least every 1.5 s

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()


@contextmanager
def asked(url: str, every_s: float, ask: Callable[[httpx.Client], None]) -> Generator[None]:
    """Ask again and again."""
    over = threading.Event()

    def run() -> None:
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as http:
            while not over.wait(every_s):
                ask(http)

    asker = threading.Thread(target=run)
    asker.start()
    try:
        yield
    finally:
        over.set()
        asker.join()


@contextmanager
def dashboard(url: str) -> Generator[None]:
    """Ask for figures once a second, as an open dashboard does: all, new steps, and those of the nodes."""
    cursor = 0

    def ask(http: httpx.Client) -> None:
        nonlocal cursor
        http.get("/figures").raise_for_status()
        params = {"points": POINTS, "after": cursor}
        found: dict[str, Any] = http.get("/figures/series", params=params).raise_for_status().json()
        cursor = found["cursor"]
        http.get("/figures/nodes", params={"points": 1, "since": time.time() - 2}).raise_for_status()

    with asked(url, ASKED_S, ask):
        yield


@contextmanager
def metrics(url: str) -> Generator[None]:
    """Read the metrics, as Prometheus does."""

    def ask(http: httpx.Client) -> None:
        http.get("/metrics").raise_for_status()

    with asked(url, SCRAPED_S, ask):
        yield


def main() -> None:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.watching", description=__doc__)
    options.add_argument("--nodes", type=int, default=1000, help="size of the binary tree (default: 1000)")
    options.add_argument("--processes", type=int, default=2, help="processes of the nodes (default: 2)")
    options.add_argument("--rate", type=int, default=100, help="tasks a second (default: 100)")
    options.add_argument("--seconds", type=float, default=10, help="of each measurement (default: 10)")
    options.add_argument("--rounds", type=int, default=5, help="measurements (default: 5)")
    chosen = options.parse_args()
    console = Console()
    with console.status("a lab that is watched"):
        shares, whole = measure(chosen)
    console.print(table(shares, whole, chosen))
    console.print(AIM)


def measure(chosen: argparse.Namespace) -> tuple[list[dict[str, float]], list[float]]:
    """Return what each part of watching takes each time, and the balancer in all (percent of a core)."""
    shares: list[dict[str, float]] = []
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = generate("binary", nodes=chosen.nodes, seed=1, base_port=BASE_PORT)
        write_topology(network, folder / "topology.json")
        settings = {"balancer_port": BALANCER_PORT, "page_port": BALANCER_PORT + 1}
        (folder / "config.json").write_text(json.dumps(settings))
        with (
            Lab(folder, chosen.processes, "benchmarks.watched", chosen.rate) as lab,
            page(lab.url),
            dashboard(lab.url),
            metrics(lab.url),
        ):
            time.sleep(WARM_UP_S)
            for _ in range(chosen.rounds):
                before, sent, spent_s, began_s = lab.spent(), lab.sent, cpu_s(lab.balancer), time.monotonic()
                time.sleep(chosen.seconds)
                after, took_s = lab.spent(), time.monotonic() - began_s
                whole.append(100 * (cpu_s(lab.balancer) - spent_s) / took_s)
                shares.append({part: 100 * (after[part] - before[part]) / took_s for part in PARTS})
                assert lab.sent - sent > chosen.rate * took_s / 2, "tasks come too slowly"
    return shares, whole


def table(shares: Sequence[dict[str, float]], whole: Sequence[float], chosen: argparse.Namespace) -> Table:
    """Write the share of each part, of all of them, and of the balancer."""
    title = f"{chosen.nodes:,} nodes, {chosen.rate} tasks a second; percent of a core"
    out = Table("what", "median", "least to most", title=title)
    for part in PARTS:
        _row(out, part, [share[part] for share in shares])
    _row(out, "watching in all", [sum(share.values()) for share in shares])
    _row(out, "the balancer in all", whole)
    return out


def _row(out: Table, what: str, values: Sequence[float]) -> None:
    out.add_row(what, f"{statistics.median(values):.2f}", f"{min(values):.2f} to {max(values):.2f}")


if __name__ == "__main__":
    main()
