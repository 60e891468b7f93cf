"""The kernel of virtual time: nothing is lost or doubled, nodes do as live ones, and theory is met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from heapq import heappop, heappush
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.load.labs import check_conserved, lab_of, poisson
from topowave.load.lab_state import NEVER, NOWHERE
from topowave.load.virtual_lab import VirtualLab
from topowave.load.workloads.workload import Workload
from topowave.tasks.model import LabTask
from topowave.tasks.queue import TaskQueue
from topowave.tasks.script import PRIORITIES, Priority

NODES = 3
times = st.floats(0, 20, allow_nan=False).map(lambda t: round(t, 2))
tasks = st.lists(
    st.tuples(
        times,
        st.sampled_from([0.5, 1.0, 1.25, 3.0]),
        st.integers(1, 3),
        st.integers(0, NODES - 1),
        st.sampled_from([math.inf, 1.0, 2.5]),
        st.sampled_from(PRIORITIES),
    ),
    min_size=1,
    max_size=30,
)
moves = st.lists(
    st.tuples(
        times, st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.integers(1, 6), st.integers(0, 4)
    ),
    max_size=8,
)
downs = st.lists(st.tuples(times, st.integers(0, NODES - 1), st.floats(0.1, 5)), max_size=3)
RANK: dict[Priority, float] = {priority: float(rank) for rank, priority in enumerate(PRIORITIES)}


def made(
    drawn: list[tuple[Any, ...]], cpus: list[int], *, deadlines: bool, priorities: bool = True
) -> tuple[VirtualLab, Workload]:
    drawn = sorted(drawn, key=lambda task: task[0])
    workload = Workload(
        [task[0] for task in drawn],
        [task[1] for task in drawn],
        weights=[min(int(task[2]), cpus[int(task[3])]) for task in drawn],
        deadlines=[task[4] for task in drawn] if deadlines else None,
        priorities=[task[5] for task in drawn] if priorities else None,
    )
    keys = [RANK[task[5]] for task in drawn] if priorities else None
    return lab_of(cpus, workload, keys=keys, fixed=[task[3] for task in drawn]), workload


@given(tasks, moves, downs, st.booleans(), st.floats(0, 2))
@settings(max_examples=60, deadline=None)
def test_no_task_is_lost_or_doubled_at_any_event(
    drawn: list[tuple[Any, ...]],
    moved: list[tuple[Any, ...]],
    down: list[tuple[Any, ...]],
    deadlines: bool,
    takes_s: float,
) -> None:
    lab, _ = made(drawn, [1, 2, 3], deadlines=deadlines)

    def move(data: tuple[int, int, int, int]) -> None:
        giver, receiver, count, keep = data
        waited, ran = lab.take(giver, count, keep)
        lab.schedule(lab.now + takes_s, "arrive", (receiver, [*waited, *ran]), ahead=True)

    lab.on("move", move)
    lab.on("arrive", lambda data: lab.receive(*data))
    lab.on("down", lab.go_down)
    lab.on("up", lab.come_up)
    for at, *data in moved:
        lab.schedule(at, "move", data)
    for at, node, lasts in down:
        lab.schedule(at, "down", node, ahead=True)
        lab.schedule(at + lasts, "up", node, ahead=True)
    while lab.left and lab.next_time() < NEVER:
        lab.advance(math.nextafter(lab.next_time(), NEVER))
        check_conserved(lab)
    assert lab.left == 0


@given(tasks, moves, st.booleans())
@settings(max_examples=150, deadline=None)
def test_nodes_do_as_live_ones_with_the_same_tasks_and_moves(
    drawn: list[tuple[Any, ...]], moved: list[tuple[Any, ...]], priorities: bool
) -> None:
    """The model is the queue of live nodes itself, with a heap of ends around it."""
    cpus = [1, 2, 3]
    moved = [move for move in moved if move[1] != move[2]]
    lab, workload = made(drawn, cpus, deadlines=False, priorities=priorities)

    def move(data: tuple[int, int, int, int]) -> None:
        giver, receiver, count, keep = data
        waited, ran = lab.take(giver, count, keep)
        lab.receive(receiver, [*waited, *ran])

    lab.on("move", move)
    for at, *data in moved:
        lab.schedule(at, "move", data)
    lab.advance()
    assert (lab.starts, lab.ends, lab.node_of) == _live(workload, lab.fixed or [], cpus, moved)


def _live(  # noqa: C901 - an event loop
    workload: Workload, nodes: Sequence[int], cpus: list[int], moved: list[tuple[Any, ...]]
) -> tuple[list[float], list[float], list[int]]:
    queues = [TaskQueue(cpu) for cpu in cpus]
    count = len(workload)
    starts, ends, where = [NEVER] * count, [NEVER] * count, [NOWHERE] * count
    events: list[tuple[float, int, int, Any]] = []  # time; what comes first then; order; data
    number = 0

    def plan(at: float, first: int, data: Any) -> None:
        nonlocal number
        number += 1
        heappush(events, (at, first, number, data))

    def go_on(node: int, now: float) -> None:
        for task in queues[node].start():
            at = int(task.id)
            starts[at], ends[at], where[at] = now, now + workload.durations[at], node
            plan(ends[at], 1, (at, now))

    for data in moved:
        plan(data[0], 0, data)
    for came, at in enumerate(workload.times):
        plan(at, 2, came)
    while events:
        now, kind, _, data = heappop(events)
        if kind == 0:
            move: tuple[float, int, int, int, int] = data
            _, giver, receiver, weight, keep = move
            taken = queues[giver].begin_move("m", weight, keep)
            if taken:
                ran = queues[giver].interrupt("m", [task.id for task in taken])
                queues[giver].commit_move("m")
                for task in taken:
                    starts[int(task.id)] = ends[int(task.id)] = NEVER
                go_on(giver, now)
                queues[receiver].receive(
                    [replace(task, interrupted=task in ran or task.interrupted) for task in taken]
                )
                go_on(receiver, now)
        elif kind == 1:
            end: tuple[int, float] = data
            at, began = end
            if starts[at] == began:  # else it was interrupted
                queues[where[at]].finish(LabTask(str(at)))
                go_on(where[at], now)
        else:
            came = int(data)
            urgent: Priority = workload.priorities[came] if workload.priorities else "medium"
            weight = workload.weights[came] if workload.weights else 1
            queues[nodes[came]].submit([LabTask(str(came), weight=weight, priority=urgent)])
            go_on(nodes[came], now)
    return starts, ends, where


@given(st.lists(st.tuples(times, st.sampled_from([0.5, 1.0, 1.25])), min_size=1, max_size=40), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_quick_loop_and_the_other_one_do_the_same(drawn: list[tuple[float, float]], fixed: bool) -> None:
    drawn.sort()
    workload = Workload([at for at, _ in drawn], [lasts for _, lasts in drawn])
    cpus = [1, 2, 4]
    places = [number % 3 for number in range(len(drawn))] if fixed else None
    quick = lab_of(cpus, workload, fixed=places, still=True)
    other = lab_of(cpus, workload, fixed=places)
    quick.advance()
    other.advance()
    assert (quick.starts, quick.ends, quick.node_of) == (other.starts, other.ends, other.node_of)
    assert quick.completed == len(drawn)


def test_tasks_that_end_at_one_time_all_end() -> None:
    lab = lab_of([4], Workload([0.0] * 8, [1.0] * 8), fixed=[0] * 8)
    lab.advance()
    assert lab.ends == [1.0] * 4 + [2.0] * 4


def test_what_a_node_ran_begins_anew_when_it_is_up_and_comes_first() -> None:
    lab = lab_of([1, 1], Workload([0.0, 0.0, 0.0], [3.0, 1.0, 1.0]), fixed=[0, 0, 1])
    for kind, action in (("down", lab.go_down), ("up", lab.come_up)):
        lab.on(kind, action)
    lab.schedule(2.0, "down", 0, ahead=True)
    lab.schedule(5.0, "up", 0, ahead=True)
    lab.advance()
    assert lab.ends == [8.0, 9.0, 1.0]
    assert lab.lost == 2.0


def test_a_task_is_given_up_at_its_deadline_whether_it_waits_or_runs() -> None:
    deadlines = [math.inf, 2.0, math.inf, 0.5]
    lab = lab_of(
        [1], Workload([0.0, 0.0, 0.0, 3.0], [1.5, 9.0, 1.0, 1.0], deadlines=deadlines), fixed=[0] * 4
    )
    lab.advance()
    assert lab.ends == [1.5, 2.0, 3.0, 3.5]
    assert [*lab.over] == [1, 2, 1, 2]
    assert lab.lost == 0.5 + 0.5


def erlang_wait(cores: int, load: float, mean_s: float) -> float:
    """The mean wait in M/M/c (s); `load` in erlangs (A. K. Erlang 1917)."""
    blocked = 1.0
    for number in range(1, cores + 1):
        blocked = load * blocked / (number + load * blocked)
    waits = blocked / (1 - load / cores * (1 - blocked))
    return waits * mean_s / (cores - load)


@pytest.mark.parametrize(("cores", "share"), [(1, 0.5), (1, 0.8), (4, 0.8)])
def test_waiting_times_are_those_of_queueing_theory(cores: int, share: float) -> None:
    """The mean of many runs lies within four standard errors of the closed form."""
    load = cores * share
    means: list[float] = []
    for seed in range(20):
        workload = poisson(load, 6000, seed=seed)
        lab = lab_of([cores], workload, fixed=[0] * 6000, still=True)
        lab.advance()
        settled = range(500, 6000)
        means.append(math.fsum(lab.starts[task] - workload.times[task] for task in settled) / len(settled))
    mean = sum(means) / len(means)
    error = math.sqrt(sum((each - mean) ** 2 for each in means) / (len(means) - 1) / len(means))
    assert abs(mean - erlang_wait(cores, load, 1.0)) < 4 * error
    assert error < 0.1 * mean
