"""What stands in a class or beside it and changes while it runs: all nodes share it, as no network's could.

A beginner's `seen = set()` in the class' body, or above the class, is one set for all nodes of a process. A
run with it comes out right for a reason that a real network does not have, so it is told.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from topowave.algorithms import Algorithm
from topowave.runtime.value_text import value_text

PLAIN = (bool, int, float, str, bytes, bytearray, tuple, list, dict, set, frozenset, deque, type(None))
"""Types whose values are looked at."""
LONGEST = 100_000
"""Longest value that is looked at, in characters of its `repr`."""


def shared_namespaces(algorithm: type[Algorithm]) -> list[tuple[str, type | None, Mapping[str, object]]]:
    """Return where a user's class keeps what all nodes share: its body, those of its bases, and their files.

    Each with what people call it, and the class (None for a file).
    """
    found: list[tuple[str, type | None, Mapping[str, object]]] = []
    files = set[str]()
    for cls in algorithm.__mro__:
        if cls in (Algorithm, object) or cls.__module__.startswith("topowave.algorithms."):
            continue
        found.append((cls.__name__, cls, vars(cls)))
        module = sys.modules.get(cls.__module__)
        if module is not None and cls.__module__ not in files:
            files.add(cls.__module__)
            title = Path(getattr(module, "__file__", None) or cls.__module__).stem
            found.append((title, None, vars(module)))
    return found


class SharedState:
    """The values that stand in a class and its bases, and in their files, as they are now."""

    def __init__(self, algorithm: type[Algorithm]) -> None:
        self._namespaces = shared_namespaces(algorithm)
        self._before = dict(self._texts())

    def changed(self) -> list[str]:
        """Return what is another value now, as `Mine.seen`, or `mine.seen` for a file mine.py."""
        return [name for name, text in self._texts() if self._before.get(name) != text]

    def _texts(self) -> Iterator[tuple[str, str]]:
        for title, _, names in self._namespaces:
            for name, value in list(names.items()):
                if isinstance(value, PLAIN) and not name.startswith("__"):
                    text = value_text(cast("object", value))
                    if len(text) <= LONGEST:
                        yield f"{title}.{name}", text


class SharedNames:
    """What the names in a class, its bases and their files mean: a handler may bind none of them anew."""

    def __init__(self, algorithm: type[Algorithm]) -> None:
        self._places = [
            (title, cls, names, {name: value for name, value in names.items() if _is_plain(name, value)})
            for title, cls, names in shared_namespaces(algorithm)
        ]
        self._sizes = [len(names) for _, _, names, _ in self._places]

    def bound_anew(self) -> str | None:
        """Return a name that means something else now, as `Mine.total`, and give it back what it meant."""
        for at, (title, cls, names, values) in enumerate(self._places):
            if len(names) == self._sizes[at] and all(
                names.get(name) is value for name, value in values.items()
            ):
                continue
            now = {name: value for name, value in names.items() if _is_plain(name, value)}
            self._sizes[at] = len(names)  # Python itself adds names, such as `__warningregistry__`
            changed = [name for name in {*values, *now} if now.get(name) is not values.get(name)]
            for name in changed:
                _restore(cls, names, name, values)
            if changed:
                self._sizes[at] = len(names)
                return f"{title}.{min(changed)}"
        return None


def _restore(
    owner: type | None, names: Mapping[str, object], name: str, values: Mapping[str, object]
) -> None:
    if owner is None:
        place = cast("dict[str, object]", names)
        place.pop(name, None)
        if name in values:
            place[name] = values[name]
    elif name in values:
        setattr(owner, name, values[name])
    else:
        delattr(owner, name)


def _is_plain(name: str, value: object) -> bool:
    return isinstance(value, PLAIN) and not name.startswith("__")
