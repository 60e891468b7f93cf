"""What a worker says of tasks, as bytes: it is read as it was written, or it is refused."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.engine.outcomes import Outcome, read, written
from topowave.engine.task_result import FailureReason

OUTCOMES = st.builds(
    Outcome,
    st.integers(1, 2**64 - 1),
    st.sampled_from([None, *get_args(FailureReason)]),
    st.text(st.characters(), max_size=30),  # a script may print half a character
    st.floats(0, 1e6),
    st.text(st.characters(), max_size=30),
    st.booleans(),
)


@given(st.lists(OUTCOMES, max_size=5))
def test_outcomes_are_read_as_they_were_written(outcomes: list[Outcome]) -> None:
    assert list(read(b"".join(map(written, outcomes)))) == outcomes


@given(OUTCOMES, st.data())
def test_a_record_that_is_cut_off_is_refused(outcome: Outcome, data: st.DataObject) -> None:
    record = written(outcome)
    cut = data.draw(st.integers(1, len(record) - 1))
    with pytest.raises(ValueError, match="record"):
        list(read(written(outcome) + record[:cut]))


@given(st.binary(max_size=100))
def test_any_bytes_are_outcomes_or_are_refused(data: bytes) -> None:
    try:
        found = list(read(data))
    except ValueError:
        return
    assert all(isinstance(each, Outcome) for each in found)
