"""A child ends with its parent in two ways; one is enough where a limit on processes takes the other."""

from __future__ import annotations

import os
import threading

import pytest

from topowave.orchestrator.hosts import parent_death


@pytest.fixture(autouse=True)
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


def test_the_kernels_signal_is_enough_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent_death, "ask_the_kernel", lambda: True)
    parent_death.end_with(os.getppid(), -1)


def test_a_child_that_has_neither_way_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent_death, "ask_the_kernel", lambda: False)
    with pytest.raises(BlockingIOError, match="Resource temporarily unavailable"):
        parent_death.end_with(os.getppid(), -1)
