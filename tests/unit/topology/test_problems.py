"""Places and messages."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.topology.limits import MAX_PROBLEMS
from topowave.topology.problems import TOP, ProblemList, Problems, did_you_mean, shown


def test_a_place_is_written_as_one_would_type_it() -> None:
    assert str(TOP.at("children").at(1).at("port")) == "children[1].port"
    assert str(TOP) == ""
    assert str(TOP.at(3)) == "[3]"
    assert str(TOP.at("a").at("not a word")) == 'a."not a word"'


def test_a_deep_place_is_shortened_in_the_middle() -> None:
    place = TOP
    for _ in range(20):
        place = place.at("children").at(0)
    assert str(place.at("port")) == (
        "children[0].children[0].children[0]...(29 steps)...[0].children[0].children[0].port"
    )


def test_beyond_the_cap_problems_are_counted() -> None:
    problems = ProblemList("f")
    for number in range(MAX_PROBLEMS + 7):
        problems.add(TOP.at(number), "bad")
    with pytest.raises(Problems) as caught:
        problems.raise_if_any()
    assert len(problems) == MAX_PROBLEMS + 7
    assert len(caught.value.problems) == MAX_PROBLEMS + 1
    assert caught.value.problems[0] == "f: [0]: bad"
    assert caught.value.problems[-1] == "f: ... and 7 more"


def test_an_empty_list_raises_nothing() -> None:
    ProblemList("f").raise_if_any()


def test_problems_read_as_lines_and_survive_pickling() -> None:
    problems = Problems(["a", "b"])
    assert str(problems) == "a\nb"
    assert pickle.loads(pickle.dumps(problems)).problems == ("a", "b")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.binary().map(repr)))
def test_a_shown_value_is_one_short_printable_line(value: object) -> None:
    text = shown(value)
    assert text.isprintable()
    assert len(text) < 800
    text.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (8.0, "8.0"),
        ("a", '"a"'),
        ("a\nb", '"a\\nb"'),
        ("\ud800", '"\\ud800"'),
        ("x" * 100, '"' + "x" * 48 + '..."'),
        (10**60, "a huge integer"),
        ({}, "an object"),
        ([1], "a list"),
    ],
)
def test_values_are_shown_as_json_has_them(value: object, text: str) -> None:
    assert shown(value) == text


def test_suggests_the_nearest_word_or_nothing() -> None:
    assert did_you_mean("prot", ["port", "cpu"]) == '; did you mean "port"?'
    assert did_you_mean("PORT", ["port", "cpu"]) == '; did you mean "port"?'
    assert did_you_mean("quite different", ["port", "cpu"]) == ""
    assert did_you_mean("a", [f"a{n}" for n in range(2000)]) == ""
