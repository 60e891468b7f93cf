"""What an algorithm asks of a network and its initiators, with the reason told where it is not met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from topowave.algorithms.network import Network
from topowave.translation import text


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
            found.append(
                text("{title} needs {name}: {reason}", title=title, name=requirement.name, reason=reason)
            )
    return found


def _undirected(network: Network, _: Sequence[int]) -> str | None:
    if network.undirected:
        return None
    for node in range(network.nodes):
        for other in network.out[node]:
            if node not in network.out[other]:
                return f"{network.name(node)} can send to {network.name(other)}, but not the other way round"
    return "an arc has no opposite"


def _connected(network: Network, _: Sequence[int]) -> str | None:
    unreached = network.unreached(0) if network.nodes else []
    return f"{_some(network, unreached)} cannot be reached from {network.name(0)}" if unreached else None


def _strongly_connected(network: Network, initiators: Sequence[int]) -> str | None:
    behind = network.unreached(0, backwards=True)
    if behind:
        return f"{_some(network, behind)} cannot reach {network.name(0)}"
    return _connected(network, initiators)


def _single_initiator(_: Network, initiators: Sequence[int]) -> str | None:
    return None if len(initiators) == 1 else f"{len(initiators)} were given"


def _some_initiator(_: Network, initiators: Sequence[int]) -> str | None:
    return None if initiators else "none was given"


def _tree_below_initiator(network: Network, initiators: Sequence[int]) -> str | None:
    if len(initiators) != 1:
        return f"{len(initiators)} initiators were given"
    root = initiators[0]
    if network.into[root]:
        return f"the initiator {network.name(root)} is not the root"
    many = [node for node in range(network.nodes) if len(network.into[node]) > 1]
    if many:
        return f"{network.name(many[0])} has {len(network.into[many[0]])} parents"
    missing = network.unreached(root)
    return f"{_some(network, missing)} cannot be reached from {network.name(root)}" if missing else None


def _tree(network: Network, initiators: Sequence[int]) -> str | None:
    if network.links != network.nodes - 1:
        return f"{network.nodes} nodes have {network.links} links, in a tree they have {network.nodes - 1}"
    return _connected(network, initiators)


def _leaves_initiate(network: Network, initiators: Sequence[int]) -> str | None:
    active = set(initiators)
    idle = [node for node, out in enumerate(network.out) if len(out) <= 1 and node not in active]
    return f"{_some(network, idle)} missing" if idle else None


def _ring(network: Network, _: Sequence[int]) -> str | None:
    if network.ring:
        return None
    if network.nodes < 2:
        return "a ring has at least 2 nodes"
    degree = 2 if network.undirected and network.nodes > 2 else 1
    for node, out in enumerate(network.out):
        if len(out) != degree:
            return (
                f"{network.name(node)} has {len(out)} neighbour{'s' if len(out) != 1 else ''}, not {degree}"
            )
    return "its nodes are on more than one ring"


def _centre(network: Network, initiators: Sequence[int]) -> str | None:
    if len(initiators) != 1:
        return f"{len(initiators)} initiators were given"
    centre = initiators[0]
    beyond = [p for p in range(network.nodes) if p != centre and p not in network.out[centre]]
    return f"{network.name(centre)} is not joined to {_some(network, beyond)}" if beyond else None


def _fifo(network: Network, _: Sequence[int]) -> str | None:
    return None if network.fifo else "here a later message can overtake an earlier one"


def _some(network: Network, nodes: Sequence[int]) -> str:
    """Return how many nodes there are, with their names if there are names and few nodes."""
    names = f" ({', '.join(map(network.name, nodes))})" if network.names and len(nodes) <= 3 else ""
    return f"{len(nodes)} node{'s' if len(nodes) != 1 else ''}{names}"


Undirected = Requirement("links that work in both directions", _undirected)
Connected = Requirement("a connected network", _connected)
StronglyConnected = Requirement("a strongly connected network", _strongly_connected)
SingleInitiator = Requirement("exactly one initiator", _single_initiator)
SomeInitiator = Requirement("at least one initiator", _some_initiator)
RootedTree = Requirement("a tree whose root is the only initiator", _tree_below_initiator)
Tree = Requirement("a tree", _tree)
LeavesInitiate = Requirement("every leaf among the initiators", _leaves_initiate)
Ring = Requirement("a ring", _ring)
Centre = Requirement("one initiator that is joined to every other node", _centre)
Fifo = Requirement("links that keep messages in order (FIFO)", _fifo)
