"""Values as JSON: what Python's own module says, to the letter, only quicker."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from json import encoder

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.engine import json_text
from topowave.engine.json_text import from_json, to_json
from topowave.engine.limits import JSON_DEPTH

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.booleans(), inner),
    max_leaves=10,
)
ITSELF: list[object] = []
ITSELF.append(ITSELF)


def _makes_nonsense(*_: object) -> Callable[[object, int], tuple[str, ...]]:
    return lambda _value, _indent: ("0",)


@given(ANY)
def test_it_is_what_json_says(value: object) -> None:
    text = to_json(value)
    assert text == json.dumps(value)
    assert text.isascii()
    assert from_json(text) == json.loads(text)


def _nested(depth: int) -> object:
    return json.loads(
        '[{"a": ' * (depth // 2) + "[]" * (depth % 2) + "1" * (1 - depth % 2) + "}]" * (depth // 2)
    )


def test_it_may_be_nested_as_deep_as_those_who_read_it_can_follow() -> None:
    assert from_json(to_json(_nested(JSON_DEPTH))) == _nested(JSON_DEPTH)
    assert from_json(to_json([["[{" * JSON_DEPTH, ()]] * JSON_DEPTH))[-1] == ["[{" * JSON_DEPTH, []]
    with pytest.raises(ValueError, match="nested more than 500 deep"):
        to_json(_nested(JSON_DEPTH + 1))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({1}, "Object of type set is not JSON serializable"),
        ([math.nan], "Out of range float values"),
        (ITSELF, "Circular reference"),
        ({(1,): 2}, "keys must be"),
    ],
)
def test_what_is_no_json_is_refused_in_the_words_of_json(value: object, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        to_json(value)


def test_where_the_encoder_in_c_is_not_there_the_other_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_in_c", None)
    assert to_json({"a": [1, None]}) == '{"a": [1, null]}'
    monkeypatch.setattr(encoder, "c_make_encoder", _makes_nonsense)
    assert json_text._encoder_in_c() is None  # pyright: ignore[reportPrivateUsage] - what it says is not JSON
    monkeypatch.setattr(encoder, "c_make_encoder", None)
    assert json_text._encoder_in_c() is None  # pyright: ignore[reportPrivateUsage]
