"""The waves that are held: what waits in them at which node, as nodes tell it, each message under a number.

Theory of operation. A node tells the whole of what waits there, again with every change (`Held`), so nothing
that is lost makes this wrong for long, and a balancer that is started again knows it once the nodes have
reported. The numbers that people use are given here, in the order in which messages are heard of. A wave is

    held --release, or its deadline--> let go --the wave's end--> forgotten

A node that tells after the release that it holds something still is told of the release again: it took part
only then, by a frame that was on its way. Nodes free themselves at the deadline; nobody has to tell them.

What must hold: nothing is kept of a wave that is over, and of a node that has ended nothing waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.registry import WaveRegistry
from topowave.wire.observations import Deliver, Held, HeldMessage


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message that waits.

    Attributes:
        number: names it in its wave.
        node: where it waits.
        since: when it was first heard of, seconds since 1970.
        told: what the node says of it.
        behind: the number of the one before it on its link, which has to be handled first; None for none.
    """

    number: int
    node: str
    since: float
    told: HeldMessage
    behind: int | None


@dataclass(slots=True)
class _Message:
    number: int
    since: float
    told: HeldMessage


@dataclass(slots=True)
class HeldWave:
    """A wave that is held, or was.

    Attributes:
        id: the wave.
        until_s: when it goes on by itself (monotonic clock, s).
        released: whether somebody has let all go.
    """

    id: str
    until_s: float
    released: bool = False
    _last: int = 0
    _nodes: dict[str, dict[int, _Message]] = field(default_factory=dict[str, dict[int, _Message]])

    @property
    def is_held(self) -> bool:
        """Whether what arrives waits."""
        return not self.released and time.monotonic() < self.until_s

    def __len__(self) -> int:
        """How many messages wait."""
        return sum(map(len, self._nodes.values()))

    def waiting(self) -> list[WaitingMessage]:
        """Return what waits, by number."""
        return sorted(self._at_nodes(), key=lambda message: message.number)

    def _at_nodes(self) -> Iterator[WaitingMessage]:
        for node, messages in self._nodes.items():
            before: dict[str, int] = {}
            for each in messages.values():
                peer = each.told.peer
                yield WaitingMessage(each.number, node, each.since, each.told, before.get(peer))
                before[peer] = each.number

    def set_node(self, node: str, waiting: Collection[HeldMessage]) -> None:
        """Take what waits at a node now; a message that is known keeps its number."""
        known = self._nodes.get(node, {})
        now: dict[int, _Message] = {}
        for told in waiting:
            message = known.get(told.number)
            if message is None:
                self._last += 1
                message = _Message(self._last, time.time(), told)
            now[told.number] = message
        self._nodes[node] = now

    def forget(self) -> None:
        """Let nothing wait any more."""
        self._nodes.clear()

    def was_there(self, number: int) -> bool:
        """Whether a message of that number has been heard of."""
        return 1 <= number <= self._last


class HeldWaves:
    """All waves that are held.

    Args:
        waves: those that run.
        catalog: returns what the algorithms ask on the network that runs now.
        changes: where it is noted that another message waits, or one less.
        tell: tells nodes what to let through.
    """

    def __init__(
        self,
        waves: WaveRegistry,
        catalog: Callable[[], AlgorithmCatalog],
        changes: ChangeLog,
        tell: Callable[[Deliver], object],
    ) -> None:
        self._registry = waves
        self._catalog = catalog
        self._changes = changes
        self._tell = tell
        self._waves: dict[str, HeldWave] = {}
        self._news = asyncio.Event()

    def get(self, wave: str) -> HeldWave | None:
        """Return a wave that is held, or was, and runs; None for all else."""
        return self._waves.get(wave)

    def waits(self, wave: str) -> bool:
        """Whether messages of a wave wait for somebody."""
        held = self._waves.get(wave)
        return held is not None and held.is_held and len(held) > 0

    def begin(self, wave: str, held_s: float) -> None:
        """Enter a wave that runs and is held for so many seconds."""
        held = self._waves[wave] = HeldWave(wave, time.monotonic() + held_s)
        self._registry.hold(wave, held_s)
        self._note(held)

    def release(self, held: HeldWave) -> None:
        """Note that all messages of a wave are let go; from now on it has the time of an ordinary one."""
        held.released = True
        self._registry.hold(held.id, 0.0)
        self._note(held)

    def take(self, told: Held) -> None:
        """Take what a node says. One that holds what is over, or let go, is told so."""
        held = self._waves.get(told.wave) or self._adopted(told)
        if held is not None:
            held.set_node(told.node, told.messages)
            self._note(held)
        if told.until_ms is not None and (held is None or held.released):
            self._tell(Deliver(told.wave, told.node, release=True))

    def gone(self, nodes: Collection[str]) -> None:
        """Forget what waited at nodes whose processes have ended."""
        for held in self._waves.values():
            for node in nodes:
                held.set_node(node, ())
            self._note(held)

    def ended(self, wave: str) -> None:
        """Forget a wave that is over."""
        held = self._waves.pop(wave, None)
        if held is not None:
            held.released = True
            held.forget()
            self._note(held)

    async def until(self, holds: Callable[[], bool], most_s: float) -> bool:
        """Wait until something holds of what waits, `most_s` seconds at the most; return whether it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        return holds()

    def _adopted(self, told: Held) -> HeldWave | None:
        """Return a wave that is held, and that a balancer before this one has started; None for all else."""
        if told.until_ms is None or self._registry.is_over(told.wave):
            return None
        if self._registry.get(told.wave) is None:
            try:
                algorithm = self._catalog().algorithms.find(told.algorithm)
            except KeyError:
                return None
            if self._registry.open(told.wave, algorithm, []) is None:
                return None
        self.begin(told.wave, told.until_ms / 1000 - time.monotonic())
        return self._waves[told.wave]

    def _note(self, held: HeldWave) -> None:
        record = self._registry.get(held.id)
        if record is not None:
            left_s = held.until_s - time.monotonic()
            record.held_until = round(time.time() + left_s, 3) if held.is_held else None
            record.waiting = len(held)
        self._changes.note("wave", held.id)
        self._news.set()
