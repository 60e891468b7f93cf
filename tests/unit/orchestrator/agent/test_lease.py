"""How long an agent may go on without an answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.orchestrator.agent.lease import Lease
from topowave.orchestrator.limits import BEATS_KEPT


def test_there_is_none_before_the_first_answer() -> None:
    lease = Lease(1.0)
    lease.sent(1, 10.0)
    assert (lease.ends_s, lease.holds(10.0)) == (None, False)


def test_it_lasts_three_heartbeats_from_the_sending_of_what_was_answered() -> None:
    lease = Lease(2.0)
    lease.sent(1, 10.0)
    lease.answered(1)
    assert lease.ends_s == 16.0
    assert lease.holds(15.9)
    assert not lease.holds(16.0)


def test_an_answer_that_is_late_counts_from_when_its_heartbeat_was_sent() -> None:
    lease = Lease(1.0)
    for beat in range(1, 6):
        lease.sent(beat, float(beat))
    lease.answered(4)
    lease.answered(2)  # it was overtaken
    assert lease.ends_s == 7.0


def test_an_answer_to_what_was_never_sent_changes_nothing() -> None:
    lease = Lease(1.0)
    lease.sent(1, 1.0)
    lease.answered(99)
    lease.answered(-1)
    assert lease.ends_s is None


def test_only_so_many_heartbeats_wait_for_their_answers() -> None:
    lease = Lease(1.0)
    for beat in range(BEATS_KEPT + 1):
        lease.sent(beat, float(beat))
    lease.answered(0)
    assert lease.ends_s is None
    lease.answered(1)
    assert lease.ends_s == 4.0


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=40))
def test_it_never_lasts_longer_than_from_the_last_sending_that_was_answered(
    beats: list[tuple[float, bool]],
) -> None:
    lease, now_s, last_s = Lease(1.0), 0.0, None
    for beat, (pause_s, is_answered) in enumerate(beats):
        now_s += pause_s
        lease.sent(beat, now_s)
        if is_answered:
            lease.answered(beat)
            last_s = now_s
    assert lease.ends_s == (None if last_s is None else last_s + 3.0)
