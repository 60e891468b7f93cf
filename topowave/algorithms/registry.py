"""The algorithms that come with Topowave, by name."""

from __future__ import annotations

from topowave.algorithms import library
from topowave.algorithms.base import Algorithm

TITLES = {
    "waves": "Waves",
    "trees": "Trees",
    "traversal": "Traversals",
    "election": "Election",
    "termination": "Termination detection",
    "snapshots": "Snapshots",
    "averaging": "Averaging",
}
"""The folders of the library, and what their algorithms are called together."""


def _of_folder(folder: str) -> tuple[type[Algorithm], ...]:
    """Return the library's classes in a folder, in the order of their files' names."""
    classes = (thing for thing in vars(library).values() if isinstance(thing, type))
    return tuple(cls for cls in classes if cls.__module__.split(".")[-2] == folder)


FAMILIES: dict[str, tuple[type[Algorithm], ...]] = {
    title: _of_folder(folder) for folder, title in TITLES.items()
}
"""Every algorithm, by what it is for."""

LIBRARY: dict[str, type[Algorithm]] = {cls.name: cls for family in FAMILIES.values() for cls in family}
"""Every algorithm by its name."""

ALIASES: dict[str, str] = {"finn": library.Finn.name}
"""Other names that people use."""


SOURCES: dict[str, str] = {}
"""For users' own classes, by name, where they come from, as FILE.py:CLASS."""


def add_algorithm(algorithm: type[Algorithm], source: str) -> None:
    """Make a user's own class known by its name. Raises ValueError where another class has it.

    Args:
        algorithm: the class.
        source: where it comes from, as FILE.py:CLASS; traces say it.
    """
    name = algorithm.name
    if LIBRARY.get(ALIASES.get(name, name), algorithm) is not algorithm:
        raise ValueError(f"there is an algorithm {name!r} already; give {algorithm.__name__} another `name`")
    LIBRARY[name] = algorithm
    SOURCES[name] = source


def reference(algorithm: type[Algorithm]) -> str:
    """Return what names a class of the library in a trace: its name, or FILE.py:CLASS for a user's own."""
    return SOURCES.get(algorithm.name, algorithm.name)


def find_algorithm(name: str) -> type[Algorithm]:
    """Return the class called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = LIBRARY.get(ALIASES.get(name, name))
    if found is None:
        raise KeyError(f"there is no algorithm {name!r}; there are {', '.join(sorted(LIBRARY))}")
    return found
