"""How late an event loop is: a timer looks now and then how long after its time it is called.

The timer runs only while somebody reads the metrics, so a lab that nobody watches pays nothing for it; where
it runs, it costs a few millionths of a second every LAG_INTERVAL.
"""

from __future__ import annotations

import asyncio
from typing import Final

from topowave.web.metric_forms import MetricForm
from topowave.wire.limits import LAG_INTERVAL, LAG_WATCHED

LOOP_LAG: Final = MetricForm(
    "topowave_event_loop_lag_seconds",
    "histogram",
    "How late the event loop is for a timer, looked at while somebody reads the metrics",
)
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class LoopLag:
    """The lag of the running loop, from the first `watch` on."""

    def __init__(self) -> None:
        self.histogram = LOOP_LAG.histogram(BUCKETS_S)
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._watched_until_s = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether the timer runs."""
        return self._timer is not None

    def watch(self) -> None:
        """Measure for the next LAG_WATCHED seconds."""
        now_s = asyncio.get_running_loop().time()
        self._watched_until_s = now_s + LAG_WATCHED
        if self._timer is None:
            self._plan(now_s)

    def close(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _plan(self, now_s: float) -> None:
        self._due_s = now_s + LAG_INTERVAL
        self._timer = asyncio.get_running_loop().call_at(self._due_s, self._look)

    def _look(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self.histogram.observe(max(0.0, now_s - self._due_s))
        self._timer = None
        if now_s < self._watched_until_s:
            self._plan(now_s)
