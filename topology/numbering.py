"""In which order algorithms number the nodes: depth first, but a ring around the ring.

Textbooks number a ring around it, and state the worst and the best case of an election for identities that
rise or fall on the way. The tree of a ring has two branches, so depth first they would do both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def numbered(names: Sequence[str], neighbors: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names by number.

    Args:
        names: of the nodes of a connected network, in depth-first order.
        neighbors: of each node, in its own order.
    """
    if len(names) < 3 or any(len(near) != 2 for near in neighbors.values()):
        return tuple(names)
    order = [names[0], neighbors[names[0]][0]]
    while len(order) < len(names):
        order.append(next(name for name in neighbors[order[-1]] if name != order[-2]))
    return tuple(order)
