import pytest

from topowave.short_text import SENTENCE_CHARS, short_path, short_sentence


@pytest.mark.parametrize("text", ["", "a.json: port: expected a number", "x" * SENTENCE_CHARS])
def test_a_sentence_that_is_short_enough_stays_as_it_is(text: str) -> None:
    assert short_sentence(text) == text


def test_of_a_long_sentence_the_place_and_the_reason_are_kept() -> None:
    said = short_sentence(f'a.json: "{"x" * 1_000_000}" is no name')
    assert len(said) < SENTENCE_CHARS
    assert said.startswith('a.json: "xxx')
    assert said.endswith('xxx" is no name')
    assert "...(999,105 characters)..." in said


def test_of_a_deep_place_both_ends_are_kept() -> None:
    assert short_path(["body", 3, "name"]) == "body.3.name"
    assert short_path(["body", *["a"] * 400, "b"]) == "body.a.a.a.a.a...(390 parts)...a.a.a.a.a.b"
    assert len(short_path(["x" * 1_000_000] * 1000)) < 3000
