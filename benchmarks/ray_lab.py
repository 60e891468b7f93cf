"""Labs on Ray: start, wave and memory for more and more nodes, and how they grow.

Run as `python -m benchmarks.ray_lab [--nodes 1000 3000 5000] [--rounds 20] [--processes 2]`. Each size runs
twice, one after the other: with `topowave up --ray local`, where a Ray of this machine's own starts an agent
in each of so many actors, and with `topowave up` alone in as many processes, on the same tree. Memory is the
proportional share (PSS) of all processes that the command has started, Ray's own apart from the lab's. What
the figures say of more machines is in docs/explanation/many-machines.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.probes import children, pss_mb
from topowave.topology import generate, write_topology

PATIENCE_S = 600.0
"""How long anything may take (s)."""
LOOK_S = 0.05
"""Time between two looks whether a wave has ended (s)."""
BASE_PORT = 12_000
SETTINGS = {"rebalance_interval": 0, "wave_timeout": 60, "probe_after": 30, "probe_timeout": 30}
"""So that nothing but our waves runs, and a busy machine is waited for."""


@dataclass(frozen=True)
class Figures:
    """What was measured of one lab.

    Attributes:
        nodes: its size.
        start_s: from the command to the first complete wave (s).
        waves_ms: how long each wave took at the root (ms).
        lab_mb: memory of the lab's own processes (MB PSS).
        ray_mb: memory of Ray's (MB PSS); 0 without it.
    """

    nodes: int
    start_s: float
    waves_ms: Sequence[float]
    lab_mb: float
    ray_mb: float

    @property
    def wave_ms(self) -> float:
        """The median wave (ms)."""
        return statistics.median(self.waves_ms)

    @property
    def slow_ms(self) -> float:
        """The wave that nine in ten are not slower than (ms)."""
        return sorted(self.waves_ms)[math.ceil(0.9 * len(self.waves_ms)) - 1]


def measure(nodes: int, processes: int, rounds: int, base_port: int, *, ray: bool) -> Figures:
    """Start a lab, measure it, and end it."""
    with tempfile.TemporaryDirectory(prefix="tw-") as name:
        folder = Path(name)
        write_topology(
            generate("binary", nodes=nodes, seed=1, base_port=base_port + 2), folder / "topology.json"
        )
        ports = {"balancer_port": base_port, "page_port": base_port + 1}
        (folder / "config.json").write_text(json.dumps(SETTINGS | ports))
        command = [sys.executable, "-m", "topowave", "up", "--json", "--processes", str(processes)]
        began_s = time.perf_counter()
        lab = subprocess.Popen(
            [*command, *(["--ray", "local"] if ray else [])],
            cwd=folder,
            env=os.environ | {"RAY_TMPDIR": name},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert lab.stdout is not None
            said = lab.stdout.readline()
            if not said:
                raise RuntimeError(f"{nodes} nodes did not start")
            url = json.loads(said)["balancer"]
            with httpx.Client(base_url=url, timeout=PATIENCE_S) as http:
                first = _wave(http, nodes)
                start_s = time.perf_counter() - began_s
                waves = [first, *(_wave(http, nodes) for _ in range(rounds))][1:]
                ours, rays = _memory(lab.pid)
            return Figures(nodes, start_s, waves, ours, rays)
        finally:
            lab.send_signal(signal.SIGINT)
            lab.communicate(timeout=PATIENCE_S)


def _wave(http: httpx.Client, nodes: int) -> float:
    """Run a wave over all nodes; return how long it took at the root (ms)."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        answer = http.get("/echo")
        if answer.is_success:
            wave = _over(http, answer.headers["X-Wave"])
            if wave["state"] == "complete" and wave["nodes"] == nodes:
                return float(wave["duration_ms"])
        time.sleep(LOOK_S)  # nodes are on their way
    raise RuntimeError(f"no wave reaches all {nodes} nodes")


def _over(http: httpx.Client, id: str) -> dict[str, Any]:
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        wave: dict[str, Any] = http.get(f"/waves/{id}").raise_for_status().json()
        if wave["state"] != "running":
            return wave
        time.sleep(LOOK_S)
    raise RuntimeError(f"wave {id} did not end")


def _memory(pid: int) -> tuple[float, float]:
    """Return what the lab's processes take, and what Ray's do (MB PSS)."""
    ours = rays = 0.0
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        try:
            waiting += children(each)
            mb = pss_mb(each)
            words = Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "ray/" in words or words.startswith("ray::"):
            rays += mb
        else:
            ours += mb
    return ours, rays


def line(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Return a and b of the straight line a + b n that fits best (least squares)."""
    if len(sizes) < 2:
        return values[0], 0.0
    slope, start = statistics.linear_regression(sizes, values)
    return start, slope


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power of n with which values grow: the slope on logarithmic axes."""
    return line([math.log(each) for each in sizes], [math.log(each) for each in values])[1]


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.ray_lab", description=__doc__)
    options.add_argument("--nodes", type=int, nargs="+", default=[1000, 3000, 5000], help="sizes of the tree")
    options.add_argument("--rounds", type=int, default=20, help="waves of each (default: 20)")
    options.add_argument("--processes", type=int, default=2, help="processes of the nodes (default: 2)")
    options.add_argument("--base-port", type=int, default=BASE_PORT, help=f"(default: {BASE_PORT})")
    chosen = options.parse_args()
    console = Console()
    found: dict[bool, list[Figures]] = {True: [], False: []}
    for nodes in chosen.nodes:
        for ray in (True, False):
            with console.status(f"{nodes} nodes {'on Ray' if ray else 'without Ray'}"):
                found[ray].append(measure(nodes, chosen.processes, chosen.rounds, chosen.base_port, ray=ray))
    heads = ("nodes", "", "start, s", "wave, ms", "9 in 10, ms", "lab, MB", "Ray, MB")
    table = Table(*heads, title=f"{chosen.processes} processes, {os.cpu_count()} cores")
    for pair in zip(found[True], found[False], strict=True):
        for ray, each in zip((True, False), pair, strict=True):
            where = "on Ray" if ray else "without"
            figures = (each.start_s, each.wave_ms, each.slow_ms)
            table.add_row(
                f"{each.nodes:,}",
                where,
                *(f"{figure:.1f}" for figure in figures),
                f"{each.lab_mb:,.0f}",
                f"{each.ray_mb:,.0f}",
            )
    console.print(table)
    sizes = [float(each.nodes) for each in found[True]]
    growth = Table("on Ray", "at 0 nodes", "for 1,000 more", "grows as n to the")
    for title, values in (
        ("start, s", [each.start_s for each in found[True]]),
        ("wave, ms", [each.wave_ms for each in found[True]]),
        ("lab, MB", [each.lab_mb for each in found[True]]),
    ):
        start, slope = line(sizes, values)
        growth.add_row(title, f"{start:.1f}", f"{1000 * slope:.2f}", f"{exponent(sizes, values):.2f}")
    console.print(growth)


if __name__ == "__main__":
    main()
