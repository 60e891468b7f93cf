"""The queue disciplines that come with Topowave, by name."""

from __future__ import annotations

from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.disciplines.edf import EarliestDeadlineFirst
from topowave.tasks.disciplines.fcfs import FirstComeFirstServed
from topowave.tasks.disciplines.priority import MostUrgentFirst
from topowave.tasks.disciplines.sjf import ShortestFirst

DISCIPLINES: dict[str, type[Discipline]] = {
    discipline.name: discipline
    for discipline in (
        FirstComeFirstServed,
        MostUrgentFirst,
        EarliestDeadlineFirst,
        ShortestFirst,
    )
}
"""Every discipline by its name; `discipline` in config.json chooses one."""


def find_discipline(name: str) -> type[Discipline]:
    """Return the discipline called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = DISCIPLINES.get(name)
    if found is None:
        raise KeyError(f"there is no discipline {name!r}; there are {', '.join(DISCIPLINES)}")
    return found
