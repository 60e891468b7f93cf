"""What may happen in a run: events are plain data, in a queue that can be looked at and copied.

The numbers in them are those of waves and nodes; `incarnation` counts how often a node had come back without
its state when the event was asked for, so that one meant for a former life of its node can be told.
"""

from __future__ import annotations

from typing import NamedTuple

from topowave.runtime.effects import Envelope
from topowave.simulator.fault_plan import Fault


class Start(NamedTuple):
    """An initiator starts its wave."""

    wave: int
    node: int


class Arrive(NamedTuple):
    """A message reaches its receiver.

    Attributes:
        wave, sender, to: whose message it is.
        envelope: the message; all receivers of one `send_all` share it.
        mask: the nodes with an event before the message was sent, as bits.
        number: the message's id in a trace; None without one.
    """

    wave: int
    sender: int
    to: int
    envelope: Envelope
    mask: int
    number: str | None


class Timer(NamedTuple):
    """A timer has run out."""

    wave: int
    node: int
    name: str
    incarnation: int


class FaultEvent(NamedTuple):
    """Nodes or links fail or come back."""

    fault: Fault


class Detect(NamedTuple):
    """A fault has lasted long enough for the neighbours' failure detectors."""

    fault: Fault


class Notify(NamedTuple):
    """A node learns that a neighbour is down."""

    wave: int
    node: int
    neighbor: int
    incarnation: int


Event = Start | Arrive | Timer | FaultEvent | Detect | Notify
Queued = tuple[int, int, Event]
"""When, in ticks; a number that grows with every event asked for; and what."""
