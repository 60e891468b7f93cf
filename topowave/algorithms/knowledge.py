"""What some algorithms must be told of the network beyond a node's own neighbours.

A textbook says "processes know the diameter" or "the ring is oriented". An algorithm that relies on such a
sentence declares it in `needs`, and the runtime gives each node the number in `self.knows`; nothing else of
the network can be seen from inside a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from topowave.algorithms.network import Network
from topowave.algorithms.requirements import (
    Centre,
    Connected,
    Requirement,
    Ring,
    RootedTree,
    StronglyConnected,
    Tree,
)


class Known(dict[str, int]):
    """What a node is told, by name."""

    def __missing__(self, name: str) -> int:
        """Raises NotKnownError."""
        raise NotKnownError(name, list(self))


class NotKnownError(KeyError):
    """A node has asked `self.knows` for what it was not told."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(name)
        self._known = known

    def __str__(self) -> str:
        told = f"`needs` gives it {', '.join(self._known)}" if self._known else "the class has no `needs`"
        return f"a node does not know {self.args[0]!r}; {told}"


NOTHING: Mapping[str, int] = Known()
"""What a node of most algorithms is told; one for all of them."""


@dataclass(frozen=True)
class Knowledge:
    """One number that a node is told before a run.

    Attributes:
        name: the key in `self.knows`.
        text: in the textbook's words.
        of: returns the number for a network and one of its nodes.
        given_by: requirements of which a class that needs it has at least one, if any are named: without
            them there are networks that have no such number.
        is_node: whether it is the number of a node.
    """

    name: str
    text: str
    of: Callable[[Network, int], int]
    given_by: tuple[Requirement, ...] = ()
    is_node: bool = False


def known(needs: Iterable[Knowledge], network: Network, node: int) -> Mapping[str, int]:
    """Return what `node` is told: one number for each of `needs`. The requirements must hold."""
    told = Known((need.name, need.of(network, node)) for need in needs)
    return told or NOTHING


Diameter = Knowledge(
    "diameter",
    "the diameter D of the network",
    lambda network, _: network.diameter,
    (Connected, StronglyConnected, Tree, RootedTree, Ring, Centre),
)
Successor = Knowledge(
    "successor",
    "its successor on the ring",
    lambda network, node: network.ring[(network.place[node] + 1) % network.nodes],
    (Ring,),
    is_node=True,
)
Predecessor = Knowledge(
    "predecessor",
    "its predecessor on the ring",
    lambda network, node: network.ring[network.place[node] - 1],
    (Ring,),
    is_node=True,
)
