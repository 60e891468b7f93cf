import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.waiting import PATIENCE_S
from tests.unit.balancer.reported_waves import payload, reports_of, topology, tree
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer import limits
from topowave.balancer.state.change_log import ChangeLog, Changes
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.record import Purpose, WaveRecord
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.wave import wave_of
from topowave.topology import LabConfig
from topowave.wire.frames import EchoBack
from topowave.wire.limits import STOOD_STILL
from topowave.wire.observations import NETWORK_CHANGED, Event, Events

pytestmark = pytest.mark.anyio
THREE = topology(tree(2))


class Kept:
    """A registry and what it told of."""

    def __init__(self, waits: Callable[[str], bool] = lambda _: False, **settings: Any) -> None:
        self.over: list[str] = []
        self.troubles: list[tuple[str, str | None]] = []
        self.touched = 0
        catalog = AlgorithmCatalog(THREE)
        self.changes = ChangeLog()
        self.changes.listen(self._touch)
        self.waves = WaveRegistry(
            LabConfig(**settings),
            lambda: catalog,
            lambda: 1,
            statuses=Lab(THREE, 1, LabConfig(), "a test", self.changes).status_log,
            changes=self.changes,
            on_end=lambda record: self.over.append(record.id),
            on_trouble=lambda text, record: self.troubles.append((text, record.id if record else None)),
            waits=waits,
            keep_messages=False,
        )

    def _touch(self) -> None:
        self.touched += 1

    def open(self, wave: str = "root-1", purpose: Purpose | None = None) -> WaveRecord:
        record = self.waves.open(wave, FinnLab, ["root"], purpose)
        assert record is not None
        return record

    def tell(self, *reports: Events) -> None:
        for report in reports:
            self.waves.report(report)


def answer(
    wave: str | None = "root-1", purpose: str | None = None, without: tuple[str, ...] = ()
) -> EchoBack:
    tree: Any = payload(THREE, without)
    return EchoBack(payload=tree, wave=wave, purpose=purpose)


def state(record: WaveRecord) -> str:
    return record.state


async def until_over(waves: WaveRegistry, record: WaveRecord) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await waves.ended(record)


async def test_a_wave_ends_with_the_last_report() -> None:
    kept = Kept()
    record = kept.open()
    *most, last = reports_of(THREE, FinnLab)
    kept.tell(*most)
    assert (state(record), kept.waves.running) == ("running", 1)
    kept.tell(last)
    assert (state(record), kept.waves.running, kept.over) == ("complete", 0, ["root-1"])


async def test_an_echo_wave_waits_for_its_tree_even_when_all_is_reported() -> None:
    kept = Kept()
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    waiting = asyncio.ensure_future(kept.waves.tree(record))
    await asyncio.sleep(0)
    kept.tell(*reports_of(THREE, Echo))
    assert state(record) == "running"
    assert kept.waves.answer(answer())
    assert state(record) == "complete"
    assert await waiting == payload(THREE)


async def test_an_echo_wave_whose_tree_never_comes_is_not_complete() -> None:
    kept = Kept()
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    kept.tell(*reports_of(THREE, Echo))
    assert state(record) == "running"
    kept.waves.end_all()
    assert (state(record), record.missing) == ("incomplete", [])
    assert "the tree had not come from root" in str(wave_of(record).reason)


async def test_an_echo_wave_waits_for_its_reports_even_when_the_tree_is_here() -> None:
    kept = Kept()
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    waiting = asyncio.ensure_future(kept.waves.tree(record))
    await asyncio.sleep(0)
    kept.waves.answer(answer())
    assert await waiting == payload(THREE)
    assert state(record) == "running"
    kept.tell(*reports_of(THREE, Echo))
    assert state(record) == "complete"


async def test_a_decided_wave_waits_for_reports_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept()
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    kept.waves.answer(answer(without=("root1",)))
    await until_over(kept.waves, record)
    assert (state(record), record.missing) == ("incomplete", ["root1"])


async def test_a_decided_wave_is_not_over_while_its_messages_wait_for_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    asked: list[str] = []

    def waits(wave: str) -> bool:
        asked.append(wave)
        return len(asked) < 3

    kept = Kept(waits)
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    kept.waves.answer(answer(without=("root1",)))
    await until_over(kept.waves, record)
    assert asked == ["root-1"] * 3


async def test_a_held_wave_has_its_time_beside_that_for_which_it_is_held_and_anew_when_it_is_let_go() -> None:
    kept = Kept(wave_timeout=0.01)
    record = kept.open()
    kept.waves.hold("root-1", 3600)
    other = kept.open("root-2")
    await until_over(kept.waves, other)  # its time was over later than that of the first would have been
    assert state(record) == "running"
    kept.waves.hold("root-1", 0)
    await until_over(kept.waves, record)
    assert (state(record), record.out_of_time_s) == ("incomplete", 0.01)
    kept.waves.hold("root-1", 1)  # which changes nothing any more
    assert kept.waves.is_over("root-1")


