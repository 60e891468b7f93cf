"""The algorithms that come with Topowave, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topowave.algorithms import library
from topowave.algorithms.base import Algorithm
from topowave.translation import text

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

ALIASES: dict[str, str] = {"finn": library.Finn.name}
"""Other names that people use."""


class AlgorithmRegistry(Mapping[str, type[Algorithm]]):
    """The algorithms that a program knows, by name: the library, and classes of users' own. It never changes.

    Args:
        classes: by their names.
        sources: where users' own classes come from, as FILE.py:CLASS, by their names.
    """

    def __init__(
        self, classes: Mapping[str, type[Algorithm]], sources: Mapping[str, str] | None = None
    ) -> None:
        self._classes = dict(classes)
        self._sources = dict(sources or {})

    def __getitem__(self, name: str) -> type[Algorithm]:
        return self._classes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def __hash__(self) -> int:
        return hash(frozenset(self._classes.items()))

    def with_class(self, algorithm: type[Algorithm], source: str) -> AlgorithmRegistry:
        """Return a registry that has a user's own class too. Raises ValueError where its name is taken.

        Args:
            algorithm: the class.
            source: where it comes from, as FILE.py:CLASS; traces say it.
        """
        name = algorithm.name
        if self._classes.get(ALIASES.get(name, name), algorithm) is not algorithm:
            raise ValueError(
                text(
                    "there is an algorithm {name} already; give {name_2} another `name`",
                    name=repr(name),
                    name_2=algorithm.__name__,
                )
            )
        return AlgorithmRegistry({**self._classes, name: algorithm}, {**self._sources, name: source})

    def find(self, name: str) -> type[Algorithm]:
        """Return the class called `name`. Raises KeyError with a sentence that lists the names there are."""
        found = self._classes.get(ALIASES.get(name, name))
        if found is None:
            known = ", ".join(sorted(self))
            raise KeyError(
                text("there is no algorithm {name}; there are {known}", name=repr(name), known=known)
            )
        return found

    def reference(self, algorithm: type[Algorithm]) -> str:
        """Return what names a class in a trace: its library name, or FILE.py:CLASS for a user's own."""
        return self._sources.get(algorithm.name, algorithm.name)


LIBRARY = AlgorithmRegistry({cls.name: cls for family in FAMILIES.values() for cls in family})
"""Every algorithm that comes with Topowave, by its name."""
