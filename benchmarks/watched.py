"""`topowave` whose balancer adds up the CPU time of watching: `python -m benchmarks.watched up`.

What is added up, by part, is in `SPENT_FILE` of the working directory, anew each WRITE_S: see
`benchmarks.watching`. A thread's CPU time is taken around what runs without a pause, so what else runs
meanwhile does not count; of HTTP it is all from the parsed request to the answer that is handed over.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from fastapi import FastAPI

from topowave.balancer.alerts.alerts import LabAlerts
from topowave.balancer.figures.figures import LabFigures
from topowave.balancer.stream.stream import StreamHub
from topowave.cli.main import main
from topowave.tasks.store.sql_reader import SqlReader

P = ParamSpec("P")
T = TypeVar("T")
SPENT_FILE = "spent.json"
WRITE_S = 0.2
ALERTS, FIGURES, READING = "alerts", "figures, sampled", "figures, read of the journal"
STREAM, DASHBOARD, METRICS = "/stream", "/figures", "/metrics"
PARTS = (ALERTS, FIGURES, READING, STREAM, DASHBOARD, METRICS)
_spent_s: dict[str, float] = dict.fromkeys(PARTS, 0.0)


def timed(part: str, work: Callable[P, T]) -> Callable[P, T]:
    """Return a function that does the same, and whose CPU time counts for a part."""

    @wraps(work)
    def run(*values: P.args, **named: P.kwargs) -> T:
        began_s = time.thread_time()
        try:
            return work(*values, **named)
        finally:
            _spent_s[part] += time.thread_time() - began_s

    return run


class TimedAwaitable:
    """Something to be awaited, each of whose steps counts for a part."""

    def __init__(self, part: str, work: Awaitable[Any]) -> None:
        self._part = part
        self._work = work

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        value: object = None
        error: BaseException | None = None
        while True:
            began_s = time.thread_time()
            try:
                waited = steps.send(value) if error is None else steps.throw(error)
            except StopIteration as end:
                return end.value
            finally:
                _spent_s[self._part] += time.thread_time() - began_s
            value, error = None, None
            try:
                value = yield waited
            except BaseException as thrown:  # noqa: BLE001 - it goes on, where it belongs
                error = thrown


def _part_of(path: str) -> str | None:
    return next((part for part in (STREAM, DASHBOARD, METRICS) if path.startswith(part)), None)


def _write_down() -> None:
    """Say again and again what was spent, for ever."""
    while True:
        Path(f"{SPENT_FILE}.new").write_text(json.dumps(_spent_s), "utf-8")
        Path(f"{SPENT_FILE}.new").replace(SPENT_FILE)
        time.sleep(WRITE_S)


def measure() -> None:
    """Let all parts be measured from now on."""
    setattr(LabAlerts, "look", timed(ALERTS, LabAlerts.look))  # noqa: B010
    setattr(SqlReader, "grouped", timed(READING, SqlReader.grouped))  # noqa: B010
    setattr(StreamHub, "_flush", timed(STREAM, getattr(StreamHub, "_flush")))  # noqa: B009, B010
    sampling, answering = LabFigures.run, FastAPI.__call__

    async def run(figures: LabFigures) -> None:
        threading.Thread(target=_write_down, daemon=True).start()
        await TimedAwaitable(FIGURES, sampling(figures))

    async def answer(app: FastAPI, scope: Any, receive: Any, send: Any) -> None:
        part = _part_of(str(scope.get("path", "")))
        work = answering(app, scope, receive, send)
        await (work if part is None else TimedAwaitable(part, work))

    setattr(LabFigures, "run", run)  # noqa: B010
    setattr(FastAPI, "__call__", answer)  # noqa: B010


if __name__ == "__main__":
    measure()
    main()
