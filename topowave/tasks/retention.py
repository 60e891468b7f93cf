"""For how long finished tasks are kept, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.tasks import limits


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept of tasks that are over; the oldest go first.

    Attributes:
        tasks: how many are kept with their history; those before are only counted.
        tasks_for: how long one is kept after it was over (s).
        results_for: how long what a script returned and printed, and what it was called with, is (s).
    """

    tasks: int = limits.FINISHED_KEPT
    tasks_for: float = limits.FINISHED_KEPT_FOR
    results_for: float = limits.RESULTS_KEPT_FOR
