"""A wave as browsers and scripts get it: the one place where its JSON form is written.

A new field is a line in `Wave`, and a line in `wave_of`, which says how it follows from the record.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, cast, get_args

from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import MISTAKES_SHOWN
from topowave.balancer.state.node_status import ShownState
from topowave.balancer.state.status_log import NodeRecording
from topowave.balancer.waves.algorithm_catalog import BoundKind, bound_kind
from topowave.balancer.waves.record import Purpose, State, WaveRecord
from topowave.translation import Text, text, told_of

ShownEvent: TypeAlias = Literal["start", "send", "receive", "late", "decide", "down"]
"""Events that the page plays."""
_SHOWN: frozenset[str] = frozenset(get_args(ShownEvent))


class Wave(JsonForm):
    """A wave; unknown values are null.

    `claims_wave` says whether a decision means that every node took part: of a broadcast it does not.
    `sentences` has the code and the parameters of those sentences that have them, by the members' names.
    `held_until` is until when its messages wait for people (seconds since 1970; null where they do not), and
    `waiting` how many do (`GET /waves/{id}/held`). `reason` says of an incomplete wave from which no node is
    missing why none can be named.
    """

    id: str
    algorithm: str
    title: str
    purpose: Purpose | None
    initiators: list[str]
    state: State
    started: float
    duration_ms: float | None
    messages: int | None
    bound: int | float | None
    bound_kind: BoundKind | None
    bound_text: str | None
    bits: int | None
    deciders: list[str]
    missing: list[str]
    reason: str | None
    mistakes: list[str]
    witnesses: list[str]
    sentences: dict[str, Any]
    nodes: int
    version: int
    claims_wave: bool
    held_until: float | None
    waiting: int


class StatesThen(JsonForm):
    """What each node was when the wave began."""

    state: list[ShownState]
    cut: list[bool]
    load: list[int]


class ChangesThen(JsonForm):
    """What a node was from a moment on, while the wave ran: columns in the order of time."""

    t_us: list[int]
    node: list[int]
    state: list[ShownState]
    cut: list[bool]
    load: list[int]


class Decision(JsonForm):
    """Who decided, and what; the value is null where there is none, or where it was left out."""

    node: str
    value: object


class WaveResult(Wave):
    """A wave with what came out of it.

    `decisions` has every decide, the first one first; `states` the final state of each node, for a class of
    one's own; `left_out` counts the values and states that are null because there were too many to keep.
    """

    decisions: list[Decision]
    states: dict[str, object]
    left_out: int


class WaveEvents(JsonForm):
    """A wave with its events in columns, in the order of time, on the network and the states of then.

    `parents` are numbers into `nodes`, null for the root.
    """

    wave: Wave
    nodes: list[str]
    ports: list[int]
    cpus: list[int]
    roles: list[str]
    parents: list[int | None]
    began: StatesThen
    changes: ChangesThen
    links: list[tuple[str, str]]
    t_us: list[int]
    event: list[ShownEvent]
    node: list[int]
    peer: list[int | None]
    message: list[str | None]
    kind: list[str | None]
    not_kept: int


def wave_of(record: WaveRecord) -> Wave:
    """Return the wave as it stands now."""
    reason = _why_nobody(record)
    mistakes = [*record.mistakes, *record.troubles][:MISTAKES_SHOWN]
    witnesses = record.witnesses[:MISTAKES_SHOWN]
    return Wave(
        id=record.id,
        algorithm=record.algorithm.name,
        title=record.algorithm.title,
        purpose=record.purpose,
        initiators=record.initiators,
        state=record.state,
        started=round(record.started, 6),
        duration_ms=record.duration_ms,
        messages=record.messages,
        bound=record.bound,
        bound_kind=bound_kind(record.algorithm),
        bound_text=record.algorithm.bounds.messages_text or None,
        bits=record.bits,
        deciders=record.deciders,
        missing=record.missing,
        reason=reason,
        mistakes=mistakes,
        witnesses=witnesses,
        sentences=told_of(reason=reason, mistakes=mistakes, witnesses=witnesses),
        nodes=record.seen,
        version=record.version,
        claims_wave=record.algorithm.wave,
        held_until=record.held_until,
        waiting=record.waiting,
    )


def _why_nobody(record: WaveRecord) -> Text | None:
    """Say why nobody is missing from a wave that is not complete."""
    if record.state != "incomplete" or record.missing:
        return None
    if record.unreported:
        what = text("{nodes} of them had not reported it", nodes=record.unreported)
    elif record.complete and record.awaits_tree:
        what = text("the tree had not come from {node}", node=record.initiators[0])
    elif record.deciders:
        what = text("some of what they did was still under way or has failed")
    else:
        what = text("nobody has decided")
    if record.out_of_time_s is None:
        return text("no node can be named: all have taken part, and {what} when it was ended", what=what)
    return text(
        "no node can be named: all have taken part, and {what} when its time, {seconds:g} s, was over",
        what=what,
        seconds=record.out_of_time_s,
    )


def wave_result_of(record: WaveRecord) -> WaveResult:
    """Return the wave with what was decided and how its nodes ended."""
    return WaveResult(
        **dict(wave_of(record)),
        decisions=[Decision(node=node, value=value) for node, value in record.decisions],
        states=record.states,
        left_out=record.left_out,
    )


def wave_events_of(record: WaveRecord, during: NodeRecording) -> WaveEvents:
    """Return the wave with what its nodes did and were, as far as the page plays it."""
    events, topology, began, changes = record.events, record.topology, during.began, during.changes
    order = events.in_order(_SHOWN)
    return WaveEvents(
        wave=wave_of(record),
        nodes=[node.name for node in topology.nodes],
        ports=[node.port for node in topology.nodes],
        cpus=[node.cpu for node in topology.nodes],
        roles=[node.role for node in topology.nodes],
        parents=[None if node.parent is None else topology.index(node.parent) for node in topology.nodes],
        began=StatesThen(state=began.states, cut=list(map(bool, began.cuts)), load=list(began.loads)),
        changes=ChangesThen(
            t_us=[change.t_us for change in changes],
            node=[change.node for change in changes],
            state=[change.state for change in changes],
            cut=[change.cut for change in changes],
            load=[change.load for change in changes],
        ),
        links=list(topology.links),
        t_us=[events.time(at) for at in order],
        event=[cast("ShownEvent", events.event(at)) for at in order],
        node=[events.node(at) for at in order],
        peer=[events.peer(at) for at in order],
        message=[events.message(at) for at in order],
        kind=[events.kind(at) for at in order],
        not_kept=record.not_kept,
    )
