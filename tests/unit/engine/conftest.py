"""What the tests of the engine share: scripts, and an engine that several tests use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from topowave.engine import Engine, EngineConfig, Priority, TaskType
from topowave.engine.waiting_task import WaitingTask

Script = Callable[[str], Path]


@pytest.fixture(scope="package", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes a script from the body of its `run`."""

    def write(body: str) -> Path:
        path = tmp_path / f"script_{len(list(tmp_path.iterdir()))}.py"
        lines = "\n".join(f"        {line}" for line in body.splitlines())
        head = "import os, signal, subprocess, sys, time\n\n\nclass Script:\n    def run(self, params):\n"
        path.write_text(f"{head}{lines}\n\n\ndef module():\n    return Script()\n", "utf-8")
        return path

    return write


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with one worker process of each kind, forked: quick to start."""
    with Engine(config()) as running:
        yield running


def config(**more: object) -> EngineConfig:
    """Return settings of a small engine."""
    small: dict[str, object] = {"cpu_bound_count": 1, "io_bound_count": 1, "start_method": "fork"}
    return EngineConfig(**{**small, **more})  # type: ignore[arg-type]


def waiting(
    number: int, kind: TaskType = TaskType.CPU_BOUND, priority: Priority = Priority.MEDIUM
) -> WaitingTask:
    """Return a task as it is inside the engine."""
    return WaitingTask(f"t-{number}", number, "/s.py", "null", kind, priority, timeout_s=1.0, retries=0)
