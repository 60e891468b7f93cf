"""A node's reports: in batches, never too long, and without waiting for anybody."""

from __future__ import annotations

import time

import pytest

from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import eventually, on_uvloop
from tests.unit.wire.peers import Listener, listening
from topowave.nodes.reporting import Log, Observer
from topowave.wire import limits
from topowave.wire.observations import Load, decode_report


class Reporter:
    """A node of which only its load is there."""

    def __init__(self, url: str) -> None:
        self.queued = 0
        self.observer = Observer(url)
        self.observer.add_source("a", self.load)
        self.logs: dict[str, Log] = {}

    def load(self) -> Load:
        return Load(node="a", queued=self.queued, running=0, moving=0, done=0, submitted=0)

    def record(self, wave: str = "a-1", size: int = 1) -> None:
        log = self.logs.setdefault(wave, Log("a", wave, "echo", None))
        self.observer.record(log, "send", "b", 1, "echo", size)


def loads(peer: Listener) -> list[int]:
    return [load.queued for text in peer.heard for load in decode_report(text).loads]


def batches(peer: Listener) -> list[tuple[str, int, int]]:
    reports = [decode_report(text) for text in peer.heard]
    return [(each.wave, len(each.events), each.lost) for report in reports for each in report.events]


@on_uvloop
async def test_the_load_is_told_when_the_link_opens_each_time() -> None:
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        await eventually(lambda: loads(peer) == [0])
        reporter.queued = 7
        peer.break_off()
        await eventually(lambda: loads(peer) == [0, 7])
        await reporter.observer.close()


@on_uvloop
async def test_a_load_that_changes_often_is_told_now_and_then_and_its_last_value_for_sure() -> None:
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        await eventually(lambda: loads(peer) == [0])
        before = time.monotonic()
        for number in range(1, 101):
            reporter.queued = number
            reporter.observer.load_changed("a")
        await eventually(lambda: loads(peer)[-1] == 100)
        assert len(loads(peer)) <= 2 + (time.monotonic() - before) / limits.LOAD_DELAY
        await reporter.observer.close()


@on_uvloop
async def test_events_are_told_in_one_report_a_wave() -> None:
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        for _ in range(3):
            reporter.record("a-1")
            reporter.record("a-2")
        await eventually(lambda: sorted(batches(peer)) == [("a-1", 3, 0), ("a-2", 3, 0)])
        await reporter.observer.close()


@on_uvloop
async def test_many_events_and_long_ones_are_told_before_the_report_is_longer_than_a_frame() -> None:
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        for _ in range(limits.REPORT_EVENTS + 1):
            reporter.record("many-1")
        for _ in range(5):
            reporter.record("long-1", size=limits.REPORT_BYTES // 2)
        await eventually(
            lambda: (
                sorted(batches(peer))
                == [
                    ("long-1", 2, 0),
                    ("long-1", 3, 0),
                    ("many-1", 1, 0),
                    ("many-1", limits.REPORT_EVENTS, 0),
                ]
            )
        )
        await reporter.observer.close()


@on_uvloop
async def test_events_that_are_not_kept_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVE_EVENTS", 1)
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        reporter.record()
        await eventually(lambda: batches(peer) == [("a-1", 1, 0)])
        for _ in range(5):
            reporter.record()
        reporter.record("a-2")
        await eventually(lambda: sorted(batches(peer)) == [("a-1", 0, 5), ("a-1", 1, 0), ("a-2", 1, 0)])
        await reporter.observer.close()


@on_uvloop
async def test_what_was_not_told_yet_is_told_at_the_end() -> None:
    async with listening() as peer:
        reporter = Reporter(peer.url)
        reporter.observer.open()
        await eventually(lambda: loads(peer) == [0])
        reporter.record()
        await reporter.observer.close()
        await eventually(lambda: batches(peer) == [("a-1", 1, 0)])


@on_uvloop
async def test_while_nobody_listens_only_the_last_reports_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OBSERVER_FRAMES", 3)
    monkeypatch.setattr(limits, "REPORT_EVENTS", 1)
    held = listener()
    port = held.getsockname()[1]
    reporter = Reporter(f"ws://127.0.0.1:{port}/ws")
    reporter.observer.open()
    for number in range(10):
        reporter.record(f"a-{number}")
    held.close()
    async with listening(port) as peer:
        # The load, which is told when the link opens, takes the place of one of them.
        await eventually(lambda: [wave for wave, _, _ in batches(peer)] == ["a-8", "a-9"])
        assert loads(peer) == [0]
        await reporter.observer.close()
