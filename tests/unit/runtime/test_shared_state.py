from __future__ import annotations

from collections import Counter, deque
from typing import ClassVar

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.runtime.shared_state import SharedState


class Base(Algorithm):
    """What stands in a class."""

    seen: ClassVar[set[int]] = set()
    order: ClassVar[deque[int]] = deque()
    counted: ClassVar[Counter[str]] = Counter()
    number = 0
    name = "base"

    def helper(self) -> None:
        """Nothing that is looked at."""


class Mine(Base):
    """What it inherits counts as well."""

    table: ClassVar[dict[int, list[int]]] = {0: []}


@pytest.fixture(autouse=True)
def as_it_was() -> None:
    Base.seen, Base.order, Base.counted, Base.number = set(), deque(), Counter(), 0
    Mine.table = {0: []}


def test_what_changes_is_named() -> None:
    shared = SharedState(Mine)
    assert shared.changed() == []
    Mine.table[0].append(1)
    Base.seen.add(3)
    Base.order.append(1)
    Base.counted["x"] += 1
    Base.number += 1
    assert shared.changed() == ["Mine.table", "Base.seen", "Base.order", "Base.counted", "Base.number"]


def test_what_is_new_is_named() -> None:
    shared = SharedState(Mine)
    setattr(Mine, "late", [1])  # noqa: B010 - it has no such attribute for a type checker
    assert shared.changed() == ["Mine.late"]
    delattr(Mine, "late")


def test_the_librarys_classes_are_not_looked_at() -> None:
    class Own(Echo):
        pass

    assert SharedState(Own).changed() == []
