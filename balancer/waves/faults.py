"""What a class did wrong in a wave, as its record has it: what the simulator would say of the same events."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from topowave.algorithms import Algorithm
from topowave.balancer.waves.event_columns import EventColumns
from topowave.runtime.judgement import WaveJudge, decision_faults
from topowave.topology import Topology

JUDGED = frozenset({"start", "send", "receive", "timer", "down", "decide"})
"""Events from which it follows whether a wave is right."""


def faults_of_decisions(
    algorithm: type[Algorithm],
    topology: Topology,
    scope: Collection[str],
    decisions: Sequence[tuple[str, object]],
) -> list[str]:
    """Return what is wrong whatever else happened, a sentence each.

    Args:
        algorithm: what ran.
        topology: the network.
        scope: the nodes that should have taken part.
        decisions: who decided what.
    """
    names, numbers = _numbered(topology, scope)
    deciders = [topology.index(node) for node, _ in decisions]
    return decision_faults(deciders, algorithm.deciders, names, numbers, over=False)


def faults_of_events(
    algorithm: type[Algorithm],
    topology: Topology,
    scope: Collection[str],
    events: EventColumns,
    *,
    over: bool,
) -> list[str]:
    """Return what is wrong by events of which none is missing, a sentence each.

    Args:
        algorithm: what ran.
        topology: the network; what its foreign nodes did is not seen.
        scope: the nodes that should have taken part.
        events: all that happened.
        over: whether nothing can happen any more.
    """
    names, numbers = _numbered(topology, scope)
    unseen = [number for number, node in enumerate(topology.nodes) if not node.launch]
    judge = WaveJudge(algorithm, names, numbers, unseen=unseen)
    for at in events.in_order(JUDGED):
        kind, node = events.event(at), events.node(at)
        if kind == "send":
            judge.sent(node, events.peer(at), events.message_key(at))
        elif kind == "receive":
            judge.received(node, events.peer(at), events.message_key(at))
        elif kind == "decide":
            judge.decided(node)
        else:
            judge.happened(node)
    return judge.faults(over=over)


def _numbered(topology: Topology, scope: Collection[str]) -> tuple[list[str], list[int]]:
    """Return the names of all nodes, and the numbers of those in the scope."""
    names = [node.name for node in topology.nodes]
    return names, [number for number, name in enumerate(names) if name in scope]
