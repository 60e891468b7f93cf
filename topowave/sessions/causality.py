"""Causes and effects: an event is in another's past if a chain of nodes and messages leads from it there.

Lamport's "happened before" (1978): events at one node follow each other, a message is received after it was
sent, and nothing else. Each question is one walk over the record, backwards or forwards.
"""

from __future__ import annotations

from topowave.sessions.record import NOBODY, Record


def causal_past(record: Record, event: int) -> list[int]:
    """Return the events without which this one could have been another, in their order, itself left out."""
    nodes = {*record.nodes_of(event)}
    sends = {record.cause[event - 1]}
    found: list[int] = []
    for each in range(event - 1, 0, -1):
        at = record.nodes_of(each)
        if each in sends or not nodes.isdisjoint(at):
            found.append(each)
            nodes.update(at)
            if record.cause[each - 1] != NOBODY:
                sends.add(record.cause[each - 1])
    return found[::-1]


def causal_future(record: Record, event: int) -> list[int]:
    """Return the events that this one may have had a part in, in their order, itself left out."""
    nodes = {*record.nodes_of(event)}
    effects = {event}
    found: list[int] = []
    for each in range(event + 1, len(record) + 1):
        at = record.nodes_of(each)
        if record.cause[each - 1] in effects or not nodes.isdisjoint(at):
            found.append(each)
            effects.add(each)
            nodes.update(at)
    return found
