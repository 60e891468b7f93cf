"""How components are: when one is degraded, unhealthy or stopped, and what it tells."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import cast

import pytest

from tests.unit.engine.conftest import config, waiting
from topowave.engine import ComponentHealth, EngineConfig, TaskResult, TaskType
from topowave.engine.components import COMPONENTS, Components
from topowave.engine.dispatcher import Dispatcher
from topowave.engine.input_queue import InputQueue
from topowave.engine.limits import FAILED_STARTS
from topowave.engine.output_queue import OutputQueue
from topowave.engine.worker import Worker


@dataclass
class FakeWorker:
    """A worker as its component tells of it."""

    name: str = "cpu-1"
    kind: TaskType = TaskType.CPU_BOUND
    state: str = "ready"
    pid: int = 42
    limit: int = 1
    done: int = 7
    active: int = 0


@dataclass
class FakeDispatcher:
    """A dispatcher as the components look at it."""

    workers: list[FakeWorker] = field(default_factory=list[FakeWorker])
    is_running: bool = True
    restarts: int = 3
    beat_s: float = field(default_factory=time.monotonic)
    failed_starts: dict[TaskType, int] = field(default_factory=lambda: dict.fromkeys(TaskType, 0))


def ready(count: int) -> list[FakeWorker]:
    return [FakeWorker(f"cpu-{number}") for number in range(1, count + 1)]


class Parts:
    """Components of an engine with two workers, whose queues a test fills."""

    def __init__(self, dispatcher: FakeDispatcher | None, settings: EngineConfig | None = None) -> None:
        self.settings = settings or config(input_queue_size=2, output_queue_size=2)
        self.waiting = InputQueue(2)
        self.results = OutputQueue(2)
        self.components = Components(
            self.settings, self.waiting, self.results, cast("Dispatcher | None", dispatcher)
        )

    def health(self, name: str) -> str:
        return self.components.status(name).health.value


def test_a_worker_is_there_under_its_name() -> None:
    parts = Parts(FakeDispatcher([FakeWorker(active=1), FakeWorker("io-1", TaskType.IO_BOUND)]))
    status = parts.components.status("cpu-1")
    assert status.metrics == {
        "type": "cpu",
        "state": "ready",
        "pid": 42,
        "active_tasks": 1,
        "task_limit": 1,
        "done_tasks": 7,
    }
    assert (status.health, status.is_running) == (ComponentHealth.HEALTHY, True)
    assert parts.components.health().healthy_count == len(COMPONENTS) + 2
    with pytest.raises(LookupError, match=r"'nobody'; there are engine, input_queue, .*, cpu-1, io-1"):
        parts.components.status("nobody")


def test_a_full_input_queue_is_degraded_and_the_engine_with_it() -> None:
    parts = Parts(FakeDispatcher(ready(2)))
    assert parts.components.health().overall_health is ComponentHealth.HEALTHY
    parts.waiting.put([waiting(1), waiting(2)], 0.0)
    parts.waiting.put_back([waiting(3)])
    status = parts.components.status("input_queue")
    assert status.metrics == {"size": 3, "capacity": 2, "fullness": 1.0}
    assert parts.health("input_queue") == parts.health("engine") == "degraded"
    health = parts.components.health()
    assert (health.healthy_count, health.unhealthy_count) == (len(COMPONENTS) + 1, 1)


def test_an_output_queue_is_degraded_while_what_nobody_has_seen_keeps_others_out() -> None:
    parts = Parts(FakeDispatcher(ready(2)))
    parts.results.expect([waiting(number) for number in range(3)])
    parts.results.put([TaskResult("t-0"), TaskResult("t-1"), TaskResult("t-2")])
    status = parts.components.status("output_queue")
    assert status.metrics == {"size": 3, "capacity": 2, "fullness": 1.0, "unread": 3}
    assert status.health is ComponentHealth.DEGRADED
    parts.results.kept()
    assert parts.health("output_queue") == "healthy"  # though it is full
    assert parts.components.status("executor").metrics["completed"] == 3


@pytest.mark.parametrize(
    ("workers", "failed", "health"),
    [
        (ready(2), 0, "healthy"),
        (ready(1), 0, "degraded"),
        ([FakeWorker(state="ending"), FakeWorker("cpu-2")], 0, "degraded"),
        ([FakeWorker(state="starting")], 0, "healthy"),
        ([FakeWorker(state="starting")], FAILED_STARTS, "unhealthy"),
    ],
)
def test_a_pool_is_as_its_workers_are(workers: list[FakeWorker], failed: int, health: str) -> None:
    dispatcher = FakeDispatcher(workers)
    dispatcher.failed_starts[TaskType.IO_BOUND] = failed
    parts = Parts(dispatcher)
    assert parts.health("process_pool") == health
    assert parts.components.status("process_pool").metrics["restarts"] == 3


def test_a_pool_that_is_to_have_no_workers_is_unhealthy() -> None:
    parts = Parts(FakeDispatcher(), config(cpu_bound_count=0, io_bound_count=0))
    assert parts.health("process_pool") == "unhealthy"


def test_an_executor_that_says_nothing_for_long_is_unhealthy() -> None:
    assert Parts(FakeDispatcher(beat_s=time.monotonic() - 1000)).health("executor") == "unhealthy"


def test_a_worker_that_ends_is_degraded() -> None:
    status = Parts(FakeDispatcher([FakeWorker(state="ending")])).components.status("cpu-1")
    assert (status.health, status.is_running) == (ComponentHealth.DEGRADED, False)


@pytest.mark.parametrize("dispatcher", [None, FakeDispatcher(is_running=False)])
def test_all_are_stopped_where_nothing_runs(dispatcher: FakeDispatcher | None) -> None:
    parts = Parts(dispatcher)
    for name in ("engine", *COMPONENTS):
        status = parts.components.status(name)
        assert (status.health, status.is_running) == (ComponentHealth.STOPPED, False)
    assert parts.components.health().healthy_count == 0


def test_figures_may_be_switched_off() -> None:
    parts = Parts(FakeDispatcher(ready(1)), config(enable_metrics=False))
    assert [parts.components.status(name).metrics for name in (*COMPONENTS, "cpu-1")] == [{}] * 5


def test_the_whole_is_plain_data_with_the_workers_by_name() -> None:
    found = Parts(FakeDispatcher(ready(2))).components.to_json()
    assert [*found] == ["engine", *COMPONENTS, "workers"]
    assert [*cast("dict[str, object]", found["workers"])] == ["cpu-1", "cpu-2"]


def test_a_fake_worker_is_told_of_as_a_real_one_is() -> None:
    real = Worker("cpu-1", TaskType.CPU_BOUND, 1)
    assert set(vars(FakeWorker())) <= {*dir(Worker), *vars(real)}
