"""Pauses before a script is tried again: they double, have an end, and are not all the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.tasks.limits import BACKOFF_MOST, BACKOFF_SPREAD
from topowave.tasks.retries import pause


@given(st.text(max_size=20), st.integers(0, 30), st.floats(0, 1e6))
def test_a_pause_is_near_the_doubled_one_and_never_longer_than_the_longest(
    task: str, failures: int, backoff: float
) -> None:
    usual = min(backoff * 2.0**failures, BACKOFF_MOST)
    found = pause(task, failures, backoff)
    assert usual * (1 - BACKOFF_SPREAD) <= found <= min(usual * (1 + BACKOFF_SPREAD), BACKOFF_MOST)
    assert found == pause(task, failures, backoff)


def test_tasks_that_failed_together_do_not_come_back_together() -> None:
    found = {pause(f"lab.{number}", 0, 1) for number in range(1000)}
    assert len(found) > 900
    assert (max(found) - min(found)) > 0.4
