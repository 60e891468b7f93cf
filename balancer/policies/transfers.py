"""The moves of a plan while it is made: none that is against a rule, or makes the worst node worse."""

from __future__ import annotations

from collections.abc import Iterator

from topowave.balancer.policies.base import LoadView, Move, NodeLoad


class Transfers:
    """Takes what a policy wants to move, and moves as much of it as may go.

    Nobody gives more than the wave saw it have, whatever it takes in the same plan: moves are carried out at
    the same time. A receiver never ends with more load per core than the most loaded node had.

    Args:
        view: the loads before.
    """

    def __init__(self, view: LoadView) -> None:
        nodes = view.nodes
        self._nodes = nodes
        self._spare = [node.load if node.gives else 0 for node in nodes]
        worst = 0
        for at in range(1, len(nodes)):
            if nodes[at].load * nodes[worst].cpu > nodes[worst].load * nodes[at].cpu:
                worst = at
        self._space = [_space(node, nodes[worst]) for node in nodes]
        self._count: dict[tuple[int, int], int] = {}

    def give(self, giver: int, receiver: int, count: int) -> int:
        """Let one node give to another, by their indices, up to `count`; return how much goes."""
        going = max(0, min(count, self._spare[giver], self._space[receiver]))
        if going:
            self._spare[giver] -= going
            self._space[receiver] -= going
            self._count[giver, receiver] = self._count.get((giver, receiver), 0) + going
        return going

    def moves(self) -> list[Move]:
        """Return the plan, in the order in which pairs first came."""
        ports = [node.port for node in self._nodes]
        return [Move(ports[one], ports[other], count) for (one, other), count in self._count.items()]


def links_of(view: LoadView) -> Iterator[tuple[int, int]]:
    """Yield each link once, by the indices of its ends, the smaller one first."""
    for at, near in enumerate(view.neighbors):
        for other in near:
            if at < other:
                yield at, other


def _space(node: NodeLoad, worst: NodeLoad) -> int:
    """Return how much a node may be given: up to its room, and up to the worst node's load per core."""
    if not node.takes:
        return 0
    space = max(0, worst.load * node.cpu // worst.cpu - node.load)
    return space if node.room is None else min(space, node.room)
