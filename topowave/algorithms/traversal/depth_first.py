"""The classical depth-first traversal."""

from __future__ import annotations

from collections.abc import Sequence

from topowave.algorithms.traversal.tarry import Tarry


class DepthFirst(Tarry):
    """Depth-first traversal: Tarry's two rules and a third, so that the parents are a depth-first tree.

    The third rule: a node sends the token straight back to where it came from, where the other two allow it.
    So a token that runs into a visited node turns round at once; every link outside the tree joins a node to
    one of its ancestors.

    T.-Y. Cheung, "Graph traversal techniques and the maximum flow problem in distributed computation",
    IEEE TSE 9(4), 1983; G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    title = "Depth first"

    def choose(self, sender: int, allowed: Sequence[int]) -> int:
        return sender if sender in allowed else allowed[0]
