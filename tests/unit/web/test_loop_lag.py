"""How late an event loop is, measured only while somebody reads the metrics."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.support.waiting import eventually
from topowave.web import loop_lag
from topowave.web.loop_lag import LoopLag

pytestmark = pytest.mark.anyio


def seen(lag: LoopLag) -> tuple[float, float]:
    """Return how often it was looked, and what all lags together were (s)."""
    found = {sample.name: sample.value for metric in lag.histogram.collect() for sample in metric.samples}
    return found[f"{loop_lag.LOOP_LAG.name}_count"], found[f"{loop_lag.LOOP_LAG.name}_sum"]


async def test_nothing_is_measured_before_somebody_reads() -> None:
    lag = LoopLag()
    measured = [lag.is_measured]
    assert seen(lag) == (0, 0)
    lag.watch()
    measured.append(lag.is_measured)
    lag.close()
    assert [*measured, lag.is_measured] == [False, True, False]


async def test_a_loop_that_was_held_up_is_late_by_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "LAG_INTERVAL", 0.01)
    lag = LoopLag()
    lag.watch()
    lag.watch()  # a second reader costs no second timer
    await asyncio.sleep(0)
    time.sleep(0.06)  # noqa: ASYNC251 - what is to be seen
    await eventually(lambda: seen(lag)[0] >= 1)
    assert seen(lag)[1] >= 0.04
    lag.close()


async def test_the_timer_ends_where_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "LAG_INTERVAL", 0.001)
    monkeypatch.setattr(loop_lag, "LAG_WATCHED", 0.01)
    lag = LoopLag()
    lag.watch()
    await eventually(lambda: not lag.is_measured)
    assert seen(lag)[0] >= 1
