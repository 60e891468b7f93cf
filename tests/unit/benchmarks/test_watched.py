"""The program that adds up the CPU time of watching: what it measures does what it did before."""

from __future__ import annotations

import asyncio
import time

import pytest

from benchmarks import watched
from benchmarks.watched import ALERTS, DASHBOARD, PARTS, TimedAwaitable, timed

BUSY_S = 0.02


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What is spent in this test."""
    found: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    monkeypatch.setattr(watched, "_spent_s", found)
    return found


def busy() -> None:
    """Take BUSY_S of CPU time."""
    until_s = time.thread_time() + BUSY_S
    while time.thread_time() < until_s:
        pass


def test_a_function_returns_and_raises_as_before_and_its_time_counts(spent: dict[str, float]) -> None:
    def divide(number: int) -> float:
        busy()
        return 6 / number

    measured = timed(ALERTS, divide)
    assert measured(3) == 2
    with pytest.raises(ZeroDivisionError):
        measured(0)
    assert spent[ALERTS] >= 2 * BUSY_S
    assert sum(spent.values()) == spent[ALERTS]


@pytest.mark.anyio
async def test_of_what_is_awaited_only_its_own_steps_count_and_errors_and_results_pass(
    spent: dict[str, float],
) -> None:
    over = asyncio.Event()

    async def work() -> str:
        busy()
        await over.wait()
        busy()
        try:
            async with asyncio.timeout(0):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            return "late"
        return "never"

    async def measured() -> str:
        found: str = await TimedAwaitable(DASHBOARD, work())
        return found

    asked = asyncio.create_task(measured())
    await asyncio.sleep(0)
    before_s = spent[DASHBOARD]
    busy()
    assert spent[DASHBOARD] == before_s >= BUSY_S
    over.set()
    assert await asked == "late"
    assert spent[DASHBOARD] >= 2 * BUSY_S
