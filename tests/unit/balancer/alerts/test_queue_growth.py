"""A queue that grows without end is told from one that has bursts."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.alerts.queue_growth import QueueGrowth


def seen(waiting: Callable[[int], int], seconds: int = 300) -> list[int]:
    """Return in which seconds a queue grows, as looked at once a second with a window of 40 s."""
    tried = QueueGrowth(40)
    found = [tried.look(float(t), waiting(t), 10) for t in range(seconds)]
    return [t for t, queue in enumerate(found) if queue is not None and queue.still]


def test_a_queue_that_grows_is_seen_after_its_window_and_as_long_as_it_grows() -> None:
    assert seen(lambda t: t) == list(range(40, 300))


def test_bursts_that_are_worked_off_are_none_however_long_they_are() -> None:
    assert seen(lambda t: 1000 - 20 * (t % 50)) == []


def test_a_long_queue_that_stays_as_it_is_does_not_grow() -> None:
    assert seen(lambda _: 100_000) == []


def test_one_that_every_core_could_take_at_once_is_not_worth_a_word() -> None:
    assert seen(lambda t: t // 40) == []


def test_after_growing_it_is_longer_still_until_it_is_as_short_as_it_was() -> None:
    tried = QueueGrowth(40)
    for t in range(100):
        tried.look(float(t), t, 10)
    held = tried.look(100.0, 85, 10)
    assert held is not None
    assert not held.still
    assert tried.look(101.0, 5, 10) is None


@given(st.lists(st.integers(0, 50), min_size=1, max_size=300))
def test_a_queue_that_comes_back_to_nothing_within_every_quarter_never_grows(lengths: list[int]) -> None:
    assert seen(lambda t: 0 if t % 10 == 5 else lengths[t % len(lengths)]) == []
