"""The clock by which deadlines pass, in the hands of a test."""

from __future__ import annotations

import time

import pytest

from topowave.nodes.tasks import deadlines

HOUR_S = 3600.0


class Clock:
    """In place of the module `time`: a test says when an hour has passed; a slow machine lets none pass."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def time(self) -> float:
        """The time of the day (s since 1970)."""
        return time.time() + self._ahead_s

    def in_an_hour(self) -> float:
        """The time of the day in an hour, which only the test lets pass."""
        return self.time() + HOUR_S

    def let_an_hour_pass(self) -> None:
        """Set the clock forward."""
        self._ahead_s += HOUR_S


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of all deadlines of this process, at which it is looked often."""
    clock = Clock()
    monkeypatch.setattr(deadlines, "time", clock)
    monkeypatch.setattr(deadlines, "LONGEST_SLEEP", 0.01)
    return clock
