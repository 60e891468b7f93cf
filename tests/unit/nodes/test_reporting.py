"""A node's reports: in batches, never too long, and without waiting for anybody."""

from __future__ import annotations

import time

import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import Listener, listening
from topowave.nodes.reporting import EventBuffer, Reporter
from topowave.wire import limits
from topowave.wire.machine import boot_id
from topowave.wire.observations import Heartbeat, Load, decode_report


class ReportingNode:
    """A node of which only its load is there."""

    def __init__(self, url: str, heartbeat_interval: float = 3600) -> None:
        self.assigned = 0
        self.reporter = Reporter(url, heartbeat_interval=heartbeat_interval)
        self.reporter.add_source("a", self.load)
        self.logs: dict[str, EventBuffer] = {}

    def load(self) -> Load:
        return Load(node="a", assigned=self.assigned, running=0, moving=0, completed=0, submitted=0)

    def record(self, wave: str = "a-1", size: int = 1) -> None:
        log = self.logs.setdefault(wave, EventBuffer("a", wave, "echo", None))
        self.reporter.record(log, "send", "b", 1, "echo", size)


def loads(peer: Listener) -> list[int]:
    return [load.assigned for text in peer.heard for load in decode_report(text).loads]


def openings(peer: Listener) -> list[tuple[int, int]]:
    reports = [decode_report(text).opening for text in peer.heard]
    return [(each.links, each.left) for each in reports if each is not None]


def batches(peer: Listener) -> list[tuple[str, int, int]]:
    reports = [decode_report(text) for text in peer.heard]
    return [(each.wave, len(each.events), each.lost) for report in reports for each in report.events]


@on_uvloop
async def test_the_load_is_told_when_the_link_opens_each_time() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        await eventually(lambda: loads(peer) == [0])
        node.assigned = 7
        peer.break_off()
        await eventually(lambda: loads(peer) == [0, 7])
        await node.reporter.close()


@on_uvloop
async def test_links_that_are_being_opened_are_told_to_a_balancer_that_comes_and_when_they_are_open() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        first, second = (node.reporter.openings.begin() for _ in range(2))
        first.end()
        node.reporter.open()
        await eventually(lambda: openings(peer) == [(2, 1)])
        second.end()
        await eventually(lambda: openings(peer) == [(2, 1), (2, 0)])
        await node.reporter.close()


@on_uvloop
async def test_a_load_that_changes_often_is_told_now_and_then_and_its_last_value_for_sure() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        await eventually(lambda: loads(peer) == [0])
        before = time.monotonic()
        for number in range(1, 101):
            node.assigned = number
            node.reporter.load_changed("a")
        await eventually(lambda: loads(peer)[-1] == 100)
        assert len(loads(peer)) <= 2 + (time.monotonic() - before) / limits.LOAD_DELAY
        await node.reporter.close()


@on_uvloop
async def test_events_are_told_in_one_report_a_wave() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        for _ in range(3):
            node.record("a-1")
            node.record("a-2")
        await eventually(lambda: sorted(batches(peer)) == [("a-1", 3, 0), ("a-2", 3, 0)])
        await node.reporter.close()


@on_uvloop
async def test_many_events_and_long_ones_are_told_before_the_report_is_longer_than_a_frame() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        for _ in range(limits.REPORT_EVENTS + 1):
            node.record("many-1")
        for _ in range(5):
            node.record("long-1", size=limits.REPORT_BYTES // 2)
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
        await node.reporter.close()


@on_uvloop
async def test_events_that_are_not_kept_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVE_EVENTS", 1)
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        node.record()
        await eventually(lambda: batches(peer) == [("a-1", 1, 0)])
        for _ in range(5):
            node.record()
        node.record("a-2")
        await eventually(lambda: sorted(batches(peer)) == [("a-1", 0, 5), ("a-1", 1, 0), ("a-2", 1, 0)])
        await node.reporter.close()


@on_uvloop
async def test_what_was_not_told_yet_is_told_at_the_end() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url)
        node.reporter.open()
        await eventually(lambda: loads(peer) == [0])
        node.record()
        await node.reporter.close()
        await eventually(lambda: batches(peer) == [("a-1", 1, 0)])


@on_uvloop
async def test_while_nobody_listens_only_the_last_reports_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNSENT_REPORTS", 3)
    monkeypatch.setattr(limits, "REPORT_EVENTS", 1)
    held = listener()
    port = held.getsockname()[1]
    node = ReportingNode(f"ws://127.0.0.1:{port}/ws")
    node.reporter.open()
    for number in range(10):
        node.record(f"a-{number}")
    held.close()
    async with listening(port) as peer:
        # The load, which is told when the link opens, takes the place of one of them.
        await eventually(lambda: [wave for wave, _, _ in batches(peer)] == ["a-8", "a-9"])
        assert loads(peer) == [0]
        await node.reporter.close()


def heartbeats(peer: Listener) -> list[Heartbeat]:
    reports = [decode_report(text).heartbeat for text in peer.heard]
    return [each for each in reports if each is not None]


@on_uvloop
async def test_the_first_that_is_said_is_a_heartbeat_and_others_follow() -> None:
    async with listening() as peer:
        node = ReportingNode(peer.url, heartbeat_interval=0.1)
        node.record("early-1")  # it waits until somebody listens
        node.reporter.open()
        before_us = time.monotonic_ns() // 1000
        await eventually(lambda: len(heartbeats(peer)) >= 3)
        assert decode_report(peer.heard[0]).heartbeat == heartbeats(peer)[0]
        said_us = [each.t_us for each in heartbeats(peer)]
        assert said_us == sorted(said_us)
        assert before_us <= said_us[0] <= time.monotonic_ns() // 1000
        assert {each.boot for each in heartbeats(peer)} == {boot_id()}
        peer.break_off()
        peer.heard.clear()
        await eventually(lambda: loads(peer) == [0])
        assert decode_report(peer.heard[0]).heartbeat is not None
        await node.reporter.close()
