"""How many workers are started, when, and when that is given up."""

from __future__ import annotations

import logging
import signal
import time

import pytest

from tests.unit.engine.conftest import config
from topowave.engine import TaskType
from topowave.engine.limits import FAILED_STARTS
from topowave.engine.worker import Worker
from topowave.engine.worker_starts import WorkerStarts

CPU, IO = TaskType.CPU_BOUND, TaskType.IO_BOUND


def worker(state: str, kind: TaskType = CPU) -> Worker:
    made = Worker("cpu-1", kind, 1)
    made.state = state  # type: ignore[assignment]
    return made


def test_as_many_are_missing_as_there_are_fewer_than_there_should_be() -> None:
    starts = WorkerStarts(config(cpu_bound_count=3, io_bound_count=0))
    assert [starts.missing(kind, [], 1.0) for kind in (CPU, IO)] == [3, 0]
    there = [worker("ready"), worker("starting"), worker("ready", IO)]
    assert starts.missing(CPU, there, 1.0) == 1
    assert starts.missing(CPU, [*there, worker("retiring")], 1.0) == 1
    assert starts.missing(CPU, [*there, worker("ending"), worker("ready")], 1.0) == 0


def test_after_one_that_ended_while_it_started_the_next_one_waits_and_after_some_it_is_hopeless() -> None:
    starts = WorkerStarts(config(cpu_bound_count=1, io_bound_count=0))
    assert [starts.hopeless(kind) for kind in (CPU, IO)] == [None, "it has none"]
    for _ in range(FAILED_STARTS):
        assert starts.hopeless(CPU) is None
        starts.note_failed(worker("ended"))
        assert starts.missing(CPU, [], time.monotonic()) == 0
    assert starts.missing(CPU, [], time.monotonic() + 1.0) == 1
    assert starts.hopeless(CPU) == "they end while they start"


@pytest.mark.parametrize(("code", "said"), [(-signal.SIGTERM, []), (-signal.SIGKILL, ["-9"]), (1, ["1"])])
def test_one_that_somebody_has_told_to_end_is_no_reason_to_warn(
    code: int, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    ended = worker("ended")
    ended.exit_code = code
    with caplog.at_level(logging.WARNING, "topowave.engine"):
        WorkerStarts(config()).note_failed(ended)
    assert [message.rpartition(" ")[2] for message in caplog.messages] == said
