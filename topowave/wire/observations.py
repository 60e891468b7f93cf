"""What nodes tell the balancer's `/observe`: their loads, and their events of each wave after the fact.

What the balancer tells them there is one thing: the lab as it is now, of what may change while it runs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from topowave.wire.limits import TEXT_CHARS, URL_CHARS

Microseconds = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]
Peer = Annotated[str, msgspec.Meta(max_length=URL_CHARS)]
MessageId = Annotated[str, msgspec.Meta(max_length=URL_CHARS + TEXT_CHARS)]
EventKind = Literal[
    "join", "start", "send", "receive", "decide", "timer", "down", "drop", "late", "mistake", "state"
]


NETWORK_CHANGED = "the network changed while it ran"
"""How a sentence begins about a wave that was ended since nodes joined or left."""


class Event(msgspec.Struct, array_like=True, frozen=True):
    """One event of one node in one wave.

    Attributes:
        t_us: microseconds on the machine's monotonic clock.
        event: what happened. `join` (in traces only) carries the node's input; `drop` is a message that could
            not be sent, `late` one that changed nothing; `mistake`, with a sentence as its message, is an
            error in the algorithm, which ends the node's part in the wave; `state`, the last of a report, is
            the state of a user's own class by then.
        peer: the other node's name, or a URL of a program that is no node; None where there is none.
        id: the message's id, `<sender>:<number>`; None where there is no message.
        kind: the frame's route.
        bits: size of the message as encoded, in bits.
        message: the message as plain data, where a trace was asked for; the value of a decide.
    """

    t_us: Microseconds
    event: EventKind
    peer: Peer | None = None
    id: MessageId | None = None
    kind: Text | None = None
    bits: Count = 0
    message: object = None


class Load(msgspec.Struct, frozen=True):
    """How many tasks a node has; and over all its lives, how they ended and how many were added.

    `heavier`: cores that those assigned or running hold beyond one each. `cut` while its
    links to its neighbours are cut. `put_back`: how many of its failed ones were put back before this life,
    and are not counted as failed; of later ones the balancer knows by itself.
    """

    node: Text
    assigned: Count
    running: Count
    moving: Count
    completed: Count
    submitted: Count
    failed: Count = 0
    cancelled: Count = 0
    heavier: Count = 0
    cut: bool = False
    put_back: Count = 0


class Events(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a node did in a wave since its last report.

    Attributes:
        node, wave, algorithm, purpose: whose and which.
        events: what is new.
        lost: how many events were not kept.
        shifted: whether the balancer has put its times on its own clock.
        via: the foreign neighbour from which the wave came without an id, so that `wave` is this node's own
            name for it; else None.
    """

    node: Text
    wave: Text
    algorithm: Text
    events: list[Event]
    purpose: Text | None = None
    lost: Count = 0
    via: str | None = None
    shifted: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether the node took no part: all it has to tell is what a foreign neighbour did wrong."""
        return self.via is not None and all(event.event == "down" for event in self.events)

    @property
    def is_cut_short(self) -> bool:
        """Whether the wave, which began there, was ended since another network follows."""
        return any(event.event == "down" and event.message == NETWORK_CHANGED for event in self.events)


class LinksOpening(msgspec.Struct, frozen=True):
    """How many links the nodes of a process have to others of this lab, each counted where it begins.

    `left` of them are still to be opened, for the first time.
    """

    links: Count
    left: Count


class Heartbeat(msgspec.Struct, frozen=True):
    """That a process of nodes lives, and what the monotonic clock of its machine says when it says so.

    Attributes:
        t_us: microseconds on that clock.
        boot: names the machine's present boot (`topowave.wire.machine`): one clock for all that share it.
    """

    t_us: Microseconds
    boot: Text


class HeldMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that waits at a node, in a wave that is held.

    Attributes:
        number: the node's running number of it, in the order of arrival.
        peer: who has sent it.
        id: the message's id, as in events.
        kind: the frame's route.
        message: what it carries, or a sentence about why that is not shown.
    """

    number: Count
    peer: Peer
    id: MessageId | None = None
    kind: Text | None = None
    message: object = None


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that waits at a node in a wave that is held, in the order of arrival.

    `until_ms` is when it is let go at the latest (milliseconds of the lab's clock); None where the node holds
    that wave no longer.
    """

    node: Text
    wave: Text
    algorithm: Text
    until_ms: Count | None = None
    messages: list[HeldMessage] = []


class Report(msgspec.Struct, tag_field="about", tag="nodes", frozen=True, omit_defaults=True):
    """What the nodes of one process have to tell.

    `settings` is the number of the settings that all of them have taken; `opening` tells of their links,
    while they are being opened and when they are open. A `heartbeat` comes first on each connection, and then
    each `heartbeat_interval`.
    """

    loads: list[Load] = []
    events: list[Events] = []
    settings: Count | None = None
    opening: LinksOpening | None = None
    heartbeat: Heartbeat | None = None
    held: list[Held] = []


class Network(msgspec.Struct, frozen=True):
    """The network that runs: its number, and a row a node (`topowave.topology.flat_form`) as JSON.

    Most who are told know the network by its number, and read no further.
    """

    version: Count
    rows: msgspec.Raw


class Settings(msgspec.Struct, tag_field="about", tag="settings", frozen=True, omit_defaults=True):
    """What may be changed while the lab runs, as it is now; numbered by the balancer.

    `executors` says what tasks nodes take, by their names, as topology.json does; the others take all.
    `network` is there once a network has followed another one while their nodes ran on. `silent` are other
    people's programs of which nothing has been heard for a while: nobody is to wait for them.
    """

    number: Count
    settings: dict[str, int | float | str]
    executors: dict[str, dict[str, Any]] = {}
    network: Network | None = None
    silent: list[str] = []


class Clock(msgspec.Struct, tag_field="about", tag="clock", frozen=True):
    """By how many microseconds the lab's clock, in which waves expire, is ahead of the one that was told.

    It is said to processes on other machines than the balancer's.
    """

    ahead_us: int


class Deliver(msgspec.Struct, tag_field="about", tag="deliver", frozen=True, omit_defaults=True):
    """That messages of a held wave are to be handled now.

    Attributes:
        wave: which.
        node: where they wait; None for all nodes of a process.
        messages: their numbers there, in the order in which they are to be handled.
        release: hold that wave no longer, and handle all that waits.
    """

    wave: Text
    node: Text | None = None
    messages: list[Count] = []
    release: bool = False


_decoder: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
_told_decoder: msgspec.json.Decoder[Settings | Clock | Deliver] = msgspec.json.Decoder(
    Settings | Clock | Deliver
)


def decode_report(text: str | bytes) -> Report:
    """Return the report that `text` is. Raises msgspec.MsgspecError where it is none."""
    return _decoder.decode(text)


def decode_told(text: str | bytes) -> Settings | Clock | Deliver:
    """Return what the balancer says to a process of nodes. Raises msgspec.MsgspecError for all else."""
    return _told_decoder.decode(text)
