"""`make bench`: waves, start, memory and idling of a lab, against a raw TCP tree in the same run.

Run as `python -m benchmarks [--sizes 31,63,255/2,1000/2] [--rounds 200] [--idle 20]`. A size is the nodes of
a complete binary tree, each in a process of its own, or packed into so many processes: `255/2`.
"""

from __future__ import annotations

import argparse
import json
import math
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
from topowave.topology import generate, write_topology
from topowave.wire.limits import PING_INTERVAL

STARTS = 3
"""How often each side is started; the median counts."""
WARM_UP = 5
"""Waves before any is counted."""
PACKED_ROUNDS = 50
"""Waves of each side at most, where nodes share processes: such labs are large, and their waves long."""
SETTLE_S = 1.0
"""Time between the start and the measure of idling (s)."""
REST_S = 0.02
"""Time between two waves, in which the last one's reports are written (s)."""
BASE_PORT = 20_000
AIMS = (
    "wave: at most 3 times raw TCP at 31 nodes, 2.5 times at the other sizes",
    "start: 31 nodes up in 2 s; 1000 nodes with their first wave in 6 s",
    "memory: 15 MB a node with a process each; 300 MB in all at 1000 nodes in 2 processes",
    "idle: below 2 % of a core altogether; below 5 % at 1000 nodes",
)


@dataclass(frozen=True)
class Size:
    """How many nodes, and in how many processes."""

    nodes: int
    processes: int

    @classmethod
    def read(cls, text: str) -> Size:
        """Read `63` or `255/2`."""
        nodes, _, processes = text.partition("/")
        return cls(int(nodes), int(processes or nodes))

    @property
    def packed(self) -> bool:
        """Whether nodes share processes."""
        return self.processes < self.nodes

    def __str__(self) -> str:
        return f"{self.nodes} in {self.processes}" if self.packed else f"{self.nodes}"


@dataclass
class Result:
    """One size's figures; pairs are ours and raw."""

    size: Size
    waves: list[tuple[float, float]]
    starts: list[tuple[float, float]]
    first_waves: list[tuple[float, float]]
    memory: tuple[float, float]
    memory_later: tuple[float, float]
    node_mb: tuple[float, float]
    idle_percent: float


def main() -> None:
    """Measure every size and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--sizes", default="31,63,255/2,1000/2", help="default: 31,63,255/2,1000/2")
    options.add_argument("--rounds", type=int, default=200, help="waves of each side (default: 200)")
    options.add_argument("--idle", type=float, default=PING_INTERVAL, help="seconds of idling (default: 20)")
    chosen = options.parse_args()
    console = Console()
    results: list[Result] = []
    for size in map(Size.read, chosen.sizes.split(",")):
        with console.status(f"measuring {size} nodes"):
            results.append(measure(size, chosen.rounds, chosen.idle))
    console.print(table(results))
    for aim in AIMS:
        console.print(f"aim, {aim}")


def measure(size: Size, rounds: int, idle_s: float) -> Result:
    """Measure a complete binary tree of a size."""
    with tempfile.TemporaryDirectory() as name:
        ours_at, raw_at = Path(name, "ours"), Path(name, "raw")
        for folder, port in ((ours_at, BASE_PORT), (raw_at, BASE_PORT + 2000)):
            folder.mkdir()
            network = generate("binary", nodes=size.nodes, seed=1, base_port=port)
            write_topology(network, folder / "topology.json")
        settings = {"rebalance_interval": 0, "balancer_port": BASE_PORT + 4000, "page_port": BASE_PORT + 4001}
        (ours_at / "config.json").write_text(json.dumps(settings))
        pairs: list[tuple[Ours, Raw]] = []
        for number in range(STARTS):
            if number:
                stop(pairs[-1])
            pairs.append((Ours(ours_at, size.processes), Raw(raw_at, size.processes)))
        ours, raw = pairs[-1]
        try:
            memory = total_pss(ours), total_pss(raw)
            # A node forgets a wave only when it expires; after the few so far there is nothing to do for it.
            idling = idle(ours, idle_s)
            return Result(
                size,
                race(ours, raw, min(rounds, PACKED_ROUNDS) if size.packed else rounds),
                [(one.start_s, other.start_s) for one, other in pairs],
                [(one.first_wave_s, other.first_wave_s) for one, other in pairs],
                memory,
                (total_pss(ours), total_pss(raw)),
                (mean_pss(ours.nodes()), mean_pss(raw.nodes())),
                idling,
            )
        finally:
            stop((ours, raw))


def stop(contestants: Sequence[Contestant]) -> None:
    """End all of them."""
    for each in contestants:
        each.stop()


def race(ours: Ours, raw: Raw, rounds: int) -> list[tuple[float, float]]:
    """Let both run waves in turn; return how long they took (ms)."""
    times: list[tuple[float, float]] = []
    for _ in range(WARM_UP + rounds):
        raw_ms = raw.wave_ms()
        times.append((ours.wave_ms(), raw_ms))
        time.sleep(REST_S)
    return times[WARM_UP:]


def medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The median of each side."""
    return statistics.median(ours for ours, _ in pairs), statistics.median(raw for _, raw in pairs)


def p99s(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The value of each side that 99 % do not exceed."""
    rank = math.ceil(0.99 * len(pairs)) - 1
    return sorted(ours for ours, _ in pairs)[rank], sorted(raw for _, raw in pairs)[rank]


def total_pss(contestant: Contestant) -> float:
    """The memory of all its processes (MB)."""
    return sum(map(pss_mb, contestant.everything()))


def mean_pss(pids: Sequence[int]) -> float:
    """The memory of one of these processes, on average (MB)."""
    return statistics.mean(map(pss_mb, pids))


def idle(ours: Ours, seconds: float) -> float:
    """The CPU that the whole lab takes while nothing happens (percent of one core).

    Servers ping each connection every PING_INTERVAL, so less time than that may show nothing at all.
    """
    time.sleep(SETTLE_S)
    before, began = sum(map(cpu_s, ours.everything())), time.monotonic()
    time.sleep(seconds)
    return 100 * (sum(map(cpu_s, ours.everything())) - before) / (time.monotonic() - began)


def table(results: list[Result]) -> Table:
    """Write the figures, each as ours, raw and their ratio."""
    out = Table("nodes", "what", "ours", "raw TCP", "ratio")
    for each in results:
        count = len(each.waves)
        rows = [
            (f"echo wave, median of {count}, ms", *medians(each.waves)),
            (f"echo wave, p99 of {count}, ms", *p99s(each.waves)),
            ("start, median s", *medians(each.starts)),
            ("start to first wave, median s", *medians(each.first_waves)),
            ("memory in all, MB PSS", *each.memory),
            (f"the same after {count} waves", *each.memory_later),
        ]
        if not each.size.packed:
            rows.append(("a node's process after them", *each.node_mb))
        for what, ours, raw in rows:
            out.add_row(str(each.size), what, f"{ours:.2f}", f"{raw:.2f}", f"{ours / raw:.1f}")
        out.add_row(str(each.size), "idle, % of a core", f"{each.idle_percent:.3f}", "", "", end_section=True)
    return out


if __name__ == "__main__":
    main()
