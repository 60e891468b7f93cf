"""What stands in a class and changes while it runs: all nodes share it, which no node of a network could.

A beginner's `seen = set()` in the class' body is one set for all nodes of a process. A run with it comes out
right for a reason that a real network does not have, so it is told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import cast

from topowave.algorithms import Algorithm
from topowave.runtime.value_text import value_text

PLAIN = (bool, int, float, str, bytes, bytearray, tuple, list, dict, set, frozenset, deque, type(None))
"""Types whose values are looked at."""
LONGEST = 100_000
"""Longest value that is looked at, in characters of its `repr`."""


class SharedState:
    """The values that stand in a class and its bases, as they are now."""

    def __init__(self, algorithm: type[Algorithm]) -> None:
        self._classes = [
            cls
            for cls in algorithm.__mro__
            if cls not in (Algorithm, object) and not cls.__module__.startswith("topowave.algorithms.")
        ]
        self._before = dict(self._texts())

    def changed(self) -> list[str]:
        """Return what is another value now, as `Mine.seen`."""
        return [name for name, text in self._texts() if self._before.get(name) != text]

    def _texts(self) -> Iterator[tuple[str, str]]:
        for cls in self._classes:
            for name, value in vars(cls).items():
                if isinstance(value, PLAIN) and not name.startswith("__"):
                    text = value_text(cast("object", value))
                    if len(text) <= LONGEST:
                        yield f"{cls.__name__}.{name}", text
