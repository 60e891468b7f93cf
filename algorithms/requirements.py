"""What an algorithm asks of a network and its initiators, with the reason told where it is not met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from algorithms.network import Network


@dataclass(frozen=True)
class Requirement:
    """A condition on a run.

    Attributes:
        name: in the textbook's words, as in "Finn needs a strongly connected network".
        unmet: returns why the condition fails for a network and its initiators, or None where it holds.
    """

    name: str
    unmet: Callable[[Network, Sequence[int]], str | None]


def refusals(
    title: str, requires: Sequence[Requirement], network: Network, initiators: Sequence[int]
) -> list[str]:
    """Return one sentence for each requirement that is not met; none if the run may start."""
    found: list[str] = []
    for requirement in requires:
        reason = requirement.unmet(network, initiators)
        if reason is not None:
            found.append(f"{title} needs {requirement.name}: {reason}")
    return found


def _undirected(network: Network, _: Sequence[int]) -> str | None:
    if network.undirected:
        return None
    for node in range(network.nodes):
        for other in network.out[node]:
            if node not in network.out[other]:
                return f"node {node} can send to node {other}, but not the other way round"
    return "an arc has no opposite"


def _connected(network: Network, _: Sequence[int]) -> str | None:
    unreached = network.unreached(0) if network.nodes else []
    missing = _count(len(unreached))
    return None if missing is None else f"{missing} cannot be reached from node 0"


def _strongly_connected(network: Network, _: Sequence[int]) -> str | None:
    behind = _count(len(network.unreached(0, backwards=True)))
    if behind is not None:
        return f"{behind} cannot reach node 0"
    ahead = _count(len(network.unreached(0)))
    return None if ahead is None else f"{ahead} cannot be reached from node 0"


def _single_initiator(_: Network, initiators: Sequence[int]) -> str | None:
    return None if len(initiators) == 1 else f"{len(initiators)} were given"


def _some_initiator(_: Network, initiators: Sequence[int]) -> str | None:
    return None if initiators else "none was given"


def _tree_below_initiator(network: Network, initiators: Sequence[int]) -> str | None:
    if len(initiators) != 1:
        return f"{len(initiators)} initiators were given"
    if network.into[initiators[0]]:
        return "the initiator is not the root"
    many = [node for node in range(network.nodes) if len(network.into[node]) > 1]
    if many:
        return f"node {many[0]} has {len(network.into[many[0]])} parents"
    missing = _count(len(network.unreached(initiators[0])))
    return None if missing is None else f"{missing} not below the initiator"


def _count(nodes: int) -> str | None:
    return None if nodes == 0 else f"{nodes} node{'s' if nodes > 1 else ''}"


Undirected = Requirement("links that work in both directions", _undirected)
Connected = Requirement("a connected network", _connected)
StronglyConnected = Requirement("a strongly connected network", _strongly_connected)
SingleInitiator = Requirement("exactly one initiator", _single_initiator)
SomeInitiator = Requirement("at least one initiator", _some_initiator)
RootedTree = Requirement("a tree whose root is the only initiator", _tree_below_initiator)
