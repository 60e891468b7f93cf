"""The runtime of algorithms on a live node: any number of waves at once, one event at a time.

Theory of operation. A wave goes, at one node,

    unknown -> takes part -> ended, only its id is remembered -> forgotten, when it expires

- The first frame that names a wave, or the order to start it, makes the instance (`_join`). An event (a
  start, a frame, a timer, a lost neighbour) runs one handler to its end; only then are its effects carried
  out: sends, a decide, timers. No handler waits, so no event ever comes in between.
- A handler that fails ends this node's part in that wave, and is told as a mistake; other waves go on.
- A neighbour of which a wave still waits to hear is probed again and again (`failure_detector`). Where it
  does not answer, or its link breaks, the wave is told `on_down`, once for each neighbour.
- An ended wave's instance goes, its id stays until no frame of it can be on its way any more: so a late one
  is counted and changes nothing, and never begins the wave anew. At `expires` every wave is dropped.
- Frames without an id come from programs that know none: each belongs to a wave of its own, or answers the
  one request that its sender has open.

What must hold: an instance belongs to exactly one id and algorithm; events are recorded in the order in
which they happen here; all this costs memory for `limits.WAVES` waves and as many ids, at the most.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import cast

from topowave.algorithms import Algorithm, SomeInitiator
from topowave.algorithms.knowledge import NOTHING
from topowave.algorithms.waves.echo import Reply, Token
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.nodes.links.peers import Peer
from topowave.nodes.reporting import EventBuffer, Reporter
from topowave.nodes.waves.codec import Codec
from topowave.nodes.waves.ended import EndedWaves
from topowave.nodes.waves.failure_detector import FailureDetector, WatchedWaves
from topowave.nodes.waves.held import HoldTerms, hold
from topowave.nodes.waves.instances import (
    effects_for,
    forget,
    make_instance,
    shortened,
    shown_message,
)
from topowave.nodes.waves.timer_queue import TimerQueue
from topowave.nodes.waves.troubles import Troubles, is_late, wrong_in
from topowave.nodes.waves.user_code import UserCode
from topowave.nodes.waves.wave import (
    Answer,
    HeldMessages,
    Place,
    RefusedError,
    Surroundings,
    Timing,
    Wave,
    leave_alone,
    now_ms,
)
from topowave.runtime.algorithm_error import WrongEffectError, algorithm_error
from topowave.runtime.handler_runner import is_of_library
from topowave.wire import frames, limits
from topowave.wire.observations import NETWORK_CHANGED, EventKind

ACTS_ON_DECIDE = frozenset({FinnLab.name, Finn.name})
"""Algorithms whose decide makes a node add one task to itself."""

_DOING = {"send": "sending", "decide": "deciding", "timer": "setting a timer"}
"""What a class wants of the runtime, for a sentence about what went wrong there."""

_log = logging.getLogger(__name__)


class Waves:
    """All waves of one node.

    Args:
        place: where the node stands.
        peers: its neighbours by number.
        codec: translates messages.
        reporter: gets every event.
        timing: deadlines.
        numbers: running numbers for waves that begin here.
        node: what the waves need of the rest of the node.
        trace: whether events carry their messages.
    """

    def __init__(
        self,
        place: Place,
        peers: Mapping[int, Peer],
        codec: Codec,
        reporter: Reporter,
        timing: Timing,
        *,
        numbers: Iterator[int],
        node: Surroundings,
        trace: bool,
    ) -> None:
        self._place = place
        self._peers = peers
        self._codec = codec
        self._reporter = reporter
        self._timing = timing
        self._numbers = numbers
        self._node = node
        self._code = UserCode(place.name, node.handlers, codec)
        self._trace = trace
        self._waves: dict[str, Wave] = {}
        self._timers = TimerQueue()
        self._ended = EndedWaves(self._timers)
        watched = WatchedWaves(
            takes_part=lambda wave: self._waves.get(wave.id) is wave,
            lost=self.down,
            ended=self._over,
            expired=self._drop,
        )
        self._detector = FailureDetector(peers, timing, self._timers, watched)
        self._hold_terms = HoldTerms(place.name, reporter, codec.encode, self.receive)
        self.late = 0
        self.troubles = Troubles(place.name, reporter, numbers)

    def __len__(self) -> int:
        """How many waves this node takes part in."""
        return len(self._waves)

    @property
    def remembered(self) -> int:
        """How many waves have ended here and are only remembered."""
        return len(self._ended)

    @property
    def url(self) -> str:
        """The WebSocket on which this node is answered."""
        return self._place.url

    # What happens to the node.

    def start(
        self,
        algorithm: type[Algorithm],
        *,
        wave: str | None = None,
        purpose: str | None = None,
        expires: int | None = None,
        answer: Answer | None = None,
        subtree: bool = False,
        hold_until: int | None = None,
    ) -> Wave:
        """Begin a wave here, as an initiator; to begin it twice changes nothing. May raise RefusedError.

        Args:
            algorithm: what to run.
            wave: its id; by default a new one.
            purpose: why, for those who listen.
            expires: when it ends at the latest, ms of the monotonic clock; by default after `wave_limit`.
            answer: what to do when this node decides.
            subtree: leave out the parent, where the network is a tree.
            hold_until: until when messages wait to be let through by hand (ms), if they are to.
        """
        if self._is_late(expires):
            raise RefusedError("expired", f"{wave or 'the wave'} is over")
        if wave in self._ended:
            raise RefusedError("expired", f"{wave} is over")
        known = self._waves.get(wave) if wave is not None else None
        if known is not None:
            if known.algorithm is not algorithm:
                raise RefusedError("wrong_wave", f"{known.id} is a wave of {known.algorithm.name}")
            if known.started:
                return known
            if SomeInitiator not in algorithm.requires:
                raise RefusedError("wrong_wave", f"{wave} has an initiator already, and can have no other")
        joined = known or self._join(algorithm, wave, purpose, expires, starts=True, subtree=subtree)
        joined.answer = answer
        joined.started = True
        if known is None:
            if hold_until is not None:
                hold(joined, hold_until, expires, self._hold_terms)
            self._joined(joined)
        self._record(joined, "start")
        self._run(joined, "starting", "on_start")
        return joined

    def receive(self, frame: frames.WaveFrame, size: int, sender: int) -> None:
        """Take a frame of `size` bytes from the neighbour numbered `sender`. May raise RefusedError."""
        if self._is_late(frame.expires):
            return
        algorithm = self._codec.algorithm_of(frame)
        message, unreadable = self._code.decoded(frame, algorithm)
        before = len(self._waves)
        wave = self._waves.get(frame.wave or "")
        if wave is None:
            wave = self._wave_of(frame, algorithm, sender)
            if wave is None:
                return
        if wave.algorithm is not algorithm:
            raise RefusedError("wrong_wave", f"{wave.id} is a wave of {wave.algorithm.name}")
        if wave.instead is not None:
            wave.instead(frame, size, sender, self._peers[sender].name, message)
            return
        failed = unreadable or self._code.call(wave, "on_message", sender, message)
        wave.heard.add(sender)
        if len(self._waves) > before:
            self._joined(wave)
        name = self._peers[sender].name
        route = frame.__struct_config__.tag
        self._record(wave, "receive", name, frame.id, str(route), size, message)
        if failed is None:
            self._carry_out(wave)
        else:
            self._mistake(wave, f"receiving a message from {name}", failed)

    def _run(self, wave: Wave, event: str, handler: str, *args: object) -> None:
        """Run a handler and carry its effects out."""
        if wave.broken:
            return
        error = self._code.call(wave, handler, *args)
        if error is None:
            self._carry_out(wave)
        else:
            self._mistake(wave, event, error)

    def _mistake(self, wave: Wave, event: str, error: BaseException) -> None:
        """End this node's part in a wave whose class has made a mistake, and tell of it."""
        wave.broken = True
        wave.instead = leave_alone
        forget(wave.effects)
        found = algorithm_error(wave.algorithm, self._place.name, event, error)
        text = f"{wave.algorithm.title}, {event}: {found.reason}"
        text = text.encode(errors="backslashreplace").decode()  # its file may have a name that is no UTF-8
        _log.warning("%s", text)
        self._record(wave, "mistake", message=text, shown=True)

    def down(self, neighbor: int, only: Wave | None = None) -> None:
        """Tell every wave (or one) that waits for the neighbour that it is gone."""
        for wave in [only] if only is not None else list(self._waves.values()):
            if neighbor in wave.silent():
                self._give_up(wave, neighbor)

    def _give_up(self, wave: Wave, neighbor: int, reason: str | None = None) -> None:
        wave.heard.add(neighbor)
        wave.gave_up = True
        self._record(wave, "down", self._peers[neighbor].name, message=reason, shown=True)
        self._run(wave, "losing a neighbour", "on_down", neighbor)

    def not_accepted(self, wave: Wave, who: str, reason: str) -> None:
        """Note that `who`, somebody else's program, did not accept what this node had to say in a wave."""
        self._record(wave, "drop", who, message=self.troubles.not_accepted(who, reason), shown=True)

    def adopt(self, place: Place) -> None:
        """Go on in another network; nodes have other numbers there, so what is left of waves ends here.

        Somebody waits for those that began here and have not decided: it is told why they will not.
        """
        for wave in list(self._waves.values()):
            if wave.answer is not None and wave.silent():
                self._record(wave, "down", message=NETWORK_CHANGED, shown=True)
            self._end(wave)
            if wave.cut_short is not None:
                wave.cut_short()
        self._place = place

    async def close(self) -> None:
        """Drop all waves."""
        self._timers.clear()
        for wave in list(self._waves.values()):
            self._drop(wave)
        await self._detector.close()

    # Which wave a frame belongs to.

    def _is_late(self, expires: int | None) -> bool:
        if expires is None or expires > now_ms():
            return False
        self.late += 1
        return True

    def _wave_of(self, frame: frames.WaveFrame, algorithm: type[Algorithm], sender: int) -> Wave | None:
        """Return the wave of a frame whose id is new here, or that names none; None where it is late."""
        if frame.wave is None:
            return self._wave_without_id(frame, algorithm, sender)
        if isinstance(frame, frames.EchoBack) or frame.wave in self._ended:
            self.late += 1
            return None
        wave = self._join(algorithm, frame.wave, frames.purpose_of(frame), frame.expires)
        if frame.hold_until is not None:
            hold(wave, frame.hold_until, frame.expires, self._hold_terms)
            self._joined(wave)
        return wave

    def held(self, wave: str) -> HeldMessages | None:
        """Return what waits here in a wave that is held; None where it is not."""
        part = self._waves.get(wave)
        return None if part is None else part.held

    def _wave_without_id(
        self, frame: frames.WaveFrame, algorithm: type[Algorithm], sender: int
    ) -> Wave | None:
        peer = self._peers[sender]
        asked = self._waves.get(peer.asked or "")
        if isinstance(frame, frames.EchoBack):
            return self._answered(frame, peer, asked)
        if isinstance(frame, frames.Echo):
            for wave in self._waves.values():
                if wave.purpose == frame.purpose and sender in wave.asked and sender not in wave.heard:
                    if wave is asked:
                        peer.answered()  # two tokens that cross on a link answer each other
                    return wave
        wave = self._join(
            algorithm, None, frames.purpose_of(frame), None, via=None if peer.knows_waves else peer.name
        )
        if isinstance(frame, frames.Echo):
            wave.asked_by = frame.sender
        return wave

    def _answered(self, frame: frames.EchoBack, peer: Peer, asked: Wave | None) -> Wave | None:
        """Return the wave of an answer without an id; None where it is late. May raise RefusedError."""
        if asked is None or is_late(frame, asked.purpose):
            self.late += 1
            return None
        reason = wrong_in(frame, peer.name, asked.purpose)
        if reason is not None:
            self.wrong_answer(peer.index, reason)
            raise RefusedError("bad_answer", f"{peer.name} {reason}")
        peer.answered()
        return asked

    def wrong_answer(self, sender: int, reason: str) -> None:
        """Give a foreign neighbour up in the wave in which it was asked, if any, and tell why."""
        peer = self._peers[sender]
        if peer.knows_waves:
            return
        text = self.troubles.warn(peer, reason)
        asked = self._waves.get(peer.asked or "")
        if asked is not None:
            peer.answered()
            self._give_up(asked, sender, text)

    def _join(
        self,
        algorithm: type[Algorithm],
        wave_id: str | None,
        purpose: str | None,
        expires: int | None,
        *,
        starts: bool = False,
        subtree: bool = False,
        via: str | None = None,
    ) -> Wave:
        if len(self) >= limits.WAVES:
            raise RefusedError("too_many_waves", f"this node takes part in {limits.WAVES} waves at a time")
        place = self._place
        if expires is None:
            expires = now_ms() + round(1000 * self._timing.wave_limit(algorithm))
        # Nobody may keep an instance here for longer than the longest wave.
        until = min(expires, now_ms() + limits.WAVE_LIFE * 1000)
        parent = () if starts or place.parent is None else (place.parent,)
        neighbors = into = out = place.neighbors
        if algorithm.view == "tree":
            neighbors, into, out = parent + place.children, parent, place.children
        elif subtree and place.is_tree:
            neighbors = into = out = place.children
        made: Algorithm | BaseException | None = None
        knows: Mapping[str, int] = NOTHING
        try:
            knows = self._node.knows(algorithm)
        except RefusedError as unfit:
            if is_of_library(algorithm):
                raise
            made = WrongEffectError(str(unfit))
        # The nodes of a process share the text.
        wave_id = sys.intern(wave_id or f"{place.name}-{next(self._numbers)}")
        effects = effects_for(algorithm, out, self._codec.types_of(algorithm), wave_id)
        if made is None:
            report = self._node.report()
            run = self._code.runner(wave_id, algorithm)
            made = make_instance(algorithm, place.index, neighbors, into, out, report, knows, effects, run)
        log = EventBuffer(place.name, wave_id, algorithm.name, purpose, via)
        instance = made if isinstance(made, Algorithm) else Algorithm(place.index, neighbors)
        wave = Wave(wave_id, algorithm, instance, effects, into, purpose, until, log, self._codec.encode)
        self._waves[wave_id] = wave
        if isinstance(made, BaseException):
            self._mistake(wave, "setting up", made)  # and stays, so that this is told once
        elif not is_of_library(algorithm):
            log.state = partial(self._state, wave)
        return wave

    def _state(self, wave: Wave) -> object:
        """Return the state of a user's instance, to be shown; what is in it may run code of the user's."""
        shown, error = self._code.state(wave)
        if error is None:
            return shown
        wave.log.state = None
        asyncio.get_running_loop().call_soon(self._mistake, wave, "showing its state", error)
        return None

    def _joined(self, wave: Wave) -> None:
        """Give a wave its deadlines, once the node takes part in it for sure."""
        self._detector.watch(wave)
        if self._trace:
            self._record(wave, "join", message=vars(wave.instance).get("input"))

    def _drop(self, wave: Wave) -> None:
        if self._waves.get(wave.id) is not wave:
            return
        del self._waves[wave.id]
        if wave.held is not None:
            wave.held.end()
        for timer in wave.timers:
            timer.cancel()
        for neighbor in wave.asked:
            self._peers[neighbor].release(wave.id)

    def _over(self, wave: Wave) -> None:
        """Let a wave go whose neighbours have all been heard, once nothing of it waits here."""
        if wave.held:
            self._detector.watch(wave)
        else:
            self._end(wave)

    def _end(self, wave: Wave) -> None:
        """Let a wave go that has ended here: only its id stays, and what still comes is late."""
        self._drop(wave)
        self._ended.add(wave.id, wave.expires)

    # One event at a time.

    def _carry_out(self, wave: Wave) -> None:
        if not wave.effects:
            return
        effects = wave.effects.copy()
        forget(wave.effects)
        for kind, what, more in effects:
            try:
                if kind == "send":
                    self._send(wave, cast("int", what), more)
                elif kind == "decide":
                    self._decide(wave, what)
                else:
                    wave.set_timer(cast("str", what), float(cast("float", more)), self._timer)
            except Exception as error:  # noqa: BLE001 - what a student's class asks for may make no sense
                self._mistake(wave, _DOING[kind], error)
                return

    def _send(self, wave: Wave, neighbor: int, message: object) -> None:
        peer = self._peers.get(neighbor)
        if peer is None:
            raise WrongEffectError(f"node {neighbor!r} is no neighbour of node {self._place.index}")
        wave.sent += 1
        algorithm, url, purpose = wave.algorithm, self._place.url, wave.purpose
        if peer.knows_waves:
            text, route = wave.encode(algorithm, message, url, wave.id, wave.sent, wave.expires, purpose)
            self._record(wave, "send", peer.name, wave.sent, route, len(text), message)
            peer.send(text, wave.id)
            return
        text, route = self._codec.encode(algorithm, message, url, None, None, None, purpose)
        self._record(wave, "send", peer.name, wave.sent, route, len(text), message)
        asks = isinstance(message, Token)
        if asks:
            wave.asked.add(neighbor)
        to = wave.asked_by if isinstance(message, Reply) else None
        failed = partial(self.not_accepted, wave, peer.name)
        peer.send(text, wave.id, awaits_answer=asks, to=to, failed=failed)

    def _decide(self, wave: Wave, value: object) -> None:
        told = None
        if self._trace:
            told = shortened(shown_message(value), limits.REPORT_BYTES)
        elif value is not None and wave.answer is None:  # else the answer says it
            told = shortened(shown_message(value))
        self._reporter.record(wave.log, "decide", message=told)
        if wave.algorithm.name in ACTS_ON_DECIDE:
            self._node.act()
        if wave.answer is not None:
            wave.answer(wave, value)

    def _timer(self, wave: Wave, name: str) -> None:
        if wave.id in self._waves:
            self._record(wave, "timer", route=name)
            self._run(wave, f"at its timer {name}", "on_timer", name)

    # Small things.

    def _record(
        self,
        wave: Wave,
        event: EventKind,
        peer: str | None = None,
        number: int | None = None,
        route: str | None = None,
        size: int = 0,
        message: object = None,
        *,
        shown: bool = False,
    ) -> None:
        message = shown_message(message) if self._trace or shown else None
        self._reporter.record(wave.log, event, peer, number, route, size, message)
