"""Prediction intervals from a model's own late errors, whatever the model is.

Of the last n absolute errors the one of rank ceil((n + 1) * coverage) is half of the interval. If errors come
in any order with the same probability, the next is below it with that probability at least (split conformal
prediction: Vovk, Gammerman and Shafer 2005; Lei et al. 2018, theorem 2). Loads drift, so only a window of
late errors counts, and what was really covered is counted beside it (`Score.coverage`).
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque

from topowave.forecasts.limits import COVERAGE, ERRORS_KEPT


class LateErrors:
    """The last absolute errors of a model, at most ERRORS_KEPT; one more costs log n comparisons."""

    def __init__(self) -> None:
        self._late: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._late)

    def add(self, error: float) -> None:
        """Keep one more, and forget the oldest where there are too many."""
        size = abs(error)
        self._late.append(size)
        insort(self._sorted, size)
        if len(self._late) > ERRORS_KEPT:
            del self._sorted[bisect_left(self._sorted, self._late.popleft())]

    def half_width(self) -> float:
        """Return half the width of the interval; of too few errors for the coverage, the largest of them."""
        rank = min(len(self._sorted), math.ceil((len(self._sorted) + 1) * COVERAGE))
        return self._sorted[rank - 1] if rank else math.inf
