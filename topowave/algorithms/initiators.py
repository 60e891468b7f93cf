"""Who starts a run that names nobody."""

from __future__ import annotations

from topowave.algorithms.base import Algorithm
from topowave.algorithms.network import Network
from topowave.algorithms.requirements import Centre, LeavesInitiate, RootedTree, refusals


def usual_initiators(algorithm: type[Algorithm], network: Network, root: int = 0) -> list[int]:
    """Return the numbers of the nodes that start a run which names nobody, as a textbook would have it.

    All nodes where the class says so (`starts`, as elections do); else the root if it may start alone; else
    those that `requires` asks for: the centre, the root of a directed tree, all leaves. A network that meets
    no choice of initiators has the root, with which it is refused.

    Args:
        algorithm: what is to run.
        network: where.
        root: the number of its root, which is another than 0 only where a run asks for other identities.
    """
    if algorithm.starts == "all":
        return list(range(network.nodes))
    if not refusals("", algorithm.requires, network, (root,)):
        return [root]
    if Centre in algorithm.requires:
        return [max(range(network.nodes), key=lambda node: len(network.out[node]))]
    if RootedTree in algorithm.requires:
        return [node for node in range(network.nodes) if not network.into[node]][:1] or [root]
    if LeavesInitiate in algorithm.requires:
        return [node for node, out in enumerate(network.out) if len(out) <= 1] or [root]
    return [root]


def usual_initiators_text(algorithm: type[Algorithm]) -> str:
    """Return in words who starts a run that names nobody."""
    if algorithm.starts == "all":
        return "every node"
    if Centre in algorithm.requires:
        return "the centre"
    if LeavesInitiate in algorithm.requires:
        return "every leaf"
    return "the root"
