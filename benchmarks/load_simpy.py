"""`make bench`: load in virtual time, and the same model written in SimPy, side by side in one run.

Run as `python -m benchmarks.load_simpy [--tasks 1000000] [--nodes 1000] [--simpy-tasks 200000]`. Both place
the same tasks on the same nodes with the same placement; a node of SimPy is a `Resource` with its cores, a
task a process that waits for one, holds it and lets it go, as SimPy's documentation does it. They are a
second opinion on each other as well: what each node completed, the makespan and the mean response must be
equal, but for rounding. Compared is what both do, until the ends of all tasks are known; the lines of
`simulate_load` have checks, looks at the balance and all figures besides. What counts is processor time,
which other programs on the machine disturb less than time on the wall; making the workload is not timed.
"""

from __future__ import annotations

import argparse
import importlib
import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from topowave.load import LoadConfig, Workload, simulate_load, workload_of
from topowave.load.quick_placing import QuickLeastLoaded
from topowave.load.virtual_lab import VirtualLab
from topowave.topology import Topology, generate

AIMS = (
    "1,000,000 tasks over 1,000 nodes: under 60 s on one core, with rebalancing too",
    "at least 10 times as fast as the same model in SimPy",
)
SPEC = "poisson:utilisation=0.9,duration=exp(1),tasks={}"
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Outcome:
    """What both must agree on: work by node (core-seconds), makespan and mean response (s)."""

    work: tuple[float, ...]
    makespan: float
    mean_response: float


@dataclass(frozen=True)
class Ran:
    """What each contestant leaves behind: of each task its node and its end (s)."""

    node: Sequence[int]
    ends: Sequence[float]


def ours(topology: Topology, workload: Workload) -> Ran:
    """Run it with the kernel of `simulate_load`."""
    cpus = [node.cpu for node in topology.nodes]
    lab = VirtualLab(cpus, workload, QuickLeastLoaded(cpus, [True] * len(cpus)), still=True)
    lab.advance()
    return Ran(lab.node_of, lab.ends)


def simpys(topology: Topology, workload: Workload) -> Ran:
    """Run it with SimPy."""
    simpy: Any = importlib.import_module("simpy")  # only this contestant needs it
    environment: Any = simpy.Environment()
    cpus = [node.cpu for node in topology.nodes]
    nodes: list[Any] = [simpy.Resource(environment, cpu) for cpu in cpus]
    placer = QuickLeastLoaded(cpus, [True] * len(cpus))
    times, durations = workload.times, workload.durations
    node_of = [-1] * len(workload)
    ends = [math.inf] * len(workload)

    def task(number: int, node: int) -> Generator[Any, Any, None]:
        with nodes[node].request() as core:
            yield core
            yield environment.timeout(durations[number])
        node_of[number] = node
        ends[number] = environment.now
        placer.gone(node, 1, environment.now)

    def arrivals() -> Generator[Any, Any, None]:
        for number, at in enumerate(times):
            yield environment.timeout(at - environment.now)
            environment.process(task(number, placer.place(1, environment.now)))

    environment.process(arrivals())
    environment.run()
    return Ran(node_of, ends)


def outcome(topology: Topology, workload: Workload, ran: Ran) -> Outcome:
    """Return what both must agree on."""
    work: list[list[float]] = [[] for _ in topology.nodes]
    for number, node in enumerate(ran.node):
        work[node].append(workload.durations[number])
    responses = [end - time for end, time in zip(ran.ends, workload.times, strict=True)]
    makespan = max(ran.ends) - workload.times[0]
    return Outcome(tuple(map(math.fsum, work)), makespan, math.fsum(responses) / len(responses))


def agree(one: Outcome, other: Outcome) -> bool:
    """Whether both came to the same; SimPy's clock is a sum of differences, so its last digits differ."""
    pairs = [(one.makespan, other.makespan), (one.mean_response, other.mean_response)]
    pairs += zip(one.work, other.work, strict=True)
    return all(math.isclose(a, b, rel_tol=1e-9) for a, b in pairs)


def timed(run: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the processor time of a run (s) and what it returned."""
    began_s = time.process_time()
    result = run()
    return time.process_time() - began_s, result


def main() -> None:
    """Measure both and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.load_simpy", description=__doc__)
    options.add_argument("--tasks", type=int, default=1_000_000, help="default: 1000000")
    options.add_argument("--nodes", type=int, default=1_000, help="default: 1000")
    options.add_argument(
        "--simpy-tasks", type=int, default=200_000, help="of the comparison (default: 200000)"
    )
    chosen = options.parse_args()
    topology = generate("binary", nodes=chosen.nodes, seed=1)
    many = workload_of(SPEC.format(chosen.tasks), topology, seed=1)
    few = workload_of(SPEC.format(chosen.simpy_tasks), topology, seed=1)
    out = Table("what", "tasks", "s", "us a task")

    def row(what: str, workload: Workload, took_s: float) -> None:
        out.add_row(what, f"{len(workload):,}", f"{took_s:.2f}", f"{1e6 * took_s / len(workload):.2f}")

    for what, policy in (("placement only", "none"), ("rebalancing by max-load-heap", "max-load-heap")):
        config = LoadConfig(policy=policy, discipline="fcfs")
        took_s, _ = timed(partial(simulate_load, topology, many, config))
        row(f"simulate_load, {what}", many, took_s)
    ours_s, mine = timed(lambda: ours(topology, few))
    simpy_s, other = timed(lambda: simpys(topology, few))
    same = agree(outcome(topology, few, mine), outcome(topology, few, other))
    assert same, "the two models do not come to the same"
    row("the kernel of Topowave", few, ours_s)
    row("SimPy", few, simpy_s)
    console = Console()
    console.print(out)
    console.print(
        f"SimPy takes {simpy_s / ours_s:.1f} times as long, and comes to the same work of each node"
    )
    for aim in AIMS:
        console.print(f"aim, {aim}")


if __name__ == "__main__":
    main()
