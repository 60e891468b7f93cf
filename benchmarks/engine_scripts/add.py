"""A script that computes: the sum of the numbers below `params`. 100 take some microseconds."""

from __future__ import annotations


class Add:
    """Adds, as long as it is told."""

    def run(self, params: int) -> dict[str, int]:
        return {"sum": sum(range(params))}


def module() -> Add:
    """Return what is run."""
    return Add()
