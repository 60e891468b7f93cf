"""The runtime of algorithms on a live node: any number of waves at once, one event at a time.

A wave is known by its id. Its instance is made by the first frame that names it and is dropped when the wave
expires; what comes after that is late and changes nothing. Frames without an id come from programs that know
none: each belongs to a wave of its own, or answers the one request that its sender has open.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from algorithms import Algorithm, Echo, Finn, FinnLab, SomeInitiator, find_algorithm, plain
from algorithms.echo import Reply, Token
from nodes.codec import Codec, Envelope
from nodes.handlers import StrangerError, described, run_handler
from nodes.observer import Observer
from nodes.peers import Peer
from wire import frames, limits
from wire.observations import Event, EventKind

ACTS_ON_DECIDE = frozenset({FinnLab.name, Finn.name})
"""Algorithms whose decide makes a node add one task to itself."""

_log = logging.getLogger(__name__)

Answer = Callable[["Wave", object], None]
"""What to do with the value that an initiator decides."""


class RefusedError(ValueError):
    """A frame that this node will not take; `code` is a word for programs, the text a sentence for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Place:
    """Where a node stands in its network: everything an instance is given.

    Attributes:
        index: its number.
        name: its name.
        url: the WebSocket on which it is answered.
        parent: its parent's number in the tree, or None at the root.
        children: its children's numbers.
        neighbors: the numbers of all its neighbours, in the topology's order.
        is_tree: whether the network has no links beside the tree's.
    """

    index: int
    name: str
    url: str
    parent: int | None
    children: tuple[int, ...]
    neighbors: tuple[int, ...]
    is_tree: bool


@dataclass
class Wave:
    """A wave in which this node takes part.

    Attributes:
        id, algorithm, purpose, expires: as in its frames.
        instance: this node's part in it.
        answer: what to do when this node decides.
        sent: how many messages this node has sent.
        heard: neighbours that have been heard, or given up.
        asked: neighbours that were sent a token.
        asked_by: the URL that a parent gave for the answer, if it names no waves.
        started: whether this node is an initiator.
        events: how many events there were here.
        timers: what is to happen later.
    """

    id: str
    algorithm: type[Algorithm]
    instance: Algorithm
    purpose: str | None
    expires: int
    answer: Answer | None = None
    sent: int = 0
    broken: bool = False
    heard: set[int] = field(default_factory=set[int])
    asked: set[int] = field(default_factory=set[int])
    asked_by: str | None = None
    started: bool = False
    events: int = 0
    timers: list[asyncio.TimerHandle] = field(default_factory=list[asyncio.TimerHandle])

    def silent(self) -> list[int]:
        """Return the neighbours that this node waits to hear from."""
        return [p for p in self.instance.in_neighbors if p not in self.heard]


@dataclass(frozen=True)
class Timing:
    """Deadlines in seconds; see config.json."""

    wave_timeout: float
    probe_after: float
    probe_timeout: float


