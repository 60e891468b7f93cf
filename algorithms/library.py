"""The algorithms that come with Topowave, by name."""

from __future__ import annotations

from algorithms.base import Algorithm
from algorithms.echo import Echo
from algorithms.finn import Finn
from algorithms.finn_lab import FinnLab

LIBRARY: dict[str, type[Algorithm]] = {cls.name: cls for cls in (Echo, FinnLab, Finn)}
"""Every algorithm by its name."""

ALIASES: dict[str, str] = {"finn": Finn.name}
"""Other names that people use."""


def find_algorithm(name: str) -> type[Algorithm]:
    """Return the class called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = LIBRARY.get(ALIASES.get(name, name))
    if found is None:
        raise KeyError(f"there is no algorithm {name!r}; there are {', '.join(sorted(LIBRARY))}")
    return found
