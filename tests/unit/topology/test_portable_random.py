"""The random choices: fair enough, within bounds, and the same for a seed whatever the Python."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.topology.portable_random import PortableRandom, fresh_seed


def test_a_seed_gives_the_same_numbers_for_ever() -> None:
    rng = PortableRandom(7)
    assert [rng.randbelow(100) for _ in range(8)] == [32, 15, 65, 7, 53, 36, 5, 50]
    cards = list("abcdefgh")
    rng.shuffle(cards)
    assert "".join(cards) == "gecbfhda"
    assert [rng.choice("xyz") for _ in range(6)] == list("xyzyyz")
    assert [rng.randint(3, 5) for _ in range(6)] == [3, 5, 3, 3, 3, 3]


def test_everything_comes_from_the_one_method_that_python_keeps_stable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unstable(*_: object) -> int:
        raise AssertionError("its results may differ between versions")

    monkeypatch.setattr(random.Random, "getrandbits", unstable)
    rng = PortableRandom(1)
    rng.shuffle([1, 2, 3])
    rng.choice("ab")
    rng.randrange(3, 9, 2)
    rng.randint(1, 6)


@given(st.integers(0), st.integers(1, 10**6))
def test_stays_below_its_bound(seed: int, bound: int) -> None:
    assert 0 <= PortableRandom(seed).randbelow(bound) < bound


@given(st.integers(0, 10**6), st.lists(st.integers()))
def test_a_shuffle_loses_nothing(seed: int, items: list[int]) -> None:
    shuffled = list(items)
    PortableRandom(seed).shuffle(shuffled)
    assert sorted(shuffled) == sorted(items)


def test_every_order_is_as_likely_as_another() -> None:
    rng = PortableRandom(3)
    counts: Counter[str] = Counter()
    for _ in range(6000):
        cards = list("abc")
        rng.shuffle(cards)
        counts["".join(cards)] += 1
    assert len(counts) == 6
    assert all(850 < count < 1150 for count in counts.values())


def test_a_fresh_seed_is_a_short_positive_number() -> None:
    assert len({fresh_seed() for _ in range(20)}) > 1
    assert 0 <= fresh_seed() < 10**6
