import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.algorithms.messages import PlainError, decode, encode
from topowave.algorithms.waves.echo import Token
from topowave.algorithms.waves.finn import Packet

CLASSES = {"Packet": Packet}

keys = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.tuples(st.integers())
plain = st.recursive(
    keys | st.floats(allow_nan=False) | st.sets(st.integers()) | st.frozensets(st.text(max_size=3)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=3)
        | st.builds(Packet, st.integers(0), st.integers(0))
    ),
    max_leaves=12,
)


@given(plain)
def test_plain_data_survives_json(value: object) -> None:
    back = decode(json.loads(json.dumps(encode(value))), CLASSES)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), [float("inf"), {"far": float("-inf")}]])
def test_infinities_survive_any_reader_of_json(value: object) -> None:
    text = json.dumps(encode(value), allow_nan=False)
    assert decode(json.loads(text), {}) == value


def test_nan_survives_too() -> None:
    back = decode(json.loads(json.dumps(encode(float("nan")), allow_nan=False)), {})
    assert isinstance(back, float)
    assert back != back


def test_a_mapping_with_the_tag_as_a_key_is_no_tagged_value() -> None:
    assert decode(encode({"$": "set", "of": [1]}), {}) == {"$": "set", "of": [1]}


def test_equal_sets_are_encoded_the_same_in_whatever_order_they_were_filled() -> None:
    one, other = {8, 0, 16}, {16, 8, 0}
    assert json.dumps(encode(one)) == json.dumps(encode(other))


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(PlainError, match="not object"):
        encode(object())
    with pytest.raises(PlainError, match="not type"):
        encode([Token])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"$": "stranger"}, "unknown kind of value 'stranger'"),
        ({"$": "stranger", "of": []}, "unknown kind of value 'stranger'"),
        ({"$": "int", "of": "x"}, "not a hexadecimal integer: 'x'"),
        ({"$": "Packet", "inc": 1}, "not a Packet"),
        ({"$": "float", "of": "1.5"}, "unknown kind of value 'float'"),
        ({"$": "float", "of": ["inf"]}, "not a float|unknown kind of value 'float'"),
        ({"$": "set", "of": [[1]]}, "not a set"),
        ({"$": "dict", "of": [1]}, "not a dict"),
    ],
)
def test_json_that_describes_nothing_is_refused(value: object, reason: str) -> None:
    with pytest.raises(PlainError, match=reason):
        decode(value, CLASSES)
