"""What a node tells the balancer's `/observe`: its load, and its events of each wave after the fact."""

from __future__ import annotations

from typing import Literal

import msgspec

EventKind = Literal["join", "start", "send", "receive", "decide", "timer", "down", "drop", "late", "mistake"]


class Event(msgspec.Struct, array_like=True, frozen=True):
    """One event of one node in one wave.

    Attributes:
        t_us: microseconds on the machine's monotonic clock.
        event: what happened. `join` (in traces only) carries the node's input; `drop` is a message that could
            not be sent, `late` one that changed nothing; `mistake`, with a sentence as its message, is an
            error in the algorithm, which ends the node's part in the wave.
        peer: the other node's name, or a URL of a program that is no node; None where there is none.
        id: the message's id, `<sender>:<number>`; None where there is no message.
        kind: the frame's route.
        bits: size of the message as encoded, in bits.
        message: the message as plain data, where a trace was asked for; the value of a decide.

    """

    t_us: int
    event: EventKind
    peer: str | None = None
    id: str | None = None
    kind: str | None = None
    bits: int = 0
    message: object = None


class Load(msgspec.Struct, tag_field="about", tag="load", frozen=True):
    """How many tasks a node has; and over all its lives, how they ended and how many were added."""

    node: str
    queued: int
    running: int
    moving: int
    done: int
    submitted: int
    failed: int = 0
    cancelled: int = 0


class Events(msgspec.Struct, tag_field="about", tag="events", frozen=True, omit_defaults=True):
    """What a node did in a wave since its last report.

    `over` says that its instance is gone, `lost` how many events were not kept.
    """

    node: str
    wave: str
    algorithm: str
    events: list[Event]
    purpose: str | None = None
    over: bool = False
    lost: int = 0


Observation = Load | Events

_decoder: msgspec.json.Decoder[Observation] = msgspec.json.Decoder(Observation)


def decode_observation(text: str | bytes) -> Observation:
    """Return the observation that `text` is. Raises msgspec.MsgspecError where it is none."""
    return _decoder.decode(text)
