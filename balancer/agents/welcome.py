"""What every agent is told first: what it needs for the processes that it will run."""

from __future__ import annotations

from pathlib import Path

from topowave.balancer.start import BalancerStart
from topowave.tasks import JournalFile, JournalPlace, place_to_json
from topowave.wire.agents import Welcome


def welcome_of(start: BalancerStart) -> Welcome:
    """Return it for the agents of a lab."""
    algorithms = start.algorithms
    sources = {algorithms.reference(algorithm) for algorithm in algorithms.values()} - algorithms.keys()
    parts = (source.rpartition(":") for source in sources)
    files = sorted(f"{Path(file).resolve()}:{name}" for file, _, name in parts)
    place = JournalFile.at(start.journal) if isinstance(start.journal, Path) else start.journal
    return Welcome(None if place is None else place_to_json(place), files, start.trace is not None)


def is_journal_in_file(place: JournalPlace | Path | None) -> bool:
    """Whether the journal of a lab is a file, which only its own machine has."""
    return isinstance(place, JournalFile | Path)
