"""A script that waits: for `params` seconds."""

from __future__ import annotations

import time


class Wait:
    """Sleeps, as a program does whose answer comes over a network."""

    def run(self, params: float) -> float:
        time.sleep(params)
        return params


def module() -> Wait:
    """Return what is run."""
    return Wait()
