"""The failure detector of a node: whom a wave waits for is asked whether it is there, again and again.

A wave is looked at after a pause, which doubles up to `limits.PROBE_PAUSES`: where a wave takes long since
there is much to do, many pings would make it take longer. What does not answer in time is lost to that wave.
A wave that waits for nobody is over, or stays until it expires.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from topowave.nodes.links.peers import Peer
from topowave.nodes.waves.timer_queue import TimerQueue
from topowave.nodes.waves.wave import Timing, Wave, now_ms
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchedWaves:
    """What the detector asks and tells.

    Attributes:
        takes_part: whether the node takes part in a wave still.
        lost: called with a neighbour that does not answer, and the wave that waits for it.
        ended: called with a wave that is over before it expires.
        expired: called with one that is so late that nothing of it can come any more.
    """

    takes_part: Callable[[Wave], bool]
    lost: Callable[[int, Wave], None]
    ended: Callable[[Wave], None]
    expired: Callable[[Wave], None]


class FailureDetector:
    """Looks at each wave of a node now and then.

    Args:
        peers: the node's neighbours by number.
        timing: deadlines.
        timers: of the node's waves.
        waves: what is asked and told.
    """

    def __init__(
        self, peers: Mapping[int, Peer], timing: Timing, timers: TimerQueue, waves: WatchedWaves
    ) -> None:
        self._peers = peers
        self._timing = timing
        self._timers = timers
        self._waves = waves
        self._probes = OwnedTasks(_log)

    def watch(self, wave: Wave) -> None:
        """Look at a wave after its pause, or when it expires; and then again, until it is over."""
        pause = min(wave.pauses * self._timing.probe_after, (wave.expires - now_ms()) / 1000)
        self._timers.after(pause, partial(self._look, wave))

    async def close(self) -> None:
        """Ask nobody any more."""
        await self._probes.close()

    def _look(self, wave: Wave) -> None:
        if not self._waves.takes_part(wave):
            return
        left = (wave.expires - now_ms()) / 1000
        if left <= 0:
            self._waves.expired(wave)
            return
        wave.pauses = min(2 * wave.pauses, limits.PROBE_PAUSES)
        silent = wave.silent()
        for neighbor in silent:
            name = self._peers[neighbor].name
            self._probes.start(f"{wave.id}: a probe of {name}", self._probe(wave, neighbor))
        if silent:
            self.watch(wave)
        elif wave.algorithm.one_message_a_link and not wave.gave_up:
            self._waves.ended(wave)
        else:
            self._timers.after(left, partial(self._look, wave))

    async def _probe(self, wave: Wave, neighbor: int) -> None:
        is_there = await self._peers[neighbor].alive(self._timing.probe_timeout)
        if not is_there and self._waves.takes_part(wave):
            self._waves.lost(neighbor, wave)
