"""A wave in which a node takes part, and where that node stands in its network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from topowave.algorithms import Algorithm
from topowave.algorithms.base import Effect
from topowave.nodes.lab_clock import LAB_CLOCK
from topowave.nodes.reporting import EventBuffer
from topowave.nodes.waves.handlers import Handlers
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.wire import frames, limits


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


@dataclass(frozen=True)
class Timing:
    """Deadlines in seconds; see config.json. `wave_limit` returns how long a wave may take."""

    wave_limit: Callable[[type[Algorithm]], float]
    probe_after: float
    probe_timeout: float


@dataclass(frozen=True)
class Surroundings:
    """What the waves of a node need of the rest of it.

    Attributes:
        report: returns what this node contributes to a wave.
        knows: returns what an algorithm must be told of the network.
        act: what a decide of a Finn wave does to the node.
        handlers: runs the handlers of this process.
    """

    report: Callable[[], dict[str, object]]
    knows: Callable[[type[Algorithm]], Mapping[str, int]]
    act: Callable[[], None]
    handlers: Handlers


@dataclass(slots=True, eq=False)
class Wave:
    """A wave in which this node takes part.

    Attributes:
        id, algorithm, purpose, expires: as in its frames.
        instance: this node's part in it.
        effects: where its handlers record what they want done.
        awaited: the neighbours that it may hear from.
        log: its events, on their way to the balancer.
        answer: what to do when this node decides.
        cut_short: what to do where it ends here before that, since another network follows.
        sent: how many messages this node has sent.
        broken: whether its class has made a mistake here, which ended this node's part.
        heard: neighbours that have been heard, or given up.
        gave_up: whether any of them was given up, and may still be heard late.
        asked: neighbours that were sent a token.
        asked_by: the URL that a parent gave for the answer, if it names no waves.
        started: whether this node is an initiator.
        timers: those of the algorithm that may still run out.
        pauses: how many times `probe_after` go by until it is looked at again whom it waits for.
        encode: makes the frame of a message.
        instead: what to do with a message in place of handling it: in a wave that is held, or broken.
        held: what waits here, where it is held.
    """

    id: str
    algorithm: type[Algorithm]
    instance: Algorithm
    effects: list[Effect]
    awaited: tuple[int, ...]
    purpose: str | None
    expires: int
    log: EventBuffer
    encode: Encode
    answer: Answer | None = None
    cut_short: Callable[[], None] | None = None
    sent: int = 0
    broken: bool = False
    heard: set[int] = field(default_factory=set[int])
    gave_up: bool = False
    asked: set[int] = field(default_factory=set[int])
    asked_by: str | None = None
    started: bool = False
    timers: set[asyncio.TimerHandle] = field(default_factory=set[asyncio.TimerHandle])
    pauses: int = 1
    instead: Instead | None = None
    held: HeldMessages | None = None

    def set_timer(self, name: str, delay_s: float, run_out: Callable[[Wave, str], None]) -> None:
        """Have `run_out` called with this wave and the timer's name after `delay_s` seconds.

        Raises:
            WrongEffectError: too many timers of this wave are set.
        """
        if len(self.timers) >= limits.TIMERS:
            raise WrongEffectError(f"more than {limits.TIMERS:,} timers of a node are set at a time")

        def run() -> None:
            self.timers.discard(timer)
            run_out(self, name)

        timer = asyncio.get_running_loop().call_later(max(0.0, delay_s), run)
        self.timers.add(timer)

    def silent(self) -> list[int]:
        """Return the neighbours that this node waits to hear from."""
        return [p for p in self.awaited if p not in self.heard]


class HeldMessages(Protocol):
    """What waits at a node in a held wave (`waves.held`)."""

    def __len__(self) -> int:
        """How many messages wait."""
        ...

    def deliver(self, number: int) -> bool:
        """Handle the message of that number; False where it may not be handled now."""
        ...

    def release(self) -> None:
        """Handle all that waits, and hold no longer."""
        ...

    def end(self) -> None:
        """Forget all that waits, and hold no longer."""
        ...


Encode = Callable[..., tuple[bytes, str]]
"""Makes the frame of a message, and says its route, as `Codec.encode` does."""
Instead = Callable[[frames.WaveFrame, int, int, str, object], None]
"""Takes a frame, its bytes, the number and the name of its sender, and the message in it."""
Answer = Callable[[Wave, object], None]
"""What to do with the value that an initiator decides."""


def leave_alone(*_: object) -> None:
    """Do nothing with a message of a wave in which the class has made a mistake."""


def now_ms() -> int:
    """Return the lab's clock in milliseconds: the clock in which waves expire."""
    return LAB_CLOCK.now_ms()
