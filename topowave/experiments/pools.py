"""The processes that do the runs of a sweep: what is asked of them, and those of this machine."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from topowave.experiments.limits import AHEAD, PARENT_LOOK_S
from topowave.experiments.portions import Answer, do_portion
from topowave.experiments.scenario_file import ScenarioFile


class Pool(Protocol):
    """Processes that know a scenario, and do runs of it by their numbers."""

    ended: tuple[type[Exception], ...]
    """What a future raises where the process ended that was at its runs."""
    outlives: bool
    """Whether the other processes go on then; otherwise all futures raise it, and another pool is needed."""

    ahead: int
    """Portions a process that may be out at the same time."""

    def submit(self, numbers: Sequence[int]) -> Future[Answer]:
        """Let one of them do these runs."""
        ...


MakePool = Callable[[ScenarioFile, int], AbstractContextManager[Pool]]
"""Begins so many processes; where the block is left by an exception, they are ended amid their runs."""


class LokyPool:
    """Processes of this machine. Unlike spawned ones they do not run the caller's program again.

    Args:
        executor: of loky.
    """

    ended: tuple[type[Exception], ...] = (BrokenProcessPool,)
    outlives = False
    ahead = AHEAD

    def __init__(self, executor: Any) -> None:
        self._executor = executor

    def submit(self, numbers: Sequence[int]) -> Future[Answer]:
        """Let one of them do these runs."""
        future: Future[Answer] = self._executor.submit(_do, numbers)
        return future


@contextmanager
def local_pool(source: ScenarioFile, jobs: int) -> Generator[Pool]:
    """Begin processes on this machine."""
    loky: Any = importlib.import_module("loky")
    executor = loky.ProcessPoolExecutor(jobs, initializer=_begin, initargs=(source,))
    whole = False
    try:
        yield LokyPool(executor)
        whole = True
    finally:
        executor.shutdown(wait=True, kill_workers=not whole)


_source: ScenarioFile | None = None


def _begin(source: ScenarioFile) -> None:
    """Begin as a process of a pool: Ctrl-C is the parent's, who ends it."""
    global _source  # noqa: PLW0603 - what a process works on; it has no other way to be told
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), name="end-with-parent", daemon=True).start()
    _source = source


def _end_with(parent: int) -> None:
    """End this process once its parent is gone; one that was killed could not say so."""
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK_S)
    os._exit(1)


def _do(numbers: Sequence[int]) -> Answer:
    assert _source is not None
    return do_portion(_source, numbers)
