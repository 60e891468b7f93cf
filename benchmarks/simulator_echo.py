"""`make bench`: how fast the simulator is, side by side with SimPy in the same run, trace off.

Run as `python -m benchmarks.simulator_echo [--rounds 3] [--small]`. Each measurement is a process of its own;
the contestants take turns, and each one's best round counts, so what else the machine does counts little.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from topowave.simulator import simulate

CONTESTANTS: tuple[str, ...] = ("topowave", "topowave-lists", "simpy-callbacks", "simpy-store")
ROOT = Path(__file__).resolve().parent.parent
COMPARED_NODES = 100_000
SMALL_NODES, LARGE_NODES = 10_000, 1_000_000
CALLBACKS_AIM, STORE_AIM = 3.0, 12.0
"""How many times the messages a second of SimPy's two styles."""
COST_AIM, PEAK_AIM_MB = 6.0, 1_200.0
"""Of a million nodes: cost of a message against 10,000 nodes, and memory at the peak."""
FINN_AIM_S = 1.0


@dataclass(frozen=True)
class Measured:
    """One contestant's best round."""

    messages: int
    seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Messages a second of processor time."""
        return self.messages / self.seconds


def measure(name: str, nodes: int) -> Measured:
    """Run a contestant once, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.simulator_contestants", name, str(nodes)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout))


def best(names: dict[str, int], rounds: int) -> dict[str, Measured]:
    """Let the contestants, each with its number of nodes, take turns; return each one's best round."""
    found: dict[str, list[Measured]] = {}
    for _ in range(rounds):
        for name, nodes in names.items():
            found.setdefault(name, []).append(measure(name.partition("/")[0], nodes))
    return {name: max(each, key=lambda one: one.rate) for name, each in found.items()}


def finn_s() -> float:
    """Return how long textbook Finn takes on a ring of 300 nodes (s)."""
    began_s = time.process_time()
    assert simulate("finn-full", "ring:300").ok
    return time.process_time() - began_s


def main() -> None:
    """Measure, print the table and whether the aims are met."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.simulator_echo", description=__doc__)
    options.add_argument("--rounds", type=int, default=3, help="rounds of each contestant (default: 3)")
    options.add_argument("--small", action="store_true", help="leave the million nodes out")
    chosen = options.parse_args()
    compared = dict.fromkeys(CONTESTANTS, COMPARED_NODES)
    found = best(compared, chosen.rounds)
    sizes = {"topowave/small": SMALL_NODES}
    if not chosen.small:
        sizes["topowave/large"] = LARGE_NODES
    found |= best(sizes, 1 if chosen.small else min(chosen.rounds, 2))
    table = Table("Echo in virtual time", "nodes", "thousand messages/CPU s", "peak MB")
    for name, one in found.items():
        nodes = f"{(compared | sizes)[name]:,}"
        table.add_row(name.partition("/")[0], nodes, f"{one.rate / 1e3:,.0f}", f"{one.peak_mb:,.0f}")
    console = Console()
    console.print(table)
    ours = found["topowave"].rate
    aims = [
        ("times SimPy's callbacks", ours / found["simpy-callbacks"].rate, CALLBACKS_AIM, True),
        ("times SimPy's Store", ours / found["simpy-store"].rate, STORE_AIM, True),
        ("s for Finn on a ring of 300", min(finn_s() for _ in range(chosen.rounds)), FINN_AIM_S, False),
    ]
    if not chosen.small:
        large, small = found["topowave/large"], found["topowave/small"]
        aims += [
            ("times the cost of a message at 1,000,000 nodes", small.rate / large.rate, COST_AIM, False),
            ("MB at the peak at 1,000,000 nodes", large.peak_mb, PEAK_AIM_MB, False),
        ]
    for what, value, aim, upwards in aims:
        met = value >= aim if upwards else value <= aim
        word = "at least" if upwards else "at most"
        console.print(f"{value:,.1f} {what}; aim: {word} {aim:,.0f}{'' if met else '  MISSED'}")


if __name__ == "__main__":
    main()
