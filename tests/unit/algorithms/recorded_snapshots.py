"""What a snapshot of payments has recorded."""

from __future__ import annotations

from tests.unit.algorithms.harness import Run
from topowave.algorithms.snapshots.payments import Recording


def recorded(run: Run) -> int:
    """Return all money in the snapshot."""
    return sum(recording.total for recording in _recordings(run))


def recorded_on_the_way(run: Run) -> int:
    """Return the money that the snapshot says was on its way."""
    return sum(recording.total - recording.balance for recording in _recordings(run))


def _recordings(run: Run) -> list[Recording]:
    found = [value for value in run.values if isinstance(value, Recording)]
    assert len(found) == run.network.nodes
    return found
