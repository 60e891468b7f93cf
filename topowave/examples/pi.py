"""Estimates pi by throwing darts at a square (Monte Carlo): it computes.

Params: `samples`, how many darts (100,000); `seed`, for the same darts every time.
"""

from __future__ import annotations

import random
from typing import Any


class Pi:
    """Counts the darts that hit the quarter of a circle in the square from 0 to 1."""

    def run(self, params: dict[str, Any]) -> dict[str, float]:
        """Return the estimate; its error falls with the root of the number of darts."""
        samples = params.get("samples", 100_000)
        if not isinstance(samples, int) or samples < 1:
            raise ValueError(f"samples must be a whole number from 1 on, found {samples!r}")
        throw = random.Random(params.get("seed")).random
        hits = sum(throw() ** 2 + throw() ** 2 < 1 for _ in range(samples))
        return {"pi": 4 * hits / samples, "samples": samples}


def module() -> Pi:
    """Return what the engine runs."""
    return Pi()
