"""What some algorithms must be told of the network beyond a node's own neighbours.

A textbook says "processes know the diameter" or "the ring is oriented". An algorithm that relies on such a
sentence declares it in `needs`, and the runtime gives each node the number in `self.knows`; nothing else of
the network can be seen from inside a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from topowave.algorithms.network import Network

NOTHING: Mapping[str, int] = {}
"""What a node of most algorithms is told; one for all of them."""


@dataclass(frozen=True)
class Knowledge:
    """One number that a node is told before a run.

    Attributes:
        name: the key in `self.knows`.
        text: in the textbook's words.
        of: returns the number for a network and one of its nodes.
    """

    name: str
    text: str
    of: Callable[[Network, int], int]


def known(needs: Iterable[Knowledge], network: Network, node: int) -> Mapping[str, int]:
    """Return what `node` is told: one number for each of `needs`. The requirements must hold."""
    told = {need.name: need.of(network, node) for need in needs}
    return told or NOTHING


Diameter = Knowledge("diameter", "the diameter D of the network", lambda network, _: network.diameter)
Successor = Knowledge(
    "successor",
    "its successor on the ring",
    lambda network, node: network.ring[(network.place[node] + 1) % network.nodes],
)
Predecessor = Knowledge(
    "predecessor", "its predecessor on the ring", lambda network, node: network.ring[network.place[node] - 1]
)
