"""Which wave a part belongs to that came through somebody else's program, where waves have no id.

Theory of operation. A foreign node passes a wave on without its id, so our node behind it gives its part a
name of its own, and says in its report through whom it came (`via`). Here the part is put back to its whole:
the wave of the same algorithm and purpose, in which that node has not reported yet and that foreign node had
been asked. A foreign node is asked in one wave at a time, in their order:

    asked before, not answered yet          the part is of that wave (of an echo; others are not answered)
    asked nowhere yet, in a wave that runs  the report of that is on its way: the part is held
    asked before                            the part is of the first such wave that runs, or of the last one
    asked and not answered yet in a wave    it has passed that on twice: the second part is left out, and told
    in which that node has reported
    no such wave                            somebody else has begun it: a wave of its own

A report of a node further behind may come before the one that says `via`; so in a network with foreign nodes
the reports of an unknown wave are held until the node that named it has reported. What is held is bounded,
and it is held for UNCLAIMED_WAIT at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container

from msgspec import structs

from topowave.balancer import limits
from topowave.balancer.waves.record import WaveRecord
from topowave.topology import Topology
from topowave.wire.observations import Events

_LEFT_OUT = "\0"
"""Stands for the whole of a part that is left out; no wave has that name."""


class ForeignParts:
    """Puts reports of parts to their wholes.

    Args:
        records: all waves that are known, oldest first.
        running: the ids of those that run.
        take: takes a report whose wave is settled.
        tell: takes a sentence about what a foreign node did wrong.
    """

    def __init__(
        self,
        records: dict[str, WaveRecord],
        running: Container[str],
        take: Callable[[Events], None],
        tell: Callable[[str], None],
    ) -> None:
        self._records = records
        self._running = running
        self._take = take
        self._tell = tell
        self._whole: dict[str, str] = {}
        self._held: dict[str, list[Events]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._known: tuple[Topology | None, frozenset[str]] = (None, frozenset())

    def report(self, report: Events, topology: Topology) -> None:
        """Take a report of a wave that does not run under its own name."""
        wave = report.wave
        whole = self._whole.get(wave)
        if whole == _LEFT_OUT:
            return
        if whole is not None:
            self._take(structs.replace(report, wave=whole))
        elif report.via is not None:
            self._hold(report)
            self._settle(wave)
        elif not self._has_foreign(topology) or any(event.event == "start" for event in report.events):
            self._release(wave, wave)
            self._take(report)
        else:
            self._hold(report)

    def look_again(self) -> None:
        """Look at what is held: a report or an end may have told where it belongs."""
        for wave in list(self._held):
            self._settle(wave)

    def close(self) -> None:
        """Forget what is held."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._held.clear()

    def _has_foreign(self, topology: Topology) -> bool:
        if self._known[0] is not topology:
            foreign = frozenset(node.name for node in topology.nodes if not node.launch)
            self._known = (topology, foreign)
        return bool(self._known[1])

    def _hold(self, report: Events) -> None:
        wave = report.wave
        if wave not in self._held:
            loop = asyncio.get_running_loop()
            self._timers[wave] = loop.call_later(limits.UNCLAIMED_WAIT, self._give_up, wave)
        self._held.setdefault(wave, []).append(report)
        while sum(map(len, self._held.values())) > limits.UNCLAIMED:
            self._give_up(next(iter(self._held)))

    def _settle(self, wave: str) -> None:
        part = next((report for report in self._held.get(wave, ()) if report.via is not None), None)
        if part is not None:
            asked, unasked = self._candidates(part)
            running = [each for each in asked if each.id in self._running]
            certain = [each for each in running if each.is_asking(part)]
            if not asked and not unasked and (repeated := self._repeated(part)) is not None:
                self._tell(f"{part.via} has passed {repeated.id} on to {part.node} more than once")
                self._release(wave, _LEFT_OUT)
            elif certain or not unasked:
                # What waits for a foreign node leaves in the order in which it was sent.
                wholes = [*(certain or running)[:1], *asked[-1:]]
                self._release(wave, wholes[0] if wholes else None)

    def _give_up(self, wave: str) -> None:
        part = next((report for report in self._held.get(wave, ()) if report.via is not None), None)
        asked, unasked = ([], []) if part is None else self._candidates(part)
        running = [each for each in (*asked, *unasked) if each.id in self._running]
        self._release(wave, running[0] if running else None)

    def _candidates(self, part: Events) -> tuple[list[WaveRecord], list[WaveRecord]]:
        """Return the waves in which the foreign node had been asked by then, and those that may yet ask."""
        purpose = "rebalance" if part.purpose == "rebalance" else None
        asked, unasked = list[WaveRecord](), list[WaveRecord]()
        for record in self._records.values():
            if record.algorithm.name != part.algorithm or purpose not in {None, record.purpose}:
                continue
            if record.has_heard(part.node):
                continue
            since = record.asked_since(part)
            if since is not None and since <= part.events[0].t_us:
                asked.append(record)
            elif since is None and record.id in self._running and record.has_foreign(part.via):
                unasked.append(record)
        asked.sort(key=lambda record: (record.purpose != purpose, record.asked_since(part)))
        return asked, unasked

    def _repeated(self, part: Events) -> WaveRecord | None:
        """Return the wave, still asked of the foreign node, of which it has brought this part already."""
        purpose = "rebalance" if part.purpose == "rebalance" else None
        for record in reversed(self._records.values()):
            fits = record.algorithm.name == part.algorithm and purpose in {None, record.purpose}
            if fits and record.has_heard(part.node) and record.is_asking(part):
                return record
        return None

    def _release(self, wave: str, whole: WaveRecord | str | None) -> None:
        """Pass on what is held of a part, as reports of its whole, or of a wave of its own."""
        timer = self._timers.pop(wave, None)
        if timer is not None:
            timer.cancel()
        name = whole.id if isinstance(whole, WaveRecord) else whole or wave
        if name != wave:
            self._whole[wave] = name
            while len(self._whole) > limits.WAVES_ENDED:
                del self._whole[next(iter(self._whole))]
        held = self._held.pop(wave, ())
        for report in held if name != _LEFT_OUT else ():
            self._take(structs.replace(report, wave=name))
