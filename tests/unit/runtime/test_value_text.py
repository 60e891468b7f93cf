from __future__ import annotations

import pytest

from topowave.runtime.value_text import error_text, value_text


class Speechless:
    """Something whose `repr` fails."""

    def __repr__(self) -> str:
        raise ValueError("no")


class UnsaidError(Exception):
    """An exception whose text fails."""

    def __str__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("value", "most", "text"),
    [
        ("x", None, "'x'"),
        ([1] * 9, 10, "[1, 1, ..."),
        (Speechless(), None, "<Speechless>"),
        ([Speechless()], None, "<list>"),
        (float("inf"), None, "inf"),
    ],
)
def test_every_value_has_a_text(value: object, most: int | None, text: str) -> None:
    assert value_text(value, most) == text


def test_so_has_an_integer_that_python_does_not_write() -> None:
    assert value_text(16**4000, 12) == '{"$":"int...'
    assert value_text([16**4000], 12) == '[{"$":"in...'


def test_what_an_exception_says_is_one_short_line() -> None:
    assert error_text(ValueError("a\nb\n\n  c"), 80) == "ValueError: a b c"
    assert error_text(ValueError(), 80) == "ValueError"
    assert error_text(UnsaidError("x"), 80) == "UnsaidError"
    assert len(error_text(ValueError("x" * 1000), 80)) == 80
