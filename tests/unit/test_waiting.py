"""Waits in tests end, and say what they were waiting for."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys

import pytest

from tests.support.waiting import eventually, until, wait_gone


def test_what_is_wanted_is_returned_as_soon_as_it_is_seen() -> None:
    numbers = itertools.count()
    assert until(lambda: next(numbers), lambda number: number == 5) == 5
    assert next(numbers) == 6


def test_a_wait_in_an_event_loop_lets_the_others_go_on() -> None:
    async def both() -> list[int]:
        seen: list[int] = []

        async def fill() -> None:
            for number in range(3):
                seen.append(number)
                await asyncio.sleep(0)

        filling = asyncio.create_task(fill())
        await eventually(lambda: len(seen) == 3)
        await filling
        return seen

    assert asyncio.run(both()) == [0, 1, 2]


def test_a_wait_that_fails_says_for_what_and_what_there_was_instead() -> None:
    heard = ["one", "two"]
    with pytest.raises(AssertionError) as failure:
        until(lambda: len(heard) == 3, patience_s=0.01)
    told = str(failure.value)
    assert "not within 0.01 s" in told
    assert "len(heard) == 3" in told
    assert "last seen: False" in told
    assert "heard = ['one', 'two']" in told
    with pytest.raises(AssertionError, match="last seen: 7"):
        until(lambda: 7, lambda seen: seen > 7, patience_s=0.01)


def test_a_process_that_has_ended_is_gone_and_one_that_runs_is_not() -> None:
    waiting = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with pytest.raises(AssertionError, match=f"process {waiting.pid} is there still"):
        wait_gone([waiting.pid], 0)
    waiting.communicate()
    wait_gone([waiting.pid], 0)
