from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.algorithms.messages import PlainError
from topowave.runtime.message_size import encoded_size, encoded_text, is_frozen


@dataclass(frozen=True)
class Packet:
    inc: int
    more: object = None


@dataclass
class Loose:
    value: int = 0


@dataclass(frozen=True)
class Empty:
    pass


leaves: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**300), 2**300)
    | st.floats()
    | st.text(max_size=8)
)
hashable = st.recursive(
    leaves, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4
)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.sets(hashable, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.builds(Packet, st.integers(), inner)
        | st.builds(Loose, st.integers())
        | st.builds(Empty)
    ),
    max_leaves=12,
)


@given(plain)
def test_the_size_is_that_of_the_encoded_text_in_bytes(value: object) -> None:
    assert encoded_size(value) == len(encoded_text(value).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("value", [object(), [object()], (1, {2: object()}), Packet(1, object()), Packet])
def test_what_is_not_plain_data_has_no_size(value: object) -> None:
    with pytest.raises(PlainError):
        encoded_size(value)


@pytest.mark.parametrize(
    "value", [None, 1, 1.5, "a", True, (1, ("b",)), frozenset({1}), Packet(1, (2,)), Empty()]
)
def test_what_cannot_change_is_frozen(value: object) -> None:
    assert is_frozen(value)


@pytest.mark.parametrize("value", [[], {}, {1}, ([],), Packet(1, [2]), Loose(), Packet(1, Loose())])
def test_what_can_change_is_not_frozen(value: object) -> None:
    assert not is_frozen(value)
