"""What is broken at the moment: nodes that are down, links that are cut, and who has noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topowave.runtime.graph import Graph
from topowave.simulator.fault_plan import Fault


class FaultState:
    """The state of nodes and links as faults change it.

    Attributes:
        down: nodes that have crashed and not come back.
        incarnations: how often a node has come back without its state.
        suspected: pairs of a node and the neighbour that its failure detector has given up.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._cut: set[tuple[int, int]] = set()
        self.down: set[int] = set()
        self.incarnations: dict[int, int] = {}
        self.suspected: set[tuple[int, int]] = set()

    def apply(self, fault: Fault) -> None:
        """Change the state as a fault says. What is repaired is no longer suspected."""
        if fault.kind == "crash":
            self.down.update(fault.nodes)
        elif fault.kind == "restart":
            self.down.difference_update(fault.nodes)
            if not fault.keep:
                for node in fault.nodes:
                    self.incarnations[node] = self.incarnations.get(node, 0) + 1
        elif fault.kind == "cut":
            self._cut.add((fault.nodes[0], fault.nodes[1]))
        elif fault.kind == "partition":
            self._cut.update(fault.links)
        elif fault.kind == "mend":
            self._cut.discard((fault.nodes[0], fault.nodes[1]))
        else:
            self._cut.clear()
        self.suspected = {pair for pair in self.suspected if self.obstacle(*pair) is not None}

    def obstacle(self, sender: int, to: int) -> str | None:
        """Return why nothing gets from `sender` to `to` now, or None if something does."""
        if to in self.down:
            return "receiver down"
        if self._cut and (min(sender, to), max(sender, to)) in self._cut:
            return "link cut"
        return None

    def cut(self, a: int, b: int) -> bool:
        """Whether the link between two neighbours is cut."""
        return bool(self._cut) and (min(a, b), max(a, b)) in self._cut

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """The links that are cut, each with its smaller node first."""
        return sorted(self._cut)

    def _neighbors(self, node: int) -> Iterable[int]:
        """Who is joined to a node, in either direction."""
        if self._graph.undirected:
            return self._graph.rows[node]
        return dict.fromkeys((*self._graph.into[node], *self._graph.rows[node]))

    def notice(self, fault: Fault) -> Iterator[tuple[int, int]]:
        """Yield who has to give up whom because of a fault that has lasted, and remember it."""
        if fault.kind == "crash":
            pairs = [(other, node) for node in fault.nodes for other in self._neighbors(node)]
        else:
            ends = [fault.nodes] if fault.kind == "cut" else list(fault.links)
            pairs = [pair for a, b in ends for pair in ((a, b), (b, a))]
        for pair in pairs:
            if pair not in self.suspected and self.obstacle(*pair) is not None:
                self.suspected.add(pair)
                yield pair
