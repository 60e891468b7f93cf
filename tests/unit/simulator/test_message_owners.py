"""A receiver may do with its message what it likes, and nobody notices: in every runtime alike."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tests.unit.simulator.message_owners import Big, BigInABox
from topowave.algorithms import Algorithm
from topowave.checker import check
from topowave.simulator import simulate
from topowave.traces import replay

BOTH = pytest.mark.parametrize("algorithm", [Big, BigInABox])


@BOTH
@pytest.mark.parametrize("fast", [False, True])
def test_a_message_sent_to_many_is_each_ones_own(algorithm: type[Algorithm], fast: bool) -> None:
    run = simulate(algorithm, "star:60", fast=fast)
    assert run.ok
    assert run.decisions == {"root": 59}


@BOTH
def test_a_large_network_gives_what_a_small_one_gives(algorithm: type[Algorithm]) -> None:
    assert simulate(algorithm, "star:10001").decisions == {"root": 10_000}


def test_a_message_that_comes_twice_is_as_it_was_sent_each_time() -> None:
    lengths: list[int] = []

    class Grows(Algorithm):
        wave = False

        def on_start(self) -> None:
            self.send_all(self.neighbors, [7])

        def on_message(self, sender: int, message: object) -> None:
            items = cast("list[int]", message)
            items.append(sender)
            lengths.append(len(items))

    simulate(Grows, "star:3", duplicate=1.0)
    assert lengths == [2, 2, 2, 2]


@BOTH
def test_the_checker_finds_nothing_wrong_with_it(algorithm: type[Algorithm]) -> None:
    result = check(algorithm, "star:3", initiators=["root"])
    assert result.ok
    assert result.complete


@BOTH
def test_a_replay_gives_each_its_own_too(algorithm: type[Algorithm], tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    simulate(algorithm, "star:5", trace=trace)
    replayed = replay(trace, algorithm)
    assert (replayed.ok, replayed.sends, replayed.decides) == (True, 8, 1)
