from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.checker.canonical_form import Encoding, OpaqueError, copied

ROOT = Path(__file__).parents[3]


class Colour(Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    one: int
    two: list[int]


@dataclass(frozen=True)
class Packet:
    ids: set[int]


@dataclass(slots=True)
class Slotted:
    row: list[int] = field(default_factory=list[int])


class Plain:
    def __init__(self) -> None:
        self.row = [1]


def text(value: object) -> str:
    return Encoding(value).text


keys = st.one_of(st.integers(), st.text(max_size=3), st.booleans(), st.none())
values = st.recursive(
    st.one_of(keys, st.floats(allow_nan=False), st.binary(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=3),
        st.sets(keys, max_size=3),
        st.frozensets(keys, max_size=3),
    ),
    max_leaves=8,
)


@given(values)
def test_a_copy_has_the_text_of_the_original_and_shares_nothing_that_can_change(value: object) -> None:
    copy = copied(value, {})
    assert text(copy) == text(value)
    assert not Encoding(copy).changeable.keys() & Encoding(value).changeable.keys()


@given(values, values)
def test_two_values_with_one_text_are_equal(one: object, other: object) -> None:
    if text(one) == text(other):
        assert one == other


APART: list[tuple[Any, Any]] = [
    (1, True),
    (1, 1.0),
    (0.0, -0.0),
    ("1", 1),
    ((1,), [1]),
    ({1}, frozenset({1})),
    ({}, set[int]()),
    (["a,b"], ["a", "b"]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),  # a handler can go through a dict in its order
    (Colour.RED, Colour.BLUE),
    (deque([1]), deque([1], maxlen=2)),
    (defaultdict[int, Any](list), defaultdict[int, Any](set)),
    (Pair(1, []), (1, [])),
    (Packet({1}), Packet({2})),
    ({}, OrderedDict[int, int]()),
    (int, str),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_values_that_a_handler_can_tell_apart_have_different_texts(one: object, other: object) -> None:
    assert text(one) != text(other)


def test_one_list_under_two_names_is_not_the_same_as_two_equal_lists() -> None:
    shared: list[int] = []
    assert text({"a": shared, "b": shared}) != text({"a": [], "b": []})
    copy: Any = copied({"a": shared, "b": shared}, {})
    assert copy["a"] is copy["b"] is not shared


KEPT: list[Any] = [
    Pair(1, [2]),
    Packet({1, 2}),
    Slotted([1]),
    Plain(),
    deque([1, [2]], maxlen=4),
    Counter("abca"),
    OrderedDict(a=[1]),
    defaultdict[int, Any](list, {1: [2]}),
    bytearray(b"abc"),
    Colour.RED,
    (1, (2, [3])),
]


@pytest.mark.parametrize("value", KEPT, ids=lambda value: type(value).__name__)
def test_what_a_student_keeps_in_a_state_can_be_copied(value: object) -> None:
    copy = copied(value, {})
    assert type(copy) is type(value)
    assert text(copy) == text(value)
    assert not Encoding(copy).changeable.keys() & Encoding(value).changeable.keys()


def test_a_list_that_holds_itself_can_be_copied() -> None:
    row: list[Any] = [1]
    row.append(row)
    copy: Any = copied(row, {})
    assert copy[1] is copy
    assert text(copy) == text(row)


def test_what_cannot_change_is_not_copied() -> None:
    value = (1, ("a", frozenset({2})), None)
    assert copied(value, {}) is value


@pytest.mark.parametrize(
    "value",
    [(each for each in "ab"), lambda: 0, object(), {Plain()}, memoryview(b""), iter([])],
    ids=["generator", "lambda", "object", "set of objects", "memoryview", "iterator"],
)
def test_what_cannot_be_compared_is_refused(value: object) -> None:
    with pytest.raises(OpaqueError):
        Encoding(value)


def test_a_mark_becomes_part_of_the_text() -> None:
    row = [1]
    assert Encoding({"a": row}, {id(row): "sent"}).text != text({"a": row})


@pytest.mark.slow
def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from topowave.checker.canonical_form import Encoding\n"
        "print(Encoding([{'amber', 'birch', 'cedar', 'dune'}, frozenset({('x', 1), ('y', 2)})]).text)"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
