"""`make bench`: waves, start, memory and idling of a lab, against a raw TCP tree in the same run.

Run as `python -m benchmarks [--nodes 8,31,63] [--rounds 200] [--idle 10]`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.contestants import Contestant, Ours, Raw
from benchmarks.probes import cpu_s, pss_mb
from topology import generate, write_topology

STARTS = 5
"""How often each side is started; the median counts."""
WARM_UP = 20
"""Waves before any is counted."""
SETTLE_S = 1.0
"""Time between the start and the measure of idling (s)."""
REST_S = 0.02
"""Time between two waves, in which the last one's reports are written (s)."""
BASE_PORT = 20_000
AIMS = {
    "wave": "at most 3 times raw TCP at 31 nodes",
    "start": "31 nodes up in 2 s",
    "memory": "15 MB a node",
    "idle": "below 2 % of a core altogether",
}


@dataclass
class Result:
    """One size's figures, ours and raw."""

    nodes: int
    wave_ms: tuple[float, float]
    start_s: tuple[float, float]
    node_mb: tuple[float, float]
    idle_percent: float


def main() -> None:
    """Measure every size and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--nodes", default="8,31,63", help="sizes of the binary trees (default: 8,31,63)")
    options.add_argument("--rounds", type=int, default=200, help="waves of each side (default: 200)")
    options.add_argument("--idle", type=float, default=10.0, help="seconds of idling (default: 10)")
    chosen = options.parse_args()
    console = Console()
    results: list[Result] = []
    for nodes in map(int, chosen.nodes.split(",")):
        with console.status(f"measuring {nodes} nodes"):
            results.append(measure(nodes, chosen.rounds, chosen.idle))
    console.print(table(results))
    for what, aim in AIMS.items():
        console.print(f"aim, {what}: {aim}")


def measure(nodes: int, rounds: int, idle_s: float) -> Result:
    """Measure a complete binary tree of a size."""
    with tempfile.TemporaryDirectory() as name:
        ours_at, raw_at = Path(name, "ours"), Path(name, "raw")
        for folder, port in ((ours_at, BASE_PORT), (raw_at, BASE_PORT + 1000)):
            folder.mkdir()
            write_topology(generate("binary", nodes=nodes, seed=1, base_port=port), folder / "topology.json")
        settings = {"rebalance_interval": 0, "balancer_port": BASE_PORT + 2000, "page_port": BASE_PORT + 2001}
        (ours_at / "config.json").write_text(json.dumps(settings))
        starts: list[tuple[float, float]] = []
        for _ in range(STARTS - 1):
            pair = [Ours(ours_at), Raw(raw_at)]
            starts.append((pair[0].start_s, pair[1].start_s))
            stop(pair)
        ours, raw = Ours(ours_at), Raw(raw_at)
        try:
            starts.append((ours.start_s, raw.start_s))
            idling = idle(ours, idle_s)  # before any wave, since a node forgets a wave only when it expires
            waves = race(ours, raw, rounds)
            memory = mean_pss(ours), mean_pss(raw)
            return Result(nodes, waves, medians(starts), memory, idling)
        finally:
            stop([ours, raw])


def stop(contestants: Sequence[Contestant]) -> None:
    """End all of them."""
    for each in contestants:
        each.stop()


def race(ours: Ours, raw: Raw, rounds: int) -> tuple[float, float]:
    """Let both run waves in turn; return the medians (ms)."""
    times: list[tuple[float, float]] = []
    for _ in range(WARM_UP + rounds):
        raw_ms = raw.wave_ms()
        times.append((ours.wave_ms(), raw_ms))
        time.sleep(REST_S)
    return medians(times[WARM_UP:])


def medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The median of each side."""
    return statistics.median(ours for ours, _ in pairs), statistics.median(raw for _, raw in pairs)


def mean_pss(contestant: Contestant) -> float:
    """The memory of a node (MB)."""
    return statistics.mean(map(pss_mb, contestant.nodes()))


def idle(ours: Ours, seconds: float) -> float:
    """The CPU that the whole lab takes while nothing happens (percent of one core)."""
    time.sleep(SETTLE_S)
    before, began = sum(map(cpu_s, ours.everything())), time.monotonic()
    time.sleep(seconds)
    return 100 * (sum(map(cpu_s, ours.everything())) - before) / (time.monotonic() - began)


def table(results: list[Result]) -> Table:
    """Write the figures, each as ours, raw and their ratio."""
    out = Table("nodes", "what", "ours", "raw TCP", "ratio")
    for each in results:
        rows = (
            ("echo wave, median ms", *each.wave_ms),
            ("start, median s", *each.start_s),
            ("memory a node, MB PSS", *each.node_mb),
        )
        for what, ours, raw in rows:
            out.add_row(str(each.nodes), what, f"{ours:.2f}", f"{raw:.2f}", f"{ours / raw:.1f}")
        out.add_row(
            str(each.nodes), "idle, % of a core", f"{each.idle_percent:.2f}", "", "", end_section=True
        )
    return out


if __name__ == "__main__":
    main()