class Waves:
    """All waves of one node.

    Args:
        place: where the node stands.
        peers: its neighbours by number.
        codec: translates messages.
        observer: is told every event.
        timing: deadlines.
        numbers: running numbers for waves that begin here.
        report: returns what this node contributes to a wave.
        knows: returns what an algorithm must be told of the network.
        act: what a decide of a Finn wave does to the node.
        trace: whether events carry their messages.
    """

    def __init__(
        self,
        place: Place,
        peers: Mapping[int, Peer],
        codec: Codec,
        observer: Observer,
        timing: Timing,
        *,
        numbers: Iterator[int],
        report: Callable[[], dict[str, object]],
        knows: Callable[[type[Algorithm]], Mapping[str, int]],
        act: Callable[[], None],
        trace: bool,
    ) -> None:
        self._place = place
        self._peers = peers
        self._codec = codec
        self._observer = observer
        self._timing = timing
        self._numbers = numbers
        self._report = report
        self._knows = knows
        self._act = act
        self._trace = trace
        self._waves: dict[str, Wave] = {}
        self._classes: dict[type[Algorithm], dict[str, type]] = {}
        self._probes: set[asyncio.Task[None]] = set()
        self.late = 0

    def __len__(self) -> int:
        return len(self._waves)

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
    ) -> Wave:
        """Begin a wave here, as an initiator; to begin it twice changes nothing. May raise RefusedError.

        Args:
            algorithm: what to run.
            wave: its id; by default a new one.
            purpose: why, for those who listen.
            expires: when it ends at the latest, ms of the monotonic clock; by default after `wave_timeout`.
            answer: what to do when this node decides.
            subtree: leave out the parent, where the network is a tree.
        """
        if self._is_late(expires):
            raise RefusedError("expired", f"{wave or 'the wave'} is over")
        known = self._waves.get(wave) if wave is not None else None
        if known is not None:
            self._check_algorithm(known, algorithm)
            if known.started:
                return known
            if SomeInitiator not in algorithm.requires:
                raise RefusedError("wrong_wave", f"{wave} has an initiator already, and can have no other")
        joined = known or self._join(algorithm, wave, purpose, expires, starts=True, subtree=subtree)
        joined.answer = answer
        joined.started = True
        if known is None:
            self._record_join(joined)
        self._record(joined, "start")
        self._run(joined, "starting", joined.instance.on_start)
        return joined

    def receive(self, frame: frames.WaveFrame, size: int, sender: int) -> None:
        """Take a frame of `size` bytes from the neighbour numbered `sender`. May raise RefusedError."""
        if self._is_late(frame.expires):
            return
        algorithm = algorithm_of(frame)
        try:
            message = self._codec.decode(frame, algorithm, self._message_classes(algorithm))
        except (plain.PlainError, RecursionError) as error:
            raise RefusedError("bad_message", f"{algorithm.name}: {error}") from None
        before = len(self._waves)
        wave = self._wave_of(frame, algorithm, sender)
        if wave is None:
            return
        fresh = len(self._waves) > before
        if wave.broken:
            return
        failed = self._tell(wave, sender, message, fresh=fresh)
        wave.heard.add(sender)
        if fresh:
            self._record_join(wave)
        name = self._peers[sender].name
        number = f"{name}:{frame.id}" if frame.id is not None else None
        self._record(wave, "receive", name, number, _route(frame), size, message)
        if failed is None:
            self._carry_out(wave)
        else:
            self._mistake(wave, f"receiving a message from {name}", failed)

    def _tell(self, wave: Wave, sender: int, message: object, *, fresh: bool) -> Exception | None:
        """Run the handler, whose effects are carried out later; a message that it cannot take never came.

        Returns what went wrong in the handler, if its class is to blame.
        """
        try:
            run_handler(wave.instance.on_message, sender, message)
        except AssertionError as error:  # which is how a handler says what it expects
            wave.instance.effects.clear()
            if fresh:
                self._drop(wave)
            raise RefusedError(
                "bad_message", f"{wave.algorithm.name}: it cannot take this message"
            ) from error
        except Exception as error:  # noqa: BLE001 - a student's class may fail in any way
            return error
        return None

    def _run(self, wave: Wave, event: str, handler: Callable[..., None], *args: object) -> None:
        """Run a handler and carry its effects out."""
        if wave.broken:
            return
        try:
            run_handler(handler, *args)
        except Exception as error:  # noqa: BLE001 - a student's class may fail in any way
            self._mistake(wave, event, error)
        else:
            self._carry_out(wave)

    def _mistake(self, wave: Wave, event: str, error: Exception) -> None:
        """End this node's part in a wave whose class has made a mistake, and tell of it."""
        wave.broken = True
        wave.instance.effects.clear()
        text = f"{wave.algorithm.title}, {event}: {described(wave.algorithm, error)}"
        _log.warning("%s", text)
        self._record(wave, "mistake", message=text, shown=True)

    def down(self, neighbor: int, only: Wave | None = None) -> None:
        """Tell every wave (or one) that waits for the neighbour that it is gone."""
        for wave in [only] if only is not None else list(self._waves.values()):
            if neighbor in wave.silent():
                wave.heard.add(neighbor)
                self._record(wave, "down", self._peers[neighbor].name)
                self._run(wave, "losing a neighbour", wave.instance.on_down, neighbor)

    async def close(self) -> None:
        """Drop all waves."""
        for wave in list(self._waves.values()):
            self._drop(wave)
        for probe in self._probes:
            probe.cancel()
        await asyncio.gather(*self._probes, return_exceptions=True)

    # Which wave a frame belongs to.

    def _is_late(self, expires: int | None) -> bool:
        if expires is None or expires > now_ms():
            return False
        self.late += 1
        return True

    def _wave_of(self, frame: frames.WaveFrame, algorithm: type[Algorithm], sender: int) -> Wave | None:
        if frame.wave is None:
            return self._wave_without_id(frame, algorithm, sender)
        known = self._waves.get(frame.wave)
        if known is not None:
            self._check_algorithm(known, algorithm)
            return known
        if isinstance(frame, frames.EchoBack):
            self.late += 1
            return None
        return self._join(algorithm, frame.wave, _purpose(frame), frame.expires)

    def _wave_without_id(
        self, frame: frames.WaveFrame, algorithm: type[Algorithm], sender: int
    ) -> Wave | None:
        peer = self._peers[sender]
        asked = self._waves.get(peer.asked or "")
        if isinstance(frame, frames.EchoBack):
            # A program may leave the purpose out of its answer, but it does not make one up.
            if asked is None or frame.purpose not in {None, asked.purpose}:
                self.late += 1
                return None
            peer.answered()
            return asked
        if isinstance(frame, frames.Echo):
            for wave in self._waves.values():
                if wave.purpose == frame.purpose and sender in wave.asked and sender not in wave.heard:
                    if wave is asked:
                        peer.answered()  # two tokens that cross on a link answer each other
                    return wave
        wave = self._join(algorithm, None, _purpose(frame), None)
        if isinstance(frame, frames.Echo):
            wave.asked_by = frame.sender
        return wave

    @staticmethod
    def _check_algorithm(wave: Wave, algorithm: type[Algorithm]) -> None:
        if wave.algorithm is not algorithm:
            raise RefusedError("wrong_wave", f"{wave.id} is a wave of {wave.algorithm.name}")

    def _join(
        self,
        algorithm: type[Algorithm],
        wave_id: str | None,
        purpose: str | None,
        expires: int | None,
        *,
        starts: bool = False,
        subtree: bool = False,
    ) -> Wave:
        if len(self._waves) >= limits.WAVES:
            raise RefusedError("too_many_waves", f"this node takes part in {limits.WAVES} waves at a time")
        place = self._place
        timeout_ms = round(1000 * self._timing.wave_timeout)
        # Nobody may keep an instance here for longer than the longest wave.
        until = min(expires or now_ms() + timeout_ms, now_ms() + limits.WAVE_LIFE * 1000)
        parent = () if starts or place.parent is None else (place.parent,)
        neighbors, into, out = place.neighbors, None, None
        if algorithm.view == "tree":
            neighbors, into, out = parent + place.children, parent, place.children
        elif subtree and place.is_tree:
            neighbors = place.children
        instance = algorithm(
            place.index,
            neighbors,
            in_neighbors=into,
            out_neighbors=out,
            input=self._report(),
            knows=self._knows(algorithm),
        )
        wave_id = wave_id or f"{place.name}-{next(self._numbers)}"
        wave = self._waves[wave_id] = Wave(wave_id, algorithm, instance, purpose, until)
        loop = asyncio.get_running_loop()
        wave.timers.append(loop.call_later((until - now_ms()) / 1000, self._drop, wave))
        wave.timers.append(loop.call_later(self._timing.probe_after, self._probe, wave))
        return wave

    def _record_join(self, wave: Wave) -> None:
        if self._trace:
            self._record(wave, "join", message=wave.instance.input)

    def _drop(self, wave: Wave) -> None:
        self._waves.pop(wave.id, None)
        for timer in wave.timers:
            timer.cancel()
        for neighbor in wave.asked:
            self._peers[neighbor].release(wave.id)

    # One event at a time.

    def _carry_out(self, wave: Wave) -> None:
        effects = wave.instance.effects
        if not effects:
            return
        taken = effects.copy()
        effects.clear()
        for effect in taken:
            if effect[0] == "send":
                try:
                    self._send(wave, effect[1], effect[2])
                except (plain.PlainError, StrangerError) as error:
                    self._mistake(wave, "sending", error)
                    return
            elif effect[0] == "decide":
                self._decide(wave, effect[1])
            else:
                timer = asyncio.get_running_loop().call_later(effect[2], self._timer, wave, effect[1])
                wave.timers.append(timer)

    def _send(self, wave: Wave, neighbor: int, message: object) -> None:
        peer = self._peers.get(neighbor)
        if peer is None:
            raise StrangerError(f"node {neighbor!r} is no neighbour of node {self._place.index}")
        wave.sent += 1
        known = peer.knows_waves
        envelope = Envelope(
            wave=wave.id if known else None,
            sender=self._place.url,
            purpose=wave.purpose,
            id=wave.sent if known else None,
            expires=wave.expires if known else None,
        )
        text = self._codec.encode(wave.algorithm, message, envelope)
        route = self._codec.route(wave.algorithm, message)
        number = f"{self._place.name}:{wave.sent}"
        self._record(wave, "send", peer.name, number, route, len(text), message)
        asks = isinstance(message, Token)
        if asks:
            wave.asked.add(neighbor)
        to = wave.asked_by if isinstance(message, Reply) and not known else None
        peer.send(text, wave.id, awaits_answer=asks, to=to)

    def _decide(self, wave: Wave, value: object) -> None:
        self._record(wave, "decide", message=value)
        if wave.algorithm.name in ACTS_ON_DECIDE:
            self._act()
        if wave.answer is not None:
            wave.answer(wave, value)

    def _timer(self, wave: Wave, name: str) -> None:
        if wave.id in self._waves:
            self._record(wave, "timer", kind=name)
            self._run(wave, f"at its timer {name}", wave.instance.on_timer, name)

    # The failure detector.

    def _probe(self, wave: Wave) -> None:
        silent = wave.silent()
        if not silent or wave.id not in self._waves:
            return
        loop = asyncio.get_running_loop()
        for neighbor in silent:
            task = loop.create_task(self._probe_one(wave, neighbor))
            self._probes.add(task)
            task.add_done_callback(self._probes.discard)
        wave.timers.append(loop.call_later(self._timing.probe_after, self._probe, wave))

    async def _probe_one(self, wave: Wave, neighbor: int) -> None:
        if not await self._peers[neighbor].alive(self._timing.probe_timeout) and wave.id in self._waves:
            self.down(neighbor, wave)

    # Small things.

    def _message_classes(self, algorithm: type[Algorithm]) -> dict[str, type]:
        found = self._classes.get(algorithm)
        if found is None:
            found = self._classes[algorithm] = plain.message_classes(algorithm)
        return found

    def _record(
        self,
        wave: Wave,
        event: EventKind,
        peer: str | None = None,
        id: str | None = None,
        kind: str | None = None,
        size: int = 0,
        message: object = None,
        *,
        shown: bool = False,
    ) -> None:
        wave.events += 1
        if wave.events > limits.WAVE_EVENTS:
            self._observer.lose(wave.id, wave.algorithm.name, wave.purpose)
            return
        kept = _shown(message) if self._trace or shown else None
        now = time.monotonic_ns() // 1000
        self._observer.record(
            wave.id, wave.algorithm.name, wave.purpose, Event(now, event, peer, id, kind, 8 * size, kept)
        )


def now_ms() -> int:
    """Return the machine's monotonic clock in milliseconds: the clock in which waves expire."""
    return time.monotonic_ns() // 1_000_000


def _shown(message: object) -> object:
    try:
        return plain.encode(message)
    except RecursionError:
        return "nested too deeply to be shown"


def algorithm_of(frame: frames.WaveFrame) -> type[Algorithm]:
    """Return the class whose message `frame` carries. Raises RefusedError where there is none."""
    if isinstance(frame, frames.Wave):
        try:
            return find_algorithm(frame.algorithm)
        except KeyError as error:
            raise RefusedError("unknown_algorithm", str(error.args[0])) from None
    return FinnLab if isinstance(frame, frames.Finn) else Echo


def _purpose(frame: frames.WaveFrame) -> str | None:
    return frame.purpose if isinstance(frame, frames.Echo | frames.EchoBack) else None


def _route(frame: frames.WaveFrame) -> str:
    return str(frame.__struct_config__.tag)
