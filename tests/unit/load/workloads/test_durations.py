"""Durations follow their distributions: means, quantiles, tails are the theory's, with fixed seeds."""

from __future__ import annotations

import math
from statistics import NormalDist, fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.load.workloads.durations import (
    DISTRIBUTIONS,
    LONGEST,
    SHORTEST,
    Constant,
    Distribution,
    Exponential,
    Lognormal,
    Pareto,
    Uniform,
)
from topowave.topology.portable_random import PortableRandom

COUNT = 40_000
SAMPLES: list[Distribution] = [
    Constant(2.0),
    Exponential(0.5),
    Uniform(1, 3),
    Lognormal(2.0, 1.0),
    Pareto(1.5, 0.1, 100.0),
    Pareto(1.0, 0.1, 10.0),
]


@pytest.mark.parametrize("distribution", SAMPLES, ids=str)
def test_the_mean_is_what_the_distribution_says(distribution: Distribution) -> None:
    found = distribution.draws(PortableRandom(1), COUNT)
    error = pstdev(found) / math.sqrt(COUNT)
    assert abs(fmean(found) - distribution.average()) <= 4 * error + 1e-12


def test_exponential_durations_have_its_quantiles() -> None:
    found = sorted(Exponential(2.0).draws(PortableRandom(2), COUNT))
    for share in (0.1, 0.5, 0.9, 0.99):
        assert math.isclose(found[int(share * COUNT)], -2.0 * math.log(1 - share), rel_tol=0.05)


def test_the_logarithm_of_lognormal_durations_is_normal() -> None:
    logs = sorted(map(math.log, Lognormal(1.0, 1.5).draws(PortableRandom(3), COUNT)))
    normal = NormalDist(-(1.5**2) / 2, 1.5)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert abs(logs[int(share * COUNT)] - normal.inv_cdf(share)) < 0.05


def test_the_tail_of_pareto_durations_has_its_exponent() -> None:
    """Hill's estimator (1975) of the exponent over the largest values, far below the bound."""
    found = sorted(Pareto(1.5, 1.0, 1e8).draws(PortableRandom(4), COUNT), reverse=True)
    most = 2_000
    hill = most / sum(math.log(each / found[most]) for each in found[:most])
    assert abs(hill - 1.5) < 4 * 1.5 / math.sqrt(most)


distributions = st.one_of(
    st.builds(Exponential, st.floats(SHORTEST, LONGEST)),
    st.builds(Constant, st.floats(SHORTEST, LONGEST)),
    st.builds(Lognormal, st.floats(SHORTEST, LONGEST), st.floats(0, 5)),
    st.builds(Pareto, st.floats(0.1, 10), st.floats(SHORTEST, 1), st.floats(2, LONGEST)),
    st.builds(Uniform, st.floats(SHORTEST, 1), st.floats(2, LONGEST)),
)


@given(distributions, st.integers(0, 2**40), st.integers(0, 20))
def test_every_draw_is_a_duration_and_the_first_ones_stay_the_same(
    distribution: Distribution, seed: int, count: int
) -> None:
    found = distribution.draws(PortableRandom(seed), count)
    assert len(found) == count
    assert all(0 < each < math.inf for each in found)
    assert distribution.draws(PortableRandom(seed), count + 3)[:count] == found
    if isinstance(distribution, Pareto | Uniform):
        assert all(distribution.low * (1 - 1e-12) <= each <= distribution.high for each in found)


def test_a_draw_of_zero_is_no_task_without_end() -> None:
    class Zero(PortableRandom):
        def random(self) -> float:
            return 0.0

    assert math.isclose(Exponential(1.0).draws(Zero(1), 1)[0], 54 * math.log(2))


def test_bounds_that_are_turned_round_are_told() -> None:
    assert Pareto(1.5, 2, 1).problem() == "low is 2 and high 1; expected a high above low"
    assert Uniform(1, 1).problem() == "low is 1 and high 1; expected a high above low"
    assert [str(each) for each in SAMPLES[:4]] == ["2", "exp(0.5)", "uniform(1, 3)", "lognormal(2, 1)"]
    assert list(DISTRIBUTIONS) == ["constant", "exp", "uniform", "lognormal", "pareto"]
