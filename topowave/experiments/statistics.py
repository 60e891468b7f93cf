"""Intervals for means by bootstrap, effect sizes, and the exponent of a growth.

Sources: the bootstrap and its bias-corrected and accelerated interval (BCa) are Efron's (Better bootstrap
confidence intervals, 1987); the effect size of pairs is Cohen's d_z (Statistical power analysis, 1988,
2.3.5).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from topowave.experiments.limits import CONFIDENCE, RESAMPLES

Numbers = npt.NDArray[np.float64]
SEED = 20_251_126
"""Of the resampling: the same runs give the same intervals."""
BATCH = 1_000
"""Resamples that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and between what it lies with a confidence of 95 %; NaN where one run says nothing of that."""

    mean: float
    low: float
    high: float

    def as_columns(self) -> dict[str, float]:
        """Return it by name."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


def mean_intervals(samples: Numbers) -> list[Interval]:
    """Return the mean of each row of numbers and its interval.

    Rows of equal numbers have an interval of no width; of one number there is none.

    Args:
        samples: a row for each quantity, a column for each run.
    """
    means = samples.mean(axis=1)
    low, high = means.copy(), means.copy()
    if samples.shape[1] < 2:
        low[:] = high[:] = np.nan
    else:
        spread = np.ptp(samples, axis=1) > 0
        if spread.any():
            low[spread], high[spread] = _bootstrap(samples[spread])
    return [Interval(float(m), float(a), float(b)) for m, a, b in zip(means, low, high, strict=True)]


def _bootstrap(samples: Numbers) -> tuple[Numbers, Numbers]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a sample is degenerate is seen below
        found: Any = stats.bootstrap(
            (samples,),
            np.mean,
            axis=-1,
            n_resamples=RESAMPLES,
            batch=BATCH,
            confidence_level=CONFIDENCE,
            method="BCa",
            rng=np.random.default_rng(SEED),
        )
    low: Numbers = found.confidence_interval.low
    high: Numbers = found.confidence_interval.high
    # Where nearly all numbers are equal, the acceleration cannot be had: the plain percentiles can.
    resampled: Numbers = found.bootstrap_distribution
    ends = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
    plain_low, plain_high = (np.quantile(resampled, end, axis=-1) for end in ends)
    known = np.isfinite(low) & np.isfinite(high)
    return np.where(known, low, plain_low), np.where(known, high, plain_high)


def cohens_d(differences: Numbers) -> float:
    """Return Cohen's d of paired differences: their mean over their standard deviation; NaN of one pair.

    Of differences that are all equal it is infinite, or 0 where there is none.
    """
    if len(differences) < 2:
        return float("nan")
    mean = float(differences.mean())
    deviation = float(differences.std(ddof=1))
    if deviation == 0:
        return float(np.copysign(np.inf, mean)) if mean else 0.0
    return mean / deviation


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure grows as `factor * n ** exponent`, fitted on logarithms; `r_squared` is 1 where it does so."""

    exponent: float
    factor: float
    r_squared: float


def fitted_growth(sizes: Numbers, figures: Numbers) -> Growth | None:
    """Return how a figure grows with a size; None of fewer than three sizes, or where one is not positive."""
    usable = (sizes > 0) & (figures > 0)
    if not usable.all() or len(np.unique(sizes)) < 3:
        return None
    fit: Any = stats.linregress(np.log(sizes), np.log(figures))
    explained = 1.0 if np.ptp(figures) == 0 else float(fit.rvalue) ** 2
    return Growth(float(fit.slope), float(np.exp(fit.intercept)), explained)
