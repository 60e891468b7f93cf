"""A place in a list is a word that only the next page understands."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.tasks.listing import CURSOR_CHARS, SORTS, Cursor, TaskFilter
from topowave.tasks.script import PRIORITIES
from topowave.tasks.states import STATES

CURSORS = st.builds(
    Cursor,
    st.sampled_from(SORTS),
    st.integers(0, len(PRIORITIES) - 1),
    st.floats(-1, 1e11),
    st.integers(0, 2**63 - 1),
)


@given(CURSORS)
def test_a_place_is_the_same_after_it_was_a_word(place: Cursor) -> None:
    word = place.to_text()
    assert Cursor.read(word, place.sort) == place
    assert len(word) <= CURSOR_CHARS
    assert word.replace("-", "").replace("_", "").isalnum()


def test_a_place_in_another_order_is_refused_by_both_names() -> None:
    with pytest.raises(ValueError, match="of a list sorted by finished, and sort is submitted"):
        Cursor.read(Cursor("finished", 0, 1.5, 3).to_text(), "submitted")


def word(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "é",
        "====",
        "a" * 200,
        word(None),
        word({}),
        word(["submitted", 0, 1.0]),
        word(["submitted", 4, 1.0, 1]),
        word(["submitted", -1, 1.0, 1]),
        word(["submitted", 0, 1, 1]),
        word(["submitted", 0, float("nan"), 1]),
        word(["submitted", 0, 1.0, 2**63]),
        word(["lost", 0, 1.0, 1]),
        word(["submitted", 0, 1.0, "1"]),
        base64.urlsafe_b64encode(b"[" * 100).decode(),
    ],
)
def test_what_no_page_has_said_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="the cursor is none; it is the `next` of the page before"):
        Cursor.read(text, "submitted")


@given(st.text(max_size=60))
def test_no_word_of_somebody_elses_is_a_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the cursor is none; "):
        Cursor.read(text, "submitted")


def test_where_nothing_is_said_every_status_and_priority_is_wanted() -> None:
    assert (TaskFilter().wanted_statuses, TaskFilter().wanted_priorities) == (STATES, PRIORITIES)
    assert TaskFilter(statuses=(STATES[2], STATES[0])).wanted_statuses == (STATES[0], STATES[2])
