"""How good a model was of late: its mean absolute error and what its intervals contained."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from topowave.forecasts.base import Surprise
from topowave.forecasts.limits import SCORED_ROUNDS


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a model over all nodes and a number of rounds.

    Attributes:
        values: how many loads were compared with what was predicted of them; those after a cold prediction
            are not.
        error: mean absolute error (cores); None of no values.
        coverage: share of the values in their intervals, 0 to 1; None of no values.
    """

    values: int
    error: float | None
    coverage: float | None

    def better_than(self, other: Score) -> float | None:
        """Return by how many percent the error is below another's; None where that says nothing."""
        if self.error is None or not other.error:
            return None
        return 100 * (1 - self.error / other.error)


class RoundScores:
    """The score of one model, over the last SCORED_ROUNDS rounds and over all of them."""

    def __init__(self) -> None:
        self._rounds: deque[tuple[int, float, int]] = deque(maxlen=SCORED_ROUNDS)
        self._all = (0, 0.0, 0)

    def add(self, surprises: Sequence[Surprise]) -> None:
        """Count what a round read of the nodes; a round that compares nothing is none."""
        if not surprises:
            return
        error = math.fsum(abs(each.error) for each in surprises)
        new = (len(surprises), error, sum(each.covered for each in surprises))
        self._rounds.append(new)
        values, errors, covered = self._all
        self._all = (values + new[0], errors + error, covered + new[2])

    def late(self) -> Score:
        """Return the score of the last rounds."""
        rounds = self._rounds
        return _score(
            sum(values for values, _, _ in rounds),
            math.fsum(error for _, error, _ in rounds),
            sum(covered for _, _, covered in rounds),
        )

    def whole(self) -> Score:
        """Return the score since the beginning."""
        return _score(*self._all)


def _score(values: int, error: float, covered: int) -> Score:
    if not values:
        return Score(0, None, None)
    return Score(values, error / values, covered / values)
