"""The settings of an engine: their defaults, and that what makes no sense is refused by its name."""

from __future__ import annotations

import dataclasses
import os

import pytest

from topowave.engine import EngineConfig
from topowave.engine.limits import QUEUE_SIZE, TASK_SECONDS, THREADS, WORKERS


def test_the_defaults_are_as_promised() -> None:
    found = dataclasses.asdict(EngineConfig())
    promised = {
        "input_queue_size": 1000,
        "output_queue_size": 10_000,
        "cpu_bound_count": None,
        "io_bound_count": None,
        "cpu_bound_task_limit": 1,
        "io_bound_task_limit": 20,
        "queue_poll_timeout": 1.0,
        "max_queue_full_retries": 3,
        "health_check_interval": 0.2,
        "enable_metrics": True,
        "log_level": "WARNING",
    }
    assert {name: found[name] for name in promised} == promised


def test_the_numbers_of_workers_come_from_the_cores_unless_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cores = set(range(6))

    def affinity(_: int) -> set[int]:
        return cores

    monkeypatch.setattr(os, "sched_getaffinity", affinity, raising=False)
    config = EngineConfig()
    assert (config.cpu_bound_workers, config.io_bound_workers) == (6, 3)
    cores = {5}
    assert (config.cpu_bound_workers, config.io_bound_workers) == (1, 1)
    named = EngineConfig(cpu_bound_count=0, io_bound_count=7)
    assert (named.cpu_bound_workers, named.io_bound_workers) == (0, 7)


def test_where_the_system_tells_no_affinity_the_machine_s_cores_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert EngineConfig().cpu_bound_workers == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert EngineConfig().cpu_bound_workers == 1


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"input_queue_size": 0}, "input_queue_size must be a whole number from 1 to"),
        ({"input_queue_size": 1.5}, "input_queue_size must be a whole number from 1 to"),
        ({"output_queue_size": QUEUE_SIZE + 1}, "output_queue_size must be"),
        ({"cpu_bound_count": -1}, "cpu_bound_count must be"),
        ({"cpu_bound_count": WORKERS + 1}, "cpu_bound_count must be"),
        ({"io_bound_count": "two"}, "io_bound_count must be a whole number from 0 to 1,024, found 'two'"),
        ({"cpu_bound_task_limit": True}, "cpu_bound_task_limit must be"),
        ({"io_bound_task_limit": THREADS + 1}, "io_bound_task_limit must be"),
        ({"queue_poll_timeout": float("nan")}, "queue_poll_timeout must be a number of seconds above 0"),
        ({"queue_poll_timeout": None}, "queue_poll_timeout must be a number of seconds above 0"),
        ({"max_queue_full_retries": -1}, "max_queue_full_retries must be"),
        ({"health_check_interval": 0}, "health_check_interval must be a number of seconds above 0"),
        ({"health_check_interval": 61}, "health_check_interval must be at most 60 s"),
        ({"task_timeout": TASK_SECONDS * 2}, "task_timeout must be at most"),
        ({"memory_limit_mb": -1}, "memory_limit_mb must be"),
        ({"start_method": "magic"}, "start_method must be one of"),
        ({"start_method": ["fork"]}, "start_method must be one of"),
        ({"log_level": "LOUD"}, "log_level must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ({"enable_metrics": 1}, "enable_metrics must be true or false, found 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(values: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        EngineConfig(**values)  # type: ignore[arg-type]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"^EngineConfig: input_queue_size .*; log_level .*'LOUD'$"):
        EngineConfig(input_queue_size=0, log_level="LOUD")  # type: ignore[arg-type]


class Odd:
    """A value that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(EngineConfig)])
@pytest.mark.parametrize("value", ["a" * 9_999, b"1", [], {}, Odd(), object(), 1 + 2j, 10**4_000], ids=type)
def test_whatever_a_value_is_it_is_refused_in_a_sentence(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^EngineConfig: {name} must be ") as refused:
        EngineConfig(**{name: value})  # type: ignore[arg-type]
    assert len(str(refused.value)) < 500
