"""The history keeps the whole run in bounded memory, and its sums stay exact however long its steps are."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.near import near
from topowave.balancer.figures import record as module
from topowave.balancer.figures.columns import lab_series
from topowave.balancer.figures.point import COUNTERS, GAUGES, NodePoint, Point
from topowave.balancer.figures.record import LEVELS, Record

BEGAN = 1_800_000_000.0
PENDING = GAUGES.index("pending")
MOVES = COUNTERS.index("moves")


def point(number: int, time: float, load: float = 1.0, moves: float = 0.0) -> Point:
    gauges = array("d", [1.0 if math.isnan(load) else load] * len(GAUGES))
    for at in range(PENDING, len(GAUGES)):  # those of the journal
        gauges[at] = load
    counters = array("d", [0.0] * len(COUNTERS))
    counters[MOVES] = moves
    nodes = NodePoint.of(("a", "b"), [number % 7, 2], [1, 1], [number, 0])
    return Point(
        int(time), time, number, 1, int(not math.isnan(load)), gauges, gauges, gauges, counters, None, nodes
    )


def run(seconds: int) -> Record:
    found = Record(BEGAN)
    for number in range(1, seconds + 1):
        found.add(point(number, BEGAN + number, load=number % 10, moves=3.0 * number))
    return found


def test_the_last_minutes_are_fine_and_the_whole_run_is_there() -> None:
    found = run(10_000)
    last = found.stretch(BEGAN + 9_700, BEGAN + 10_001, 2000)
    assert last.step == 1
    assert [each.slot for each in last.points] == list(range(1_800_009_700, 1_800_010_001))
    whole = found.stretch(BEGAN, BEGAN + 10_001, 2000)
    assert whole.step == 60
    assert whole.points[0].slot * 60 <= BEGAN
    assert sum(each.samples for each in whole.points) == 10_000
    assert whole.points[-1].number == 10_000


@pytest.mark.parametrize("most", [1, 7, 50, 333, 2000])
def test_no_more_steps_than_wanted_come_and_their_sums_are_exact(most: int) -> None:
    found = run(7_000)
    stretch = found.stretch(BEGAN + 1, BEGAN + 7_001, most)
    assert 0 < len(stretch.points) <= most + 1
    assert all(a.slot < b.slot for a, b in pairwise(stretch.points))
    rates = lab_series(stretch)["moves"]
    ends = [each.time for each in stretch.points]
    grown = sum(
        rate * (late - early)
        for rate, (early, late) in zip(rates[1:], pairwise(ends), strict=True)
        if rate is not None
    )
    assert grown == near(3.0 * (stretch.points[-1].number - stretch.points[0].number))


def test_gauges_of_a_longer_step_are_mean_least_and_greatest() -> None:
    found = run(605)
    (first, *_), at = found.stretch(BEGAN, BEGAN + 606, 70).points, GAUGES.index("load")
    assert first.samples == 9  # BEGAN is the beginning of a step, and nothing was known of its first second
    assert (first.mean[at], first.least[at], first.greatest[at]) == (5.0, 1.0, 9.0)


def test_the_step_that_is_not_full_is_told_as_it_is_so_far() -> None:
    found = run(1_234)
    stretch = found.stretch(BEGAN, BEGAN + 1_235, 200)
    assert stretch.step == 10
    assert stretch.points[-1].samples == 5
    assert stretch.points[-1].time == BEGAN + 1_234


def test_a_rate_is_taken_over_the_last_seconds() -> None:
    found = run(100)
    now, before = found.now(), found.ago(10)
    assert now is not None
    assert before is not None
    assert now.time - before.time == 10


def test_memory_has_a_bound_that_the_length_of_the_run_does_not_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LEVELS", ((1, 5), (10, 4), (60, 3)))
    monkeypatch.setattr(module, "FIGURES_NODE_VALUES", 4)
    found = run(5_000)
    levels = found.levels
    assert [len(level.points) for level in levels] == [5, 4, 3]
    assert all(sum(each.nodes is not None for each in level.points) <= 2 for level in levels)


@given(st.lists(st.floats(0, 1e6) | st.just(math.nan), min_size=1, max_size=50))
def test_what_is_not_known_does_not_spoil_what_is(loads: list[float]) -> None:
    found = Record(BEGAN)
    for number, load in enumerate(loads, 1):
        found.add(point(number, BEGAN + number, load=load))
    told = lab_series(found.stretch(BEGAN, BEGAN + 60, 1))["pending"]
    known = [load for load in loads if not math.isnan(load)]
    if known:
        assert told[0] == near(sum(known) / len(known), abs=1e-3)
    else:
        assert told[0] is None


def test_levels_nest_so_that_no_step_lies_in_two() -> None:
    assert all(long % short == 0 for (short, _), (long, _) in pairwise(LEVELS))
