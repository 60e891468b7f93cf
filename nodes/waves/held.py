"""A held wave at one node: what arrives waits here until somebody says that it is handled.

Theory of operation. The frames of a held wave say until when it is held (`hold_until`). A node that takes
part in it has, in place of its handling of messages, one of these:

    a message arrives --> waits, with a number; the balancer is told what waits
    deliver(number)   --> that one message is handled, as if it arrived now
    release, the deadline --> whatever waits is handled, in the order of arrival

Where HELD_MESSAGES wait, the oldest is handled for the next. Only messages wait: starts, timers and lost
neighbours are told at once. A neighbour whose message waits here counts as heard: it may die without being
missing, as it may where messages are handled when they come.

What must hold: a message is handled once, or its wave is over here; those of one neighbour are handled in the
order in which they came, since links keep it and algorithms may rely on that (`Fifo`); none waits beyond the
deadline.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from msgspec import structs

from topowave.nodes.reporting import Reporter
from topowave.nodes.waves.instances import shortened, shown_message
from topowave.nodes.waves.wave import Encode, RefusedError, Wave, now_ms
from topowave.wire import frames, limits
from topowave.wire.observations import Held, HeldMessage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """What the waves of a node give to those that are held.

    Attributes:
        node: its name.
        reporter: tells the balancer what waits.
        encode: makes the frame of a message.
        receive: handles a frame of so many bytes from a neighbour.
    """

    node: str
    reporter: Reporter
    encode: Encode
    receive: Callable[[frames.WaveFrame, int, int], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    frame: frames.WaveFrame
    size: int
    sender: int
    form: HeldMessage


class HeldPart:
    """A node's part in a held wave.

    Args:
        wave: the wave; from now on its messages wait.
        until_ms: when they are let go at the latest (lab's clock); HOLD_MOST from now on, if that is sooner.
        terms: what it needs of the node.
    """

    def __init__(self, wave: Wave, until_ms: int, terms: HoldTerms) -> None:
        self._wave = wave
        self._terms = terms
        self._waiting: dict[int, _Waiting] = {}
        self._last = 0
        self._is_over = False
        left_s = min((until_ms - now_ms()) / 1000, limits.HOLD_MOST)
        self._until_ms = now_ms() + round(1000 * left_s)
        self._timer = asyncio.get_running_loop().call_later(left_s, self.release)
        self._key = (terms.node, wave.id)
        wave.held = self
        wave.instead = self._arrive
        wave.encode = self._encode
        terms.reporter.hold(self._key, self._told)

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    def deliver(self, number: int) -> bool:
        """Handle the message of that number; False where it does not wait, or behind another of its link."""
        if self._wave.broken:  # whatever comes here is left alone
            self.end()
            return False
        chosen = self._waiting.get(number)
        if chosen is None or any(
            before < number and waiting.sender == chosen.sender for before, waiting in self._waiting.items()
        ):
            return False
        del self._waiting[number]
        self._wave.instead = None
        self._handle(chosen)
        self._go_on()
        return True

    def _go_on(self) -> None:
        """Hold what comes next, unless handling the last one has ended the wave here."""
        if self._wave.broken:
            self.end()
        elif not self._is_over:
            self._wave.instead = self._arrive
            self._terms.reporter.held_changed(self._key)

    def release(self) -> None:
        """Hold no longer: handle what waits in the order in which it came."""
        if self._is_over:
            return
        waiting = list(self._waiting.values())
        self.end()
        wave = self._wave
        if not wave.broken:
            wave.instead = None
        wave.encode = self._terms.encode
        for each in waiting:
            self._handle(each)

    def end(self) -> None:
        """Hold no longer, and forget what waits."""
        self._is_over = True
        self._timer.cancel()
        self._waiting.clear()
        self._wave.held = None
        self._terms.reporter.hold_over(self._key)

    def _arrive(self, frame: frames.WaveFrame, size: int, sender: int, peer: str, message: object) -> None:
        wave = self._wave
        if frame.wave is None:  # of a program that names none, and is known by the question that it answers
            frame = structs.replace(frame, wave=wave.id)
        wave.heard.add(sender)
        self._last += 1
        form = HeldMessage(
            number=self._last,
            peer=peer,
            id=None if frame.id is None else f"{peer}:{frame.id}",
            kind=str(frame.__struct_config__.tag),
            message=shortened(shown_message(message), limits.HELD_BYTES),
        )
        self._waiting[self._last] = _Waiting(frame, size, sender, form)
        if len(self._waiting) > limits.HELD_MESSAGES:
            self.deliver(next(iter(self._waiting)))
        self._terms.reporter.held_changed(self._key)

    def _handle(self, waiting: _Waiting) -> None:
        try:
            self._terms.receive(waiting.frame, waiting.size, waiting.sender)
        except RefusedError as refused:  # the neighbour would have been told so, on its connection
            _log.warning("%s: a message that waited was refused: %s", self._wave.id, refused)

    def _encode(self, *said: object) -> tuple[bytes, str]:
        """Say in a frame that its wave is held; so whoever takes part next holds it, too."""
        text, route = self._terms.encode(*said)
        frame = cast("frames.WaveFrame", frames.decode_frame(text))
        return frames.encode_frame(structs.replace(frame, hold_until=self._until_ms)), route

    def _told(self) -> Held:
        return Held(
            node=self._terms.node,
            wave=self._wave.id,
            algorithm=self._wave.algorithm.name,
            until_ms=None if self._is_over else self._until_ms,
            messages=[waiting.form for waiting in self._waiting.values()],
        )


def hold(wave: Wave, until_ms: int, expires: int | None, terms: HoldTerms) -> None:
    """Let the messages of a wave wait that begins here; it lives as much longer.

    Args:
        wave: which.
        until_ms: when they are let go at the latest (lab's clock); nothing waits where that is over.
        expires: when the wave is over, as its frame says (the same clock).
        terms: what is needed of the node.
    """
    now = now_ms()
    if until_ms <= now or wave.broken:
        return
    wave.expires = min(expires or until_ms, now + (limits.HOLD_MOST + limits.WAVE_LIFE) * 1000)
    HeldPart(wave, until_ms, terms)
