"""Lets as many waves run at once as the lab can finish in time, and the others wait for their turn.

Theory of operation. A wave costs messages, and a lab handles some ten thousand of them a second. Were all
waves begun that are asked for, each would be slow, all would run out of time together, and the work would be
wasted. So a wave that is asked for waits in a queue until there is room:

    asked for --room--> admitted, and begun at once by who asked
        |
        +--would wait longer than WAVE_WAIT--> refused (429), with the time after which to ask again

The room is as many messages as the lab handles in AT_ONCE_S seconds (its speed is learned from its waves),
MESSAGES_AT_ONCE at most, less what the running waves still have before them: the messages that each is
expected to have (as many as the last of its kind had on this network, else what is proven, else two a link)
less those that were reported. A wave of which nothing was reported for WAVE_IDLE seconds, since it waits for
a node that is gone, takes no room; one wave may always run. Who asks often waits behind who asks seldom: each
client has a queue of its own, and they take turns.

What must hold: everybody who waits is admitted or refused, and nobody who has left is admitted.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from topowave.balancer import limits
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.record import WaveRecord
from topowave.translation import text
from topowave.web.problem_details import RETRY_SOON, Problem


def _turn() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class _Waiting:
    """A wave that is asked for."""

    cost: float
    turn: asyncio.Future[None] = field(default_factory=_turn)


class RunningWaves(Protocol):
    """What is to be known of the waves that run."""

    @property
    def running(self) -> int:
        """How many there are."""
        ...

    @property
    def messages_per_s(self) -> float:
        """How many messages the lab handles in a second."""
        ...

    def messages_ahead(self) -> float:
        """Return how many messages they are still expected to have, all together."""
        ...


class Admission:
    """Who may begin a wave, and when.

    Args:
        waves: those that run.
    """

    def __init__(self, waves: RunningWaves) -> None:
        self._waves = waves
        self._queues: dict[str, deque[_Waiting]] = {}
        self._learned: dict[str, float] = {}
        self._admitted: list[float] = []  # what those cost who were admitted and have still to begin
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many waves wait for their turn."""
        return sum(map(len, self._queues.values()))

    def cost(self, catalog: AlgorithmCatalog, name: str) -> float:
        """Return how many messages a wave of that algorithm is expected to have, MESSAGES_AT_ONCE at most."""
        learned = self._learned.get(name)
        if learned is None:
            proven = catalog.bound(catalog.algorithms.find(name))
            learned = 2 * len(catalog.topology.links) if proven is None else proven
        return min(max(1.0, learned), float(limits.MESSAGES_AT_ONCE))

    async def turn(self, cost: float, who: str) -> None:
        """Wait until a wave that costs so many messages may begin; it must begin at once then.

        Args:
            cost: as `cost` returns it.
            who: asks: each has a queue of its own.

        Raises:
            Problem: 429 where that would take longer than WAVE_WAIT, or has.
        """
        if not self._queues and self._has_room(cost):
            return
        ahead = self._waves.messages_ahead() + sum(w.cost for queue in self._queues.values() for w in queue)
        wait_s = ahead / self._waves.messages_per_s
        if wait_s > limits.WAVE_WAIT:
            raise self._refusal(wait_s - limits.WAVE_WAIT)
        waiting = _Waiting(cost)
        self._queues.setdefault(who, deque()).append(waiting)
        self._look_soon()
        try:
            async with asyncio.timeout(limits.WAVE_WAIT):
                await waiting.turn
        except TimeoutError:
            raise self._refusal(wait_s) from None
        finally:
            self._leave(who, waiting)

    def ended(self, record: WaveRecord) -> None:
        """Note that a wave is over: there may be room, and it is known what one of its kind costs."""
        if record.messages is not None and record.state == "complete":
            self._learned[record.algorithm.name] = float(record.messages)
        self.look()

    def replaced(self) -> None:
        """Forget what waves cost on another network."""
        self._learned.clear()

    def close(self) -> None:
        """Refuse all who wait."""
        if self._timer is not None:
            self._timer.cancel()
        for queue in self._queues.values():
            for waiting in queue:
                if not waiting.turn.done():
                    waiting.turn.set_exception(
                        Problem(
                            503,
                            text("Ending"),
                            text("the lab stops, or has another network"),
                            headers=RETRY_SOON,
                        )
                    )

    def look(self) -> None:
        """Admit those for whom there is room, the queues taking turns."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queues:
            who, queue = next(iter(self._queues.items()))
            if not self._has_room(queue[0].cost):
                break
            waiting = queue.popleft()
            del self._queues[who]
            if queue:
                self._queues[who] = queue  # at the end of the round
            if not waiting.turn.done():
                self._admitted.append(waiting.cost)
                waiting.turn.set_result(None)
        if self._queues:
            self._look_soon()

    def _has_room(self, cost: float) -> bool:
        """Whether a wave may begin, beside those that run and those that are about to."""
        if self._waves.running + len(self._admitted) >= limits.WAVES_RUNNING:
            return False
        taken = self._waves.messages_ahead() + sum(self._admitted)
        room = min(limits.MESSAGES_AT_ONCE, limits.AT_ONCE_S * self._waves.messages_per_s)
        return not taken or taken + cost <= room

    def _look_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(limits.ADMISSION_INTERVAL, self.look)

    def _leave(self, who: str, waiting: _Waiting) -> None:
        if waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None:
            self._admitted.remove(waiting.cost)
        queue = self._queues.get(who)
        if queue is not None and waiting in queue:
            queue.remove(waiting)
            if not queue:
                del self._queues[who]

    def _refusal(self, after_s: float) -> Problem:
        seconds = max(1, math.ceil(after_s))
        return Problem(
            429,
            text("Too many waves"),
            text(
                "{running} run and {waiting} wait already; try again in {seconds} s",
                running=self._waves.running,
                waiting=self.waiting,
                seconds=seconds,
            ),
            headers={"Retry-After": str(seconds)},
        )
