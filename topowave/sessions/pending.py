"""What is to happen in a run, as people see it: the events of the kernel's queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topowave.runtime.message_copy import private_copy
from topowave.runtime.virtual_time import to_units
from topowave.simulator.events import Arrive, Detect, Event, FaultEvent, Notify, Queued, Start, Timer
from topowave.simulator.kernel import Kernel
from topowave.simulator.preparation import PreparedRun

KINDS: dict[type, Literal["start", "receive", "timer", "fault", "detect", "down"]] = {
    Start: "start",
    Arrive: "receive",
    Timer: "timer",
    FaultEvent: "fault",
    Detect: "detect",
    Notify: "down",
}
"""What each kind of event is to people, in a trace's words where it has one."""


@dataclass(frozen=True)
class Pending:
    """Something that is to happen.

    Attributes:
        number: identifies it in its session.
        kind: what.
        at: when it will be, in units, unless something is chosen before it.
        wave: the wave's id; None for what happens to nodes and links.
        node: where; None for what happens to links.
        peer: the sender of a message, or the neighbour that is down.
        message: the message, or the name of a timer.
    """

    number: int
    kind: Literal["start", "receive", "timer", "fault", "detect", "down"]
    at: float
    wave: str | None = None
    node: str | None = None
    peer: str | None = None
    message: object = None


def pending_of(
    kernel: Kernel, prepared: PreparedRun, skip: int = 0, most: int | None = None
) -> list[Pending]:
    """Return what is to happen, in the order in which it will: from the place `skip` on, at most so many."""
    until = None if most is None else skip + most
    return [_pending(entry, prepared) for entry in kernel.queued()[skip:until]]


def behind_others(kernel: Kernel) -> dict[int, int]:
    """Return, for each message that another one on its link comes before, the number of the first there."""
    firsts: dict[tuple[int, int, int], int] = {}
    found: dict[int, int] = {}
    for _, number, event in kernel.queued():
        if isinstance(event, Arrive):
            first = firsts.setdefault(event[:3], number)
            if first != number:
                found[number] = first
    return found


def choices_of(kernel: Kernel, prepared: PreparedRun) -> list[Pending]:
    """Return what may come next: what would, starts, timers, and messages, of FIFO links the first."""
    return [_pending(entry, prepared) for entry in _possible(kernel.queued(), fifo=prepared.config.fifo)]


def _possible(queue: list[Queued], *, fifo: bool) -> Iterator[Queued]:
    met: set[tuple[int, int, int]] = set()
    for place, entry in enumerate(queue):
        event = entry[2]
        if isinstance(event, Arrive):
            link = event[:3]
            if fifo and link in met:
                continue
            met.add(link)
            yield entry
        elif not place or isinstance(event, Start | Timer):
            yield entry


def _pending(entry: Queued, prepared: PreparedRun) -> Pending:
    time, number, event = entry
    return Pending(number, KINDS[type(event)], to_units(time), *_described(event, prepared))


def _described(event: Event, prepared: PreparedRun) -> tuple[str | None, str | None, str | None, object]:
    """Return wave, node, peer and message of an event."""
    names, plans = prepared.graph.names, prepared.plans
    if isinstance(event, Arrive):
        envelope = event.envelope
        message = private_copy(envelope.message if envelope.copy is None else envelope.copy)
        return plans[event.wave].id, names[event.to], names[event.sender], message
    if isinstance(event, Start):
        return plans[event.wave].id, names[event.node], None, None
    if isinstance(event, Timer):
        return plans[event.wave].id, names[event.node], None, event.name
    if isinstance(event, Notify):
        return plans[event.wave].id, names[event.node], names[event.neighbor], None
    nodes = [names[node] for node in event.fault.nodes]
    return None, nodes[0] if nodes else None, nodes[1] if len(nodes) > 1 else None, event.fault.kind
