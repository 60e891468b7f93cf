"""The waves that run and the last ones that ended: when each is over, and who waits for it.

Theory of operation. A wave enters by `open` (the balancer starts it) or by the first report of a wave that
a node began on its own. It leaves the running ones once, by `_end`, for one of these reasons:

    complete           its record has everything, and the tree if one was asked for
    settled            it decided (or an algorithm made a mistake, or nothing is under way any more, or it is
                       complete but has timers), no report came for `settle_s`, and none of its messages
                       waits for people
    out of time        its time is over (`runtime.wave_time`), and SETTLE more for reports that are on their
                       way; it is that of the settings with which it began, whatever they are by then
    its network ended  another topology runs, or the process stops (`end_all`)

Every report and every tree leads to `_look`, which ends a complete wave at once (one whose class has timers
may yet do something) and starts the settle timer
of one that may be over anew. While a tree is awaited nothing is over, unless an algorithm made a mistake:
reports come on another connection than the tree, and are often earlier.

Who waits for a wave holds a future of it: `answered` (the tree, or None where it ended without) and
`ended`. Both are resolved by `_end` at the latest, so that nobody waits for ever.

What must hold: a wave is among the running ones or its id is in `_ended`, never both, so that a late report
wakes none that is over. Everything is bounded: running waves (WAVES_RUNNING; a further one is refused),
ended ones (WAVES_KEPT, and REBALANCES_KEPT, so that rebalancing does not drive people's waves out), their
events (ALL_EVENTS; the oldest waves lose theirs first, the rebalancer's before people's), ids of the ended
(WAVES_ENDED). Every change of a wave is noted in the change log by its id; who follows the lab asks for the
wave and gets None where it is gone by then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

from topowave.algorithms import Algorithm
from topowave.balancer import limits
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.status_log import NodeRecording, StatusLog
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.foreign_parts import ForeignParts
from topowave.balancer.waves.record import Purpose, WaveRecord
from topowave.logs import IDS_LOGGED, fields
from topowave.runtime.handler_runner import is_of_library
from topowave.topology import LabConfig
from topowave.wire.frames import EchoBack, Payload
from topowave.wire.limits import STOOD_STILL
from topowave.wire.observations import Events

log = logging.getLogger(__name__)


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def _tree_future() -> asyncio.Future[Payload | None]:
    return asyncio.get_running_loop().create_future()


def _nothing(_: str, __: WaveRecord | None) -> None:
    """Do nothing."""


def _never(_: str) -> bool:
    return False


@dataclass
class _Running:
    """A wave that is not over: its deadline, and those who wait."""

    record: WaveRecord
    deadline: asyncio.TimerHandle
    limit_s: float
    settle_s: float
    expected: float
    began_s: float
    reported_s: float
    others_before: int
    held_s: float = 0.0
    settle: asyncio.TimerHandle | None = None
    broken_off: bool = False
    ended: asyncio.Future[None] = field(default_factory=_future)
    answered: asyncio.Future[Payload | None] = field(default_factory=_tree_future)


class WaveRegistry:
    """All waves the balancer knows of.

    Args:
        config: the lab's settings; `configure` changes them.
        catalog: returns the bounds on the network that runs now.
        version: returns that network's number.
        statuses: what its nodes are, which is kept for each wave.
        changes: where every change is noted.
        on_end: called with each wave that ended.
        on_trouble: called with what somebody else's program did wrong after a wave's end, or in none.
        waits: whether messages of a wave wait for somebody to let them through.
        keep_messages: whether records keep messages for a trace.
    """

    def __init__(
        self,
        config: LabConfig,
        catalog: Callable[[], AlgorithmCatalog],
        version: Callable[[], int],
        *,
        statuses: StatusLog,
        changes: ChangeLog,
        on_end: Callable[[WaveRecord], None],
        on_trouble: Callable[[str, WaveRecord | None], None] = _nothing,
        waits: Callable[[str], bool] = _never,
        keep_messages: bool,
    ) -> None:
        self._config = config
        self._catalog = catalog
        self._version = version
        self._statuses = statuses
        self._changes = changes
        self._on_end = on_end
        self._on_trouble = on_trouble
        self._waits = waits
        self._keep_messages = keep_messages
        self._running: dict[str, _Running] = {}
        self._records: dict[str, WaveRecord] = {}
        self._recordings: dict[str, NodeRecording] = {}
        self._ended: dict[str, None] = {}
        self._events = 0
        self._parts = ForeignParts(
            self._records, self._running, self._take, lambda text: self._on_trouble(text, None)
        )
        self._messages = 0
        self.messages_per_s = float(limits.MESSAGES_PER_S)
        """How many messages the lab handles in a second, from what it did lately."""

    @property
    def running(self) -> int:
        """How many waves run."""
        return len(self._running)

    def messages_ahead(self) -> float:
        """Return how many messages the running waves are still expected to have, all together."""
        since_s = asyncio.get_running_loop().time() - limits.WAVE_IDLE
        going_on = (each for each in self._running.values() if each.reported_s > since_s)
        return sum(max(1.0, each.expected - (each.record.messages or 0)) for each in going_on)

    def open(
        self,
        wave: str,
        algorithm: type[Algorithm],
        initiators: list[str],
        purpose: Purpose | None = None,
        *,
        expected: float = 1,
    ) -> WaveRecord | None:
        """Enter a wave that begins now; None where WAVES_RUNNING run already.

        Args:
            wave: its id.
            algorithm: what runs.
            initiators: names; empty where they are not known yet.
            purpose: "rebalance" or None.
            expected: how many messages it will have.
        """
        if len(self._running) >= limits.WAVES_RUNNING:
            return None
        catalog = self._catalog()
        record = WaveRecord(
            wave,
            algorithm,
            catalog.topology,
            self._version(),
            bound=catalog.bound(algorithm),
            initiators=initiators,
            purpose=purpose,
            started=time.time(),
            keep_messages=self._keep_messages,
        )
        loop = asyncio.get_running_loop()
        limit_s = catalog.times.limit_s(algorithm, self._config)
        # A report may be on its way when the wave's time is up.
        deadline = loop.call_later(limit_s + limits.SETTLE, self._out_of_time, record)
        self._running[wave] = _Running(
            record,
            deadline,
            limit_s,
            limits.SETTLE + catalog.times.delay_s(self._config),
            expected,
            loop.time(),
            loop.time(),
            self._messages,
        )
        self._records[wave] = record
        self._recordings[wave] = NodeRecording(self._statuses)
        self._note(record)
        log.info(
            "wave started",
            extra=fields(
                wave=wave, algorithm=algorithm.name, purpose=purpose, initiators=initiators[:IDS_LOGGED]
            ),
        )
        return record

    def hold(self, wave: str, held_s: float) -> None:
        """Give a wave that runs its time anew, and so many seconds more for messages that wait for people."""
        running = self._running.get(wave)
        if running is not None:
            running.deadline.cancel()
            running.held_s = max(running.held_s, held_s)
            due_s = held_s + running.limit_s + limits.SETTLE
            loop = asyncio.get_running_loop()
            running.deadline = loop.call_later(due_s, self._out_of_time, running.record)
            self._note(running.record)

    def is_over(self, wave: str) -> bool:
        """Whether a wave has ended, and not long ago."""
        return wave in self._ended

    def configure(self, config: LabConfig) -> None:
        """Go on with other settings; the reports of a wave that runs may come more slowly from now on."""
        self._config = config
        settle_s = limits.SETTLE + self._catalog().times.delay_s(config)
        for running in self._running.values():
            running.settle_s = max(running.settle_s, settle_s)

    def report(self, report: Events) -> None:
        """Take a node's report; a wave that nobody announced begins with it."""
        if report.wave in self._running or report.wave in self._ended or not report.events:
            self._take(report)
        else:
            self._parts.report(report, self._catalog().topology)
        self._parts.look_again()

    def _take(self, report: Events) -> None:
        running = self._running.get(report.wave)
        if running is None:
            if report.wave in self._ended:
                self._spoil(report)
                return
            if not report.events or self._is_trouble(report):
                return
            try:
                algorithm = self._catalog().algorithms.find(report.algorithm)
            except KeyError:
                return
            purpose: Purpose | None = "rebalance" if report.purpose == "rebalance" else None
            if self.open(report.wave, algorithm, [], purpose) is None:
                self._remember(report.wave)  # of which the rest may come when there is room again
                return
            running = self._running[report.wave]
        record = running.record
        before = len(record.events)
        known = record.messages or 0
        record.add(report, limits.RUNNING_EVENTS - self._events)
        self._messages += max(0, (record.messages or 0) - known)
        running.reported_s = asyncio.get_running_loop().time()
        self._events += len(record.events) - before
        self._note(record)
        # A wave that a node began while nodes joined or left: some take no part in it any more.
        running.broken_off = running.broken_off or report.is_cut_short
        self._look(running)
        self._forget_old_events()

    def answer(self, frame: EchoBack) -> bool:
        """Take the tree of an echo wave; return whether it was awaited, or belongs to no wave of ours."""
        running = self._running.get(frame.wave or "")
        if running is None:
            return frame.wave is None
        if running.answered.done():
            return False
        running.record.answer(frame.payload)
        running.answered.set_result(frame.payload)
        self._note(running.record)
        self._look(running)
        return True

    async def tree(self, record: WaveRecord) -> Payload | None:
        """Wait until the wave has brought its tree back; None where it ended without, or ended before.

        The tree is kept for those who wait for it, and no longer.
        """
        running = self._running.get(record.id)
        return None if running is None else await asyncio.shield(running.answered)

    async def ended(self, record: WaveRecord) -> None:
        """Wait until the wave is over."""
        running = self._running.get(record.id)
        if running is not None:
            await asyncio.wait([running.ended])

    def get(self, wave: str) -> WaveRecord | None:
        """Return the wave with that id, if it is still in the registry."""
        return self._records.get(wave)

    def nodes_during(self, record: WaveRecord) -> NodeRecording:
        """Return what the nodes were while a wave ran that is still in the registry."""
        return self._recordings[record.id]

    def last(self, others: int, rebalances: int) -> list[WaveRecord]:
        """Return the last waves, newest last: so many of the rebalancer's, so many others."""
        left = {True: rebalances, False: others}
        found: list[WaveRecord] = []
        for record in reversed(self._records.values()):
            of_rebalancer = record.purpose == "rebalance"
            if left[of_rebalancer]:
                left[of_rebalancer] -= 1
                found.append(record)
        return found[::-1]

    def disturb(self, nodes: Collection[str], trouble: str | None = None, *, known: str | None) -> None:
        """Note that the process of these nodes ended, stopped, or began anew.

        A class of the library's goes on without them; one of a user's may wait for them until its time is
        over.

        Args:
            nodes: their names.
            trouble: what to tell of it in the waves of users' classes, if anything.
            known: the id of a wave in which more has been told of it already.
        """
        for wave, running in self._running.items():
            is_told = wave != known and not is_of_library(running.record.algorithm)
            running.record.disturb(nodes, trouble if is_told else None)
            self._note(running.record)

    def break_off(self, wave: str, node: str, trouble: str) -> None:
        """Note that a wave of a user's class will not go on: a process ended amid it, whoever ended that."""
        running = self._running.get(wave)
        if running is not None:
            running.broken_off = True
            running.record.disturb([node], trouble)
            self._note(running.record)
            self._end_soon(running)

    async def wait_until_over(self, most_s: float) -> None:
        """Wait until no wave runs, `most_s` seconds at the most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                while self._running:
                    await asyncio.wait([each.ended for each in self._running.values()])

    def interrupt(self, why: str) -> None:
        """End what runs, as it stands, and say why in each."""
        for running in list(self._running.values()):
            record = running.record
            record.disturb([node.name for node in record.topology.nodes], why)
        self.end_all()

    def end_all(self) -> None:
        """End what runs, as it stands: its network is gone, or nobody can wait any longer."""
        self._parts.close()
        for running in list(self._running.values()):
            self._end(running.record)

    # Inside.

    def _note(self, record: WaveRecord) -> None:
        self._changes.note("wave", record.id)

    def _look(self, running: _Running) -> None:
        """End the wave if it is over; if it is decided, or broken, wait for reports only so long.

        The reports may well be here before the tree, which comes on another connection.
        """
        record = running.record
        if record.awaits_tree and not record.mistakes and not running.broken_off:
            return
        if record.complete and not record.has_timers:
            self._end(record)
        elif (
            running.broken_off
            or record.decided
            or record.mistakes
            or (record.quiet and not record.has_timers)
        ):
            self._end_soon(running)

    def _end_soon(self, running: _Running) -> None:
        """End the wave when no report has come for a while."""
        if running.settle is not None:
            running.settle.cancel()
        loop = asyncio.get_running_loop()
        due_s = loop.time() + running.settle_s
        running.settle = loop.call_later(running.settle_s, self._settled, running, due_s)

    def _settled(self, running: _Running, due_s: float) -> None:
        """End the wave, unless this process stood still meanwhile: what was reported then is not read yet."""
        stood_still = asyncio.get_running_loop().time() > due_s + STOOD_STILL
        if stood_still or self._waits(running.record.id):
            self._end_soon(running)
        else:
            self._end(running.record)

    def _is_trouble(self, report: Events) -> bool:
        """Tell of what a foreign node did wrong in no known wave, if that is all that a report has."""
        if not report.is_refusal:
            return False
        for event in report.events:
            self._on_trouble(f"{event.message}", None)
        return True

    def _spoil(self, report: Events) -> None:
        """Take from a late report that an answer was not accepted: a wave may have ended meanwhile."""
        record = self._records.get(report.wave)
        for event in report.events:
            if record is not None and event.event == "drop" and isinstance(event.message, str):
                record.spoil(event.message)
                self._note(record)
                self._on_trouble(event.message, record)

    def _measure(self, running: _Running) -> None:
        """Learn how fast the lab is from a wave that kept it busy: all messages reported while that ran.

        One whose links had a delay, or that was held, tells how long that was, and nothing of the lab.
        """
        if running.settle_s > limits.SETTLE or running.held_s:
            return
        messages = self._messages - running.others_before
        took_s = running.reported_s - running.began_s
        idle_s = asyncio.get_running_loop().time() - running.reported_s
        if messages >= limits.RATE_MESSAGES and took_s > 0 and idle_s < limits.WAVE_IDLE:
            self.messages_per_s += (messages / took_s - self.messages_per_s) / 2

    def _out_of_time(self, record: WaveRecord) -> None:
        record.out_of_time_s = self._running[record.id].limit_s
        self._end(record)

    def _end(self, record: WaveRecord) -> None:
        running = self._running.pop(record.id, None)
        if running is None:
            return
        self._measure(running)
        running.deadline.cancel()
        if running.settle is not None:
            running.settle.cancel()
        record.end()
        self._recordings[record.id].end()
        if not running.answered.done():
            running.answered.set_result(None)
        if not running.ended.done():
            running.ended.set_result(None)
        self._remember(record.id)
        self._evict()
        self._note(record)
        log.info(
            "wave ended",
            extra=fields(
                wave=record.id,
                algorithm=record.algorithm.name,
                purpose=record.purpose,
                state=record.state,
                messages=record.messages,
                duration_ms=record.duration_ms,
                missing=record.missing or None,
                troubles="; ".join(record.troubles) or None,
            ),
        )
        self._on_end(record)

    def _remember(self, wave: str) -> None:
        """Note a wave of which nothing is to be known any more."""
        self._ended[wave] = None
        while len(self._ended) > limits.WAVES_ENDED:
            del self._ended[next(iter(self._ended))]

    def _evict(self) -> None:
        kept = {True: limits.REBALANCES_KEPT, False: limits.WAVES_KEPT}
        for record in reversed(list(self._records.values())):
            of_rebalancer = record.purpose == "rebalance"
            if record.state == "running":
                continue
            kept[of_rebalancer] -= 1
            if kept[of_rebalancer] < 0:
                self._events -= len(record.events)
                del self._records[record.id], self._recordings[record.id]

    def _forget_old_events(self) -> None:
        if self._events <= limits.ALL_EVENTS:
            return
        # The rebalancer's first: it goes on for ever, and nobody asked for its waves.
        for record in sorted(self._records.values(), key=lambda record: record.purpose != "rebalance"):
            if record.state != "running" and len(record.events):
                self._events -= len(record.events)
                record.forget_events()
                if self._events <= limits.ALL_EVENTS:
                    return
