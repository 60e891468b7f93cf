"""Processes of arrivals are what the theory says: rates, dispersion, the time of day; with fixed seeds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.load.workloads import arrivals
from topowave.topology.portable_random import PortableRandom


def dispersion(times: list[float], window: float) -> float:
    """Return the variance of the counts in windows over their mean: 1 for a Poisson process."""
    windows = int(times[-1] / window)
    counts = Counter(int(time / window) for time in times)
    numbers = [counts[each] for each in range(windows)]
    return pvariance(numbers) / fmean(numbers)


def test_a_poisson_process_has_its_rate_and_no_memory() -> None:
    times = arrivals.poisson(PortableRandom(1), 50_000, 20.0)
    gaps = [two - one for one, two in pairwise(times)]
    assert math.isclose(fmean(gaps), 1 / 20, rel_tol=4 / math.sqrt(len(gaps)))
    assert math.isclose(pvariance(gaps), 1 / 400, rel_tol=0.05)
    for window in (0.5, 5.0):
        assert abs(dispersion(times, window) - 1) < 0.15


def test_bursts_have_the_mean_rate_and_the_dispersion_of_their_theory() -> None:
    """The limit of the index of dispersion of an MMPP-2: Fischer and Meier-Hellstern 1993, section 3.3."""
    rate, burst, on, off = 50.0, 8.0, 0.5, 2.0
    times = arrivals.mmpp(PortableRandom(2), 400_000, rate, burst, on, off)
    assert math.isclose(len(times) / times[-1], rate, rel_tol=0.03)
    fast, slow = arrivals.mmpp_rates(rate, burst, on, off)
    assert math.isclose(fast / slow, burst)
    assert math.isclose((on * fast + off * slow) / (on + off), rate)
    leave_on, leave_off = 1 / on, 1 / off
    theory = 1 + 2 * (fast - slow) ** 2 * leave_on * leave_off / (
        (leave_on + leave_off) ** 2 * (fast * leave_off + slow * leave_on)
    )
    assert math.isclose(dispersion(times, 40.0), theory, rel_tol=0.2)
    assert theory > 20


def test_bursts_that_are_none_are_a_poisson_process() -> None:
    times = arrivals.mmpp(PortableRandom(3), 50_000, 10.0, 1.0, 1.0, 9.0)
    assert abs(dispersion(times, 5.0) - 1) < 0.15


def test_the_rate_follows_the_time_of_day() -> None:
    times = arrivals.diurnal(PortableRandom(4), 100_000, 100.0, 0.8, 10.0)
    assert math.isclose(len(times) / times[-1], 100, rel_tol=0.02)
    tenths = Counter(int(time % 10.0) for time in times)
    for tenth in range(10):
        middle = math.cos(2 * math.pi * tenth / 10) - math.cos(2 * math.pi * (tenth + 1) / 10)
        share = 0.1 + 0.8 * middle / (2 * math.pi)
        assert math.isclose(tenths[tenth] / len(times), share, abs_tol=0.004)


def test_a_constant_rate_has_equal_distances() -> None:
    assert arrivals.constant(4, 2.0) == [0.0, 0.5, 1.0, 1.5]


PROCESSES: dict[str, Callable[[PortableRandom, int], list[float]]] = {
    "poisson": lambda random, count: arrivals.poisson(random, count, 3.0),
    "mmpp": lambda random, count: arrivals.mmpp(random, count, 3.0, 5.0, 1.0, 2.0),
    "diurnal": lambda random, count: arrivals.diurnal(random, count, 3.0, 1.0, 7.0),
}


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**40), count=st.integers(0, 50))
def test_arrivals_never_go_back_and_the_first_ones_stay_the_same(name: str, seed: int, count: int) -> None:
    times = PROCESSES[name](PortableRandom(seed), count)
    assert len(times) == count
    assert sorted(times) == times
    assert PROCESSES[name](PortableRandom(seed), count + 5)[:count] == times
