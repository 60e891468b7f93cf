from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topowave.simulator.random_streams import RandomStreams, first_draws

seeds = st.integers(-(2**70), 2**70)


@given(seeds, st.lists(st.integers(0, 4), max_size=40))
def test_draw_n_of_an_arc_does_not_depend_on_who_else_asks(seed: int, order: list[int]) -> None:
    alone = [RandomStreams(seed, "delay", 5) for _ in range(5)]
    together = RandomStreams(seed, "delay", 5)
    for arc in order:
        assert together.next(arc) == alone[arc].next(arc)


@given(seeds)
def test_seeds_and_purposes_have_draws_of_their_own(seed: int) -> None:
    firsts = {tuple(first_draws(seed + more, purpose, 3)) for more in (0, 1) for purpose in ("delay", "loss")}
    assert len(firsts) == 4


def test_draws_are_the_same_on_every_machine() -> None:
    draws = RandomStreams(7, "delay", 2)
    assert [draws.next(1), draws.next(1), draws.next(0)] == EXPECTED


def test_draws_are_spread_evenly() -> None:
    draws = RandomStreams(3, "delay", 1)
    counts = [0] * 16
    for _ in range(16_000):
        counts[draws.next(0) >> 60] += 1
    assert all(850 < count < 1150 for count in counts)


EXPECTED = [5587859409303040574, 18113083765585139765, 17483011928706306483]
