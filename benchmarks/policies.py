"""`make bench`: how long each balancing policy takes for one plan, and whether that grows as n log n.

Run as `python -m benchmarks.policies [--nodes 100000]`. The network is a binary tree, of which each
hundredth node has a pile of tasks. The first round of second order diffusion also computes the convergence
of the network.
"""

from __future__ import annotations

import argparse
import time
from math import log
from random import Random

from rich.console import Console
from rich.table import Table

from topowave.balancer.policies.base import LoadView, NodeLoad, PolicySettings, plan_checked
from topowave.balancer.policies.registry import POLICIES

NODES = 100_000
FEWER = 10
"""How many times fewer nodes the first measurement has."""
PILE, PILES_EVERY = 40, 100
"""Tasks of a pile, and how many nodes there are for each."""


def network(nodes: int) -> LoadView:
    """Return a binary tree with its piles."""
    loads = [NodeLoad(at + 1, 2, PILE if at % PILES_EVERY == 0 else at % 3) for at in range(nodes)]
    near: list[list[int]] = [[] for _ in loads]
    for at in range(1, nodes):
        near[at].append((at - 1) // 2)
        near[(at - 1) // 2].append(at)
    parents = [None, *((at - 1) // 2 for at in range(1, nodes))]
    return LoadView(loads, near, parents, 0, 0.0, Random(1))


def seconds(name: str, view: LoadView) -> tuple[float, int]:
    """Return the processor time of a policy's first plan (s), and how many moves that has."""
    policy = POLICIES[name](PolicySettings())
    begun = time.process_time()
    moves = plan_checked(policy, view)
    return time.process_time() - begun, len(moves)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=NODES)
    nodes: int = parser.parse_args().nodes
    small, large = network(max(FEWER, nodes // FEWER)), network(nodes)
    expected = len(large.nodes) * log(len(large.nodes)) / len(small.nodes) / log(len(small.nodes))
    table = Table("policy", f"{len(small.nodes):,} nodes", f"{len(large.nodes):,} nodes", "grows by", "moves")
    for name in POLICIES:
        few, _ = seconds(name, small)
        many, moves = seconds(name, large)
        table.add_row(
            name, f"{few * 1000:.0f} ms", f"{many * 1000:.0f} ms", f"{many / few:.1f}", f"{moves:,}"
        )
    console = Console()
    console.print(table)
    console.print(f"n log n grows by {expected:.1f}")


if __name__ == "__main__":
    main()