async def test_what_was_reported_while_the_balancer_stood_still_is_not_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept()
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    kept.waves.answer(answer())
    reports = reports_of(THREE, Echo)
    asyncio.get_running_loop().call_later(0.01, time.sleep, 0.02 + 2 * STOOD_STILL)  # beyond its end
    asyncio.get_running_loop().call_later(0.02 + 2 * STOOD_STILL, lambda: kept.tell(*reports))
    await until_over(kept.waves, record)
    assert state(record) == "complete"


async def test_a_wave_in_which_a_class_made_a_mistake_waits_for_reports_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept(wave_timeout=60)
    record = kept.open()
    kept.tell(Events("root0", record.id, Echo.name, [Event(5, "mistake", message="ZeroDivisionError")]))
    await until_over(kept.waves, record)
    assert (state(record), record.mistakes) == ("wrong", ["root0: ZeroDivisionError"])


async def test_a_wave_that_a_node_began_while_the_network_changed_ends_soon_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept(wave_timeout=60)
    begun = [Event(5, "start"), Event(6, "down", message=NETWORK_CHANGED)]
    kept.tell(Events("root0", "root0-7", Echo.name, begun))
    record = kept.waves.get("root0-7")
    assert record is not None
    await until_over(kept.waves, record)
    assert (state(record), record.troubles) == ("incomplete", [NETWORK_CHANGED])


async def test_a_wave_in_which_nothing_is_under_way_and_nobody_decided_is_wrong_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept(wave_timeout=60)
    record = kept.open()
    undecided = [
        Events(r.node, r.wave, r.algorithm, [e for e in r.events if e.event != "decide"])
        for r in reports_of(THREE, FinnLab)
    ]
    kept.tell(*undecided)
    await until_over(kept.waves, record)
    assert (state(record), record.witnesses) == ("wrong", ["no node decided"])


async def test_how_fast_the_lab_is_shows_in_a_wave_with_many_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = limits.MESSAGES_PER_S
    for many in (True, False):
        monkeypatch.setattr(limits, "RATE_MESSAGES", 2 if many else 3)
        kept = Kept()
        record = kept.waves.open("root-1", FinnLab, ["root"], expected=4)
        assert record is not None
        assert kept.waves.messages_ahead() == 4
        kept.tell(*reports_of(THREE, FinnLab))
        assert state(record) == "complete"
        assert (kept.waves.messages_per_s != before) == many
        assert kept.waves.messages_ahead() == 0


async def test_a_wave_over_slow_links_says_nothing_of_how_fast_the_lab_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RATE_MESSAGES", 2)
    for during in (True, False):
        kept = Kept(link_delay=0 if during else 100)
        record = kept.open()
        if during:
            kept.waves.configure(LabConfig(link_delay=100))
        kept.tell(*reports_of(THREE, FinnLab))
        assert state(record) == "complete"
        assert kept.waves.messages_per_s == limits.MESSAGES_PER_S


async def test_when_links_become_slow_a_wave_that_runs_waits_longer_for_reports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SETTLE", 0.02)
    kept = Kept(wave_timeout=60)
    record = kept.waves.open("root-1", Echo, ["root"])
    assert record is not None
    kept.waves.configure(LabConfig(link_delay=10_000))
    kept.waves.answer(answer(without=("root1",)))
    await asyncio.sleep(0.1)  # what must not happen has its time
    assert state(record) == "running"
    kept.waves.end_all()


async def test_a_wave_whose_time_is_over_says_how_long_that_was() -> None:
    kept = Kept(wave_timeout=0.01)
    record = kept.open()
    await until_over(kept.waves, record)
    assert (state(record), record.out_of_time_s) == ("incomplete", 0.01)


async def test_a_wave_that_is_met_when_too_many_run_is_not_taken_up_halfway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WAVES_RUNNING", 1)
    kept = Kept()
    first = kept.waves.open("root-1", FinnLab, ["root"])
    assert first is not None
    reports = reports_of(THREE, FinnLab, wave="root-2")
    kept.tell(reports[0])
    kept.waves.end_all()
    kept.tell(*reports[1:])
    assert kept.waves.get("root-2") is None
    assert kept.waves.running == 0


async def test_a_wave_that_nothing_is_heard_of_ends_with_its_time() -> None:
    kept = Kept(wave_timeout=0.01)
    record = kept.open()
    assert await kept.waves.tree(record) is None
    assert (state(record), record.missing) == ("incomplete", ["root", "root0", "root1"])


async def test_a_wave_that_was_met_halfway_says_that_something_was_under_way() -> None:
    kept = Kept()
    record = kept.waves.open("root-1", Echo, [])  # a balancer before this one has started it
    assert record is not None
    for node in ("root", "root0", "root1"):
        kept.tell(Events(node, "root-1", "echo", [Event(1, "receive", "root", f"root:{node}")]))
    kept.tell(Events("root", "root-1", "echo", [Event(2, "decide")]))
    kept.waves.end_all()
    assert state(record) == "incomplete"
    assert "still under way" in str(wave_of(record).reason)


