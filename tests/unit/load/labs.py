"""Small workloads and networks for tests of load, and a check that nothing is lost or doubled."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from topowave.load.lab_state import NOWHERE
from topowave.load.quick_placing import QuickLeastLoaded
from topowave.load.virtual_lab import VirtualLab
from topowave.load.workloads.workload import Workload
from topowave.topology import Topology


def poisson(rate: float, tasks: int, mean_s: float = 1.0, seed: int = 1, **columns: Any) -> Workload:
    """Arrivals and durations that are exponential: the M and the M of M/M/c."""
    draw = random.Random(seed)
    times: list[float] = []
    durations: list[float] = []
    time = 0.0
    for _ in range(tasks):
        time += draw.expovariate(rate)
        times.append(time)
        durations.append(draw.expovariate(1 / mean_s))
    return Workload(times, durations, **columns)


def star(*cpus: int) -> Topology:
    """A root with leaves, n0, n1, ..., of so many cores."""
    made: list[dict[str, object]] = [
        {"name": f"n{at}", "port": 8000 + at, "cpu": cpu, "children": []} for at, cpu in enumerate(cpus)
    ]
    made[0]["children"] = made[1:]
    return Topology.from_json(made[0])


def named(names: Sequence[int]) -> list[str]:
    """The names of nodes of `star`."""
    return [f"n{number}" for number in names]


def lab_of(cpus: Sequence[int], workload: Workload, **options: Any) -> VirtualLab:
    """A lab whose tasks all come to the nodes that `fixed` says."""
    return VirtualLab(cpus, workload, QuickLeastLoaded(cpus, [True] * len(cpus)), **options)


def check_conserved(lab: VirtualLab) -> None:
    """Every task is in exactly one place, and each node's load and busy cores are those of its tasks."""
    places = [0] * len(lab.ends)
    for node in range(len(lab.cpus)):
        waiting = [task for task in lab.waiting[node] if not lab.over[task]]
        running = [*lab.running[node]]
        for task in (*waiting, *running):
            places[task] += 1
            assert lab.node_of[task] == node
        assert lab.load[node] == sum(lab.weights[task] for task in (*waiting, *running))
        assert lab.busy[node] == sum(lab.weights[task] for task in running)
        assert lab.busy[node] <= lab.cpus[node] or len(running) == 1
        assert lab.up[node] or not running
        first = next(iter(waiting), None)
        if first is not None and lab.up[node]:
            assert running
            assert lab.weights[first] > lab.cpus[node] - lab.busy[node]
    for task in lab.pending:
        places[task] += 1
        assert lab.node_of[task] == NOWHERE
    moving = sum(
        1
        for task in range(lab.came)
        if not lab.over[task] and lab.node_of[task] == NOWHERE and task not in lab.pending
    )
    for task, over in enumerate(lab.over):
        if over:
            assert places[task] == 0
            assert lab.ends[task] < math.inf
    here = sum(places)
    assert max(places, default=0) <= 1
    assert here + moving + lab.completed + lab.given_up == lab.came
    assert lab.completed + lab.given_up == sum(map(bool, lab.over))
