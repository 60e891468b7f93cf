"""A recording in virtual time: its tasks as a workload, the same run again, and what the lab itself measured.

How long a task is to hold its cores is what was measured: from the moment at which the node had the task and
cores for it until the task was over. A machine that is busy begins a task late and ends it late; both are in
it, as they are in what the lab measured. All else follows in virtual time: which tasks wait for which, what
rounds of rebalancing plan and take, and so where each task runs and when it ends.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

from topowave.load.config import NO_POLICY, LoadConfig
from topowave.load.measures import jain_index, mean, percentile
from topowave.load.recordings.instants import ROUNDED, is_of, with_known_instants
from topowave.load.recordings.recording import Attempt, RecordedMove, RecordedTask, Recording
from topowave.load.result import LoadResult
from topowave.load.simulation import Recorded, simulate_load
from topowave.load.workloads.workload import USUAL_PRIORITY, Workload
from topowave.tasks.script import Priority
from topowave.topology import Problems

Moves = dict[str, list[RecordedMove]]
SHORTEST = 1e-6
"""Seconds that a task holds its cores at the least, whatever clocks said."""


def repeat(recording: Recording) -> LoadResult:
    """Let a recorded run happen again in virtual time, with the rounds that it had.

    Raises:
        Problems: it had rounds of more than one policy, or what it was recorded with is not known here.
    """
    policies = sorted({each.policy for each in recording.rounds})
    if len(policies) > 1:
        raise Problems([f"rounds of several policies were recorded: {', '.join(policies)}; expected one"])
    config = config_of(recording).but(policy=policies[0] if policies else NO_POLICY)
    recorded = Recorded(with_known_instants(recording).rounds, [task.duration for task in recording.tasks])
    return simulate_load(recording.topology, workload_of_recording(recording), config, recorded=recorded)


def repeat_with(recording: Recording, policy: str) -> LoadResult:
    """Let the recorded tasks come again, with a policy (or none) and rounds of virtual time.

    A move takes as long as the moves that were recorded, in the middle. Raises Problems.
    """
    took = sorted(move.ended - move.asked for each in recording.rounds for move in each.moves)
    config = config_of(recording).but(policy=policy, move_time=percentile(took, 50) or 0.0)
    return simulate_load(recording.topology, workload_of_recording(recording), config)


def config_of(recording: Recording) -> LoadConfig:
    """Return the configuration of virtual time that is like the lab's. Raises Problems."""
    said = recording.settings
    return LoadConfig(
        policy=said.policy,
        max_cpu=said.max_cpu,
        placement=said.placement,
        discipline=said.discipline,
        rebalance_interval=said.rebalance_interval,
    )


def workload_of_recording(recording: Recording, *, measured: bool = True) -> Workload:
    """Return the tasks of a recording as a workload; each comes to the node that it came to.

    Args:
        recording: whose.
        measured: whether each holds its cores as long as it did in the lab, or as it was meant to.
    """
    tasks = recording.tasks
    deadlines = [math.inf if task.deadline is None else task.deadline for task in tasks]
    priorities: list[Priority] = [task.priority for task in tasks]
    weights = [task.weight for task in tasks]
    return Workload(
        [task.submitted for task in tasks],
        _held(recording) if measured else [task.duration for task in tasks],
        weights=weights if max(weights) > 1 else None,
        priorities=priorities if {*priorities} != {USUAL_PRIORITY} else None,
        nodes=[task.node for task in tasks],
        deadlines=deadlines if min(deadlines) < math.inf else None,
        name=recording.request,
        source=recording.source,
        seed=recording.seed,
        notes=recording.notes,
    )


def figures_of(recording: Recording) -> dict[str, Any]:
    """Return what the lab measured, by the names of `Measures`; what nobody measured there is missing."""
    done = [task for task in recording.tasks if task.completed]
    responses = sorted(task.ended - task.submitted for task in done)
    makespan = max(task.ended for task in done) - recording.tasks[0].submitted if done else None
    cores = {node.name: node.cpu for node in recording.topology.nodes}
    work = dict.fromkeys(cores, 0.0)
    for task in done:
        work[task.attempts[-1].node] += task.duration * task.weight
    return {
        "tasks": len(recording.tasks),
        "completed": len(done),
        "deadline_misses": len(recording.tasks) - len(done),
        "unfinished": 0,
        "makespan": makespan,
        "mean_response": mean(responses),
        "p50_response": percentile(responses, 50),
        "p99_response": percentile(responses, 99),
        "max_response": percentile(responses, 100),
        "mean_wait": mean([task.attempts[-1].began - task.submitted for task in done]),
        "throughput": len(done) / makespan if makespan else None,
        "utilisation": math.fsum(work.values()) / (sum(cores.values()) * makespan) if makespan else None,
        "jain": jain_index([work[name] / cpu for name, cpu in cores.items()]),
        "moved": sum(move.moved for each in recording.rounds for move in each.moves),
        "rounds": len(recording.rounds),
    }


def completed_of(recording: Recording) -> dict[str, int]:
    """Return how many tasks each node completed in the lab."""
    counts = Counter(task.attempts[-1].node for task in recording.tasks if task.completed)
    return {node.name: counts[node.name] for node in recording.topology.nodes}


def _held(recording: Recording) -> list[float]:
    """Return how long each task held its cores, from when its node had it and cores for it (s)."""
    to, away = _moves_of(with_known_instants(recording))
    cores = {node.name: node.cpu for node in recording.topology.nodes}
    runs: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for number, task in enumerate(recording.tasks):
        for place, attempt in enumerate(task.attempts):
            runs[attempt.node].append((attempt.began, number, place))
    held = [task.duration for task in recording.tasks]
    interrupted: dict[int, float] = {}
    for node, began in runs.items():
        free = [0.0] * cores[node]
        for at, number, place in sorted(began):
            task = recording.tasks[number]
            attempt = task.attempts[place]
            last = place == len(task.attempts) - 1
            arrived = _arrival(task, attempt, to[node])
            could = max([arrived, *(heappop(free) for _ in range(min(task.weight, len(free))))])
            until = attempt.ended if last else _taken(attempt, away[node])
            if could >= until:
                could = at
            if last and task.completed:
                held[number] = max(SHORTEST, until - could)
            elif not last:
                interrupted[number] = max(interrupted.get(number, 0.0), until - could)
            while len(free) < cores[node]:
                heappush(free, until)
    # What was interrupted had not ended by then, though it may have been about to.
    for number, ran in interrupted.items():
        held[number] = max(held[number], ran + ROUNDED)
    return held


def _moves_of(recording: Recording) -> tuple[Moves, Moves]:
    """Return the moves to each node, and those away from it."""
    to: Moves = defaultdict(list)
    away: Moves = defaultdict(list)
    for each in recording.rounds:
        for move in each.moves:
            to[move.receiver].append(move)
            away[move.giver].append(move)
    return to, away


def _arrival(task: RecordedTask, attempt: Attempt, to: Sequence[RecordedMove]) -> float:
    """Return from when a task is on the node of an attempt: it came there, or its move was over."""
    at = attempt.arrived
    if at <= task.submitted:
        return task.submitted
    ends = [move.ended for move in to if is_of(move, attempt)]
    return max(ends, default=at)


def _taken(attempt: Attempt, away: Sequence[RecordedMove]) -> float:
    """Return when an attempt was interrupted as virtual time has it: when the move was asked for."""
    asked = [
        move.asked
        for move in away
        if attempt.began <= move.asked <= attempt.ended + ROUNDED and attempt.ended <= move.ended + ROUNDED
    ]
    return max(asked, default=attempt.ended)
