"""Intervals from a window of late errors."""

from __future__ import annotations

import math
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from topowave.forecasts.intervals import LateErrors
from topowave.forecasts.limits import COVERAGE, ERRORS_KEPT


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3 * ERRORS_KEPT))
def test_half_the_width_is_the_error_of_the_conformal_rank_among_the_late_ones(errors: list[float]) -> None:
    kept = LateErrors()
    for error in errors:
        kept.add(error)
    late = sorted(map(abs, errors[-ERRORS_KEPT:]))
    assert len(kept) == len(late)
    rank = min(len(late), math.ceil((len(late) + 1) * COVERAGE))
    assert kept.half_width() == late[rank - 1]


def test_of_no_errors_nothing_is_known() -> None:
    assert LateErrors().half_width() == math.inf


def test_of_errors_in_any_order_the_stated_share_is_covered() -> None:
    random, kept, covered = Random(1), LateErrors(), 0
    for _ in range(5000):
        error = random.gauss(0, 3)
        covered += abs(error) <= kept.half_width()
        kept.add(error)
    assert 0.78 <= covered / 5000 <= 0.84
