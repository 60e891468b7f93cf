from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from topowave.simulator.delays import parse_delay
from topowave.simulator.links import Links

UNIFORM = parse_delay("uniform:1,10")


def arrivals(links: Links, count: int = 200) -> list[tuple[int, ...]]:
    return [links.arrivals(0, 1000 * number) for number in range(count)]


@given(st.integers(0, 1000))
def test_a_reliable_link_delivers_once_after_a_delay_of_the_model(seed: int) -> None:
    links = Links(1, seed, UNIFORM)
    assert links.reliable
    for number, times in enumerate(arrivals(links)):
        assert len(times) == 1
        assert 1_000_000 <= times[0] - 1000 * number <= 10_000_000


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.3]))
def test_a_fifo_link_never_lets_a_message_overtake(seed: int, duplicate: float) -> None:
    links = Links(1, seed, UNIFORM, fifo=True, duplicate=duplicate)
    times = [time for each in arrivals(links) for time in each]
    assert all(earlier <= later for earlier, later in pairwise(times))


def test_without_fifo_messages_overtake() -> None:
    times = [time for (time,) in arrivals(Links(1, 1, UNIFORM))]
    assert times != sorted(times)


def test_as_many_messages_are_lost_and_doubled_as_asked_for() -> None:
    counts = [len(times) for times in arrivals(Links(1, 1, UNIFORM, loss=0.2, duplicate=0.5), 10_000)]
    assert 1_850 < counts.count(0) < 2_150
    assert 3_800 < counts.count(2) < 4_200


def test_all_messages_can_be_lost_or_doubled() -> None:
    assert {len(times) for times in arrivals(Links(1, 1, UNIFORM, loss=1.0))} == {0}
    assert {len(times) for times in arrivals(Links(1, 1, UNIFORM, duplicate=1.0))} == {2}


@given(st.integers(0, 1000))
def test_losses_do_not_change_the_delays_of_the_rest(seed: int) -> None:
    calm = arrivals(Links(1, seed, UNIFORM))
    stormy = arrivals(Links(1, seed, UNIFORM, loss=0.5))
    assert all(times in ((), all_of) for times, all_of in zip(stormy, calm, strict=True))
