"""Every run of a small network the plain way, to hold the checker against: whole copies, nothing clever.

Written without looking at the checker's code: a state is all instances, all messages on their way each with
the set of nodes before it, who has decided, and who is still to start.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

from topowave.algorithms import Algorithm, Network
from topowave.algorithms.knowledge import known


@dataclass
class State:
    """A moment of a run."""

    nodes: list[Algorithm]
    past: list[set[int]]
    decides: list[int]
    waiting: list[int]
    way: list[tuple[int, int, object, frozenset[int]]] = field(
        default_factory=list[tuple[int, int, object, frozenset[int]]]
    )
    sent: int = 0
    wrong: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class Seen:
    """What there is to see.

    Attributes:
        states: number of different states.
        ends: number of different states in which nothing can happen any more.
        broken: properties, each with the fewest events after which it is broken.
    """

    states: int
    ends: int
    broken: dict[str, int]


def every_run(
    algorithm: type[Algorithm],
    network: Network,
    initiators: Sequence[int],
    *,
    counting: bool = False,
    most_events: int = 1_000,
) -> Seen:
    """Visit every state, breadth first; with `counting` the number of messages is part of a state."""
    level = [_first(algorithm, network, initiators)]
    seen = {_key(level[0], algorithm, network, counting=counting)}
    broken: dict[str, int] = {}
    ends = 0
    for events in range(most_events + 1):
        following: list[State] = []
        for state in level:
            after = _steps(state, algorithm, network)
            if not after:
                ends += 1
                _look_at_end(state, algorithm, network)
            for condition in state.wrong:
                broken.setdefault(condition, events)
            for next_state in after:
                key = _key(next_state, algorithm, network, counting=counting)
                if key not in seen:
                    seen.add(key)
                    following.append(next_state)
        if not following:
            break
        level = following
    return Seen(len(seen), ends, broken)


def _first(algorithm: type[Algorithm], network: Network, initiators: Sequence[int]) -> State:
    nodes = [
        algorithm(
            node,
            tuple(network.neighbors(node)),
            in_neighbors=tuple(network.into[node]),
            out_neighbors=tuple(network.out[node]),
            knows=known(algorithm.needs, network, node),
        )
        for node in range(network.nodes)
    ]
    return State(nodes, [set() for _ in nodes], [0] * len(nodes), list(initiators))


def _steps(state: State, algorithm: type[Algorithm], network: Network) -> list[State]:
    found: list[State] = []
    for node in state.waiting:
        after = copy.deepcopy(state)
        after.waiting.remove(node)
        after.nodes[node].on_start()
        _carry_out(after, node, algorithm, network)
        found.append(after)
    links: set[tuple[int, int]] = set()
    for index, (sender, to, _, _) in enumerate(state.way):
        if network.fifo and (sender, to) in links:
            continue
        links.add((sender, to))
        after = copy.deepcopy(state)
        _, _, message, before = after.way.pop(index)
        after.past[to] |= before
        after.nodes[to].on_message(sender, message)
        _carry_out(after, to, algorithm, network)
        found.append(after)
    return found


def _carry_out(state: State, node: int, algorithm: type[Algorithm], network: Network) -> None:
    state.past[node].add(node)
    for kind, first, second in state.nodes[node].effects:
        if kind == "send":
            assert isinstance(first, int)
            state.way.append((node, first, second, frozenset(state.past[node])))
            state.sent += 1
        else:
            state.decides[node] += 1
            if algorithm.wave and len(state.past[node]) < network.nodes:
                state.wrong.add("dependence")
    state.nodes[node].effects.clear()
    if max(state.decides) > 1 or (algorithm.deciders == "one" and sum(state.decides) > 1):
        state.wrong.add("decision")
    limit = algorithm.bounds.messages
    if limit is not None and state.sent > limit(network):
        state.wrong.add("bounds")


def _look_at_end(state: State, algorithm: type[Algorithm], network: Network) -> None:
    if not any(state.decides) or (algorithm.deciders == "all" and not all(state.decides)):
        state.wrong.add("decision")
    limit = algorithm.bounds.messages
    if limit is not None and algorithm.bounds.exact and state.sent < limit(network):
        state.wrong.add("bounds")


def _key(state: State, algorithm: type[Algorithm], network: Network, *, counting: bool) -> str:
    asked = algorithm.wave  # whether what precedes what is part of a state
    way = [(sender, to, repr(message), sorted(past) * asked) for sender, to, message, past in state.way]
    if network.fifo:
        way.sort(key=lambda each: each[:2])
    else:
        way.sort()
    nodes = [repr(sorted(node.state().items())) for node in state.nodes]
    past = [sorted(each) * asked for each in state.past]
    decided = [bool(count) for count in state.decides]
    return repr((nodes, past, decided, sorted(state.waiting), way, state.sent if counting else 0))