async def test_late_reports_and_trees_wake_no_wave() -> None:
    kept = Kept()
    record = kept.open()
    kept.tell(*reports_of(THREE, FinnLab))
    before = wave_of(record).model_dump()
    kept.tell(*reports_of(THREE, FinnLab))
    assert not kept.waves.answer(answer())
    assert (wave_of(record).model_dump(), kept.waves.running, kept.over) == (before, 0, ["root-1"])


async def test_an_answer_that_turns_out_late_not_to_have_been_accepted_spoils_its_wave() -> None:
    kept = Kept()
    record = kept.open()
    kept.tell(*reports_of(THREE, FinnLab))
    assert state(record) == "complete"
    seen = kept.changes.last
    late = [Event(9, "receive", "root0", "root0:9"), Event(9, "drop", "root0", message="root0 did not")]
    kept.tell(Events("root", "root-1", FinnLab.name, late))
    assert (state(record), wave_of(record).mistakes) == ("incomplete", ["root0 did not"])
    assert kept.troubles == [("root0 did not", "root-1")]
    assert kept.changes.since(seen) == Changes((), ("root-1",))


async def test_late_reports_wake_no_wave_that_the_book_has_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVES_KEPT", 1)
    kept = Kept()
    for number in range(3):
        kept.open(f"root-{number}")
        kept.tell(*reports_of(THREE, FinnLab, wave=f"root-{number}"))
    kept.tell(*reports_of(THREE, FinnLab, wave="root-0"))
    assert (kept.waves.get("root-0"), kept.waves.running) == (None, 0)


async def test_a_wave_that_nobody_announced_begins_with_its_first_report() -> None:
    kept = Kept()
    kept.tell(*reports_of(THREE, Finn, ["root1"], wave="root1-7"))
    record = kept.waves.get("root1-7")
    assert record is not None
    assert (state(record), record.initiators) == ("complete", ["root1"])


async def test_reports_of_unknown_algorithms_are_passed_over() -> None:
    kept = Kept()
    kept.tell(Events("root", "root-1", "gossip", [Event(1, "start")]))
    assert kept.waves.get("root-1") is None


async def test_an_answer_without_a_wave_is_for_those_who_listen() -> None:
    kept = Kept()
    assert kept.waves.answer(answer(wave=None))
    assert not kept.waves.answer(answer(wave="unknown-1"))


async def test_only_so_many_waves_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVES_RUNNING", 2)
    kept = Kept()
    kept.open("root-1")
    kept.open("root-2")
    assert kept.waves.open("root-3", FinnLab, ["root"]) is None
    kept.tell(*reports_of(THREE, FinnLab, wave="elsewhere-1"))
    assert kept.waves.get("elsewhere-1") is None
    kept.waves.end_all()


async def test_waves_of_the_rebalancer_do_not_drive_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REBALANCES_KEPT", 2)
    kept = Kept()
    kept.open("root-1")
    kept.tell(*reports_of(THREE, FinnLab, wave="root-1"))
    for number in range(2, 7):
        kept.open(f"root-{number}", "rebalance")
        kept.tell(*reports_of(THREE, FinnLab, wave=f"root-{number}"))
    assert [record.id for record in kept.waves.last(9, 9)] == ["root-1", "root-5", "root-6"]
    assert [record.id for record in kept.waves.last(9, 1)] == ["root-1", "root-6"]


async def test_the_events_of_the_oldest_waves_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sum(len(report.events) for report in reports_of(THREE, FinnLab))
    monkeypatch.setattr(limits, "ALL_EVENTS", 2 * one)
    kept = Kept()
    for number in range(1, 4):
        kept.open(f"root-{number}")
        kept.tell(*reports_of(THREE, FinnLab, wave=f"root-{number}"))
    records = [kept.waves.get(f"root-{number}") for number in range(1, 4)]
    assert [len(record.events) for record in records if record] == [0, one, one]


async def test_the_rebalancer_s_events_are_forgotten_before_people_s(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sum(len(report.events) for report in reports_of(THREE, FinnLab))
    monkeypatch.setattr(limits, "ALL_EVENTS", 2 * one)
    kept = Kept()
    for number in range(1, 6):
        kept.open(f"root-{number}", None if number == 1 else "rebalance")
        kept.tell(*reports_of(THREE, FinnLab, wave=f"root-{number}"))
    records = [kept.waves.get(f"root-{number}") for number in range(1, 6)]
    assert [len(record.events) for record in records if record] == [one, 0, 0, 0, one]


async def test_waves_that_run_keep_no_more_events_together_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RUNNING_EVENTS", 5)
    kept = Kept()
    for number in range(1, 4):
        kept.open(f"root-{number}")
        kept.tell(*reports_of(THREE, FinnLab, wave=f"root-{number}")[:-1])  # they run on
    records = [kept.waves.get(f"root-{number}") for number in range(1, 4)]
    assert sum(len(record.events) for record in records if record) == 5
    assert all(record.not_kept for record in records[1:] if record)


async def test_what_changed_is_noted_for_the_stream() -> None:
    kept = Kept()
    kept.open()
    assert kept.changes.since(0) == Changes(nodes=(), waves=("root-1",))
    assert kept.touched > 0
    kept.waves.end_all()
    assert kept.over == ["root-1"]
