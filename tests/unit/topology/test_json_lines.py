"""The JSON reader: the same data as the standard one, and the place of everything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.topology import json_lines
from topowave.topology.json_lines import Places, parse_json, walk_json
from topowave.topology.problems import TOP, JsonPath, Problems

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(Problems) as caught:
        parse_json(text, "f.json")
    return caught.value.problems


@given(values, st.sampled_from([None, 0, 2]), st.booleans())
@settings(deadline=None)
def test_reads_what_the_standard_library_writes(value: Any, indent: int | None, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "").data == value


@given(st.text(alphabet='{}[]",:01.-+eE \n\\untrfalsi', max_size=24))
@settings(deadline=None, max_examples=300)
def test_accepts_exactly_what_the_standard_library_accepts(text: str) -> None:
    def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    def refuse(word: str) -> float:
        raise ValueError(word)

    try:
        expected = json.loads(text, object_pairs_hook=without_repetition, parse_constant=refuse)
    except ValueError:
        refused(text)
        return
    if "Infinity" in json.dumps(expected):  # a number too large for a float
        refused(text)
    else:
        assert parse_json(text, "").data == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "1, column 2: expected a key in double quotes, found the end of the file"),
        ('{\n  "a": 1,\n}', "3, column 1: expected another value after ',', found '}'"),
        ("[1,]", "1, column 4: expected another value after ',', found ']'"),
        ("[1 2]", "1, column 4: expected ',' or ']', found \"2\""),
        ("{'a': 1}", '1, column 2: expected a key in double quotes, found "\'"'),
        ('{"a" 1}', '1, column 6: expected \':\' after the key "a", found "1"'),
        ("[NaN]", '1, column 2: expected a value, found "NaN", which is not JSON'),
        ("-Infinity", '1, column 1: expected a value, found "-Infinity", which is not JSON'),
        ("[1e999]", '1, column 2: the number "1e999" is too large'),
        ("[" + "9" * 5000 + "]", "1, column 2: a number of 5000 characters is too long"),
        ("[01]", "1, column 3: expected ',' or ']', found \"1\""),
        (
            '["a\nb"]',
            "1, column 2: the string has no closing quote on its line, or a control character in it",
        ),
        ("[1] x", '1, column 5: expected nothing after the end of the data, found "x"'),
    ],
)
def test_says_line_and_column_of_what_is_not_json(text: str, problem: str) -> None:
    assert refused(text) == (f"f.json: not JSON: line {problem}",)


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_text_is_told(text: str) -> None:
    assert refused(text) == ("f.json: the file is empty; expected JSON",)


def test_a_bad_escape_is_told_where_it_stands() -> None:
    (problem,) = refused('{"a": "12\\x"}')
    assert problem.startswith("f.json: not JSON: line 1, column 10: bad escape in a string")


def test_every_key_that_comes_twice_is_named_with_both_lines() -> None:
    text = '{"a": 1,\n "b": [{"c": 1, "c": 2}],\n "a": 2}'
    assert refused(text) == (
        "f.json: b[0].c: the key appears twice (line 2, first in line 2)",
        "f.json: a: the key appears twice (line 3, first in line 1)",
    )


def test_objects_that_a_repeated_key_drops_confuse_no_later_one() -> None:
    text = '{"a": {"x": 1}, "a": {"x": 2}, "b": {"x": 3}, "c": {"x": 4}}'
    assert len(refused(text)) == 1


def test_knows_the_line_of_every_value() -> None:
    document = parse_json('{\n "a": [\n  1,\n  {"b": true}\n ]\n}', "")
    assert document.line(TOP) == 1
    assert document.line(TOP.at("a")) == 2
    assert document.line(TOP.at("a").at(0)) == 3
    assert document.line(TOP.at("a").at(1).at("b")) == 4


def test_the_line_of_what_is_missing_is_that_of_its_container() -> None:
    document = parse_json('[\n {"a": 1}\n]', "")
    assert document.line(JsonPath(TOP, 0).at("port")) == 2


def test_depth_costs_no_recursion() -> None:
    depth = 100_000
    data = parse_json("[" * depth + "]" * depth, "").data
    for _ in range(depth - 1):
        (data,) = data
    assert data == []


def test_more_values_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_VALUES", 5)
    assert parse_json('[1, {"a": 2}, 3]', "").data == [1, {"a": 2}, 3]
    assert refused('[1, {"a": 2}, 3, 4]') == ("f.json: holds more than the limit of 5 values",)


SPOILERS = [
    "", "1e999", "NaN", ",", '"a": 1, "a": 2,', "[[", "}", '"\\ud800"', "\x01", "0" * 401, "é\n",
]  # fmt: skip


@pytest.mark.slow
@given(values, st.integers(0, 39), st.sampled_from(SPOILERS))
@settings(deadline=None, max_examples=300)
def test_the_short_way_and_the_walk_give_the_same_data_and_the_same_problems(
    value: Any, cut: int, spoiler: str
) -> None:
    """The standard reader goes first, so nothing else would notice if it took what the walk refuses."""
    good = json.dumps(value)
    text = good[:cut] + spoiler + good[cut:]
    try:
        walked = repr(walk_json(text, "f.json").data)
    except Problems as refusal:
        expected = refusal.problems
    else:
        assert repr(parse_json(text, "f.json").data) == walked
        return
    assert refused(text) == expected


def test_a_good_text_is_not_walked_until_somebody_asks_for_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[str] = []

    def counted(text: str, source: str) -> Places:
        walks.append(text)
        return walk_json(text, source)

    monkeypatch.setattr(json_lines, "walk_json", counted)
    document = parse_json('{"a": [1.5, -2, "x", {"b": null}],\n "c": 3}', "")
    assert walks == []
    assert [document.line(TOP.at(key)) for key in "ac"] == [1, 2]
    assert len(walks) == 1


@pytest.mark.parametrize("number", ["1" + "0" * 400, "0." + "0" * 400, "-" + "9" * 400])
def test_a_number_of_more_than_400_characters_is_refused_though_the_standard_library_takes_it(
    number: str,
) -> None:
    assert "is too long" in refused(f"[{number}]")[0]


def test_commas_and_brackets_in_texts_are_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_VALUES", 3)
    assert parse_json('["[,,,,", "{,,,"]', "").data == ["[,,,,", "{,,,"]
