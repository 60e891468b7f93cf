from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from topowave.experiments import statistics
from topowave.experiments.limits import RESAMPLES
from topowave.experiments.statistics import SEED, cohens_d, fitted_growth, mean_intervals


def test_an_interval_of_95_percent_contains_the_true_mean_about_so_often() -> None:
    draws = np.random.default_rng(7).exponential(3.0, size=(400, 30))
    held = sum(interval.low <= 3.0 <= interval.high for interval in mean_intervals(draws))
    # Of so skewed a distribution 30 runs give a little less than 95 % (DiCiccio and Efron 1996); 400 draws
    # of a share of 0.93 stay within 0.89 and 0.97 but once in thousands of times.
    assert 0.89 < held / 400 < 0.97


def test_for_a_normal_sample_it_is_near_the_interval_of_student() -> None:
    sample = np.random.default_rng(3).normal(10, 2, size=200)
    (found,) = mean_intervals(sample[np.newaxis])
    low, high = stats.t.interval(0.95, 199, sample.mean(), stats.sem(sample))
    assert math.isclose(found.low, low, abs_tol=0.05)
    assert math.isclose(found.high, high, abs_tol=0.05)


def test_an_interval_is_that_of_scipy_to_rounding() -> None:
    rng = np.random.default_rng(5)
    samples = np.vstack([rng.exponential(2, 31), rng.normal(5, 1, 31), rng.poisson(1, 31).astype(np.float64)])
    theirs: Any = stats.bootstrap(
        (samples,), np.mean, axis=-1, n_resamples=RESAMPLES, batch=1_000, rng=np.random.default_rng(SEED)
    )
    for found, low, high in zip(mean_intervals(samples), *theirs.confidence_interval, strict=True):
        assert math.isclose(found.low, low, rel_tol=1e-9)
        assert math.isclose(found.high, high, rel_tol=1e-9)


def test_resamples_that_are_too_many_to_be_kept_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = np.random.default_rng(1).normal(size=(2, 50))
    kept = mean_intervals(sample)
    monkeypatch.setattr(statistics, "MOST_KEPT", 0)
    monkeypatch.setattr(statistics, "BATCH", 7_000)
    assert mean_intervals(sample) == kept


def test_equal_numbers_are_certain_and_one_number_says_nothing_of_that() -> None:
    certain, _ = mean_intervals(np.array([[4.0, 4.0, 4.0], [1.0, 2.0, 9.0]]))
    assert (certain.mean, certain.low, certain.high) == (4, 4, 4)
    (alone,) = mean_intervals(np.array([[4.0]]))
    assert alone.mean == 4
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)


def test_a_single_outlier_still_has_an_interval() -> None:
    (found,) = mean_intervals(np.array([[1.0] * 29 + [2.0]]))
    assert found.low <= found.mean <= found.high
    assert found.high > 1


def test_the_same_runs_give_the_same_interval() -> None:
    sample = np.random.default_rng(1).normal(size=(1, 10))
    assert mean_intervals(sample) == mean_intervals(sample)


def test_cohens_d_is_the_mean_over_the_deviation() -> None:
    assert cohens_d(np.array([1.0, 2.0, 3.0])) == 2
    assert cohens_d(np.array([2.0, 2.0])) == math.inf
    assert cohens_d(np.array([-2.0, -2.0])) == -math.inf
    assert cohens_d(np.array([0.0, 0.0])) == 0
    assert math.isnan(cohens_d(np.array([1.0])))


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = np.array([10.0, 100, 1000])
    growth = fitted_growth(sizes, 2.5 * sizes**1.5)
    assert growth is not None
    assert math.isclose(growth.exponent, 1.5)
    assert math.isclose(growth.factor, 2.5)
    assert math.isclose(growth.r_squared, 1)


def test_a_fit_is_that_of_scipy() -> None:
    sizes, figures = np.array([8.0, 16, 32, 64]), np.array([15.0, 40, 66, 150])
    theirs: Any = stats.linregress(np.log(sizes), np.log(figures))
    growth = fitted_growth(sizes, figures)
    assert growth is not None
    assert math.isclose(growth.exponent, theirs.slope)
    assert math.isclose(growth.factor, math.exp(theirs.intercept))
    assert math.isclose(growth.r_squared, theirs.rvalue**2)


def test_two_sizes_or_a_figure_of_0_have_no_exponent() -> None:
    assert fitted_growth(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    assert fitted_growth(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 3.0])) is None
