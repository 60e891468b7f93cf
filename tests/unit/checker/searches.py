"""Searches of one network as the checker makes them, for tests to look into."""

from __future__ import annotations

from topowave.algorithms import Algorithm, Network
from topowave.checker.local_transitions import LocalTransitions
from topowave.checker.properties import Rules
from topowave.checker.search import Found, Search
from topowave.checker.state_space import Budget, StateSpace


def search(
    algorithm: type[Algorithm],
    network: Network,
    initiators: tuple[int, ...],
    *,
    reduce: bool,
    max_states: int = 200_000,
) -> tuple[Search, Found | None]:
    """Search one network, with or without leaving out messages that can change nothing."""
    names = [str(node) for node in range(network.nodes)]
    rules = Rules(algorithm, network, names, faulty=False)
    space = StateSpace(LocalTransitions(algorithm, network, names), rules, initiators, Budget())
    made = Search(space, rules, initiators=initiators if reduce else None, max_states=max_states)
    return made, made.run()


def ends(of: Search) -> set[tuple[tuple[object, ...], int]]:
    """What runs end with: each node's state and what it depends on, and the least and most messages."""
    least, most = of.graph.counts(of.graph.order()[0])
    found: set[tuple[tuple[object, ...], int]] = set()
    for number, state in enumerate(of.states):
        if of.space.is_terminal(state):
            processes = tuple(
                (of.space.nodes.shown(process.local), process.past, process.decided)
                for process in of.space.processes(state)
            )
            found |= {(processes, least[number]), (processes, most[number])}
    return found
