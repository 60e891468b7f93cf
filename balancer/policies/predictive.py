"""The max-load heap on the loads of the next round: what is predicted to come is made room for in this one.

The forecast of a node is its load in the next round if nothing is moved, and below 0 where it will have got
done more than it has: such a node takes that much more than an idle one, so that it has enough to do until
the next round. A forecast may be wrong, and an interrupted task begins anew; so on account of a forecast a
node gives only what waits. What runs it gives where the heap would have it do so without any forecast. Where
nobody predicts it is the reactive heap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.balancer.policies.max_load_heap import heap_moves
from topowave.balancer.policies.transfers import Transfers


class Predictive(Policy):
    """The max-load heap, on a forecast of the loads."""

    name = "predictive"
    title = "Predictive"
    summary = "the max-load heap on the loads that are predicted for the next round; reactive without one"
    source = "the max-load heap, on a forecast"
    reads = ("max_cpu",)
    knows = "the cores, the load and the forecast of every node, at the balancer"
    messages = "none beside the wave that reads the loads"
    bound = (
        "of the loads of now the worst never gets worse, and no task is interrupted that the max-load heap "
        "would not interrupt; as the heap, for the predicted loads"
    )
    wins = (
        "where each node has a stream of tasks of its own that lasts for many rounds, and rounds and moves "
        "take about as long as tasks or longer. With the forecast last-value, or none, it is max-load-heap"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return the heap's moves for the predicted loads, as far as the loads of now allow them."""
        max_cpu = self.settings.max_cpu
        now = heap_moves(view.nodes, max_cpu)
        if view.forecast is None:
            return now
        both = zip(view.nodes, view.forecast, strict=True)
        then = heap_moves([replace(node, load=round(load)) for node, load in both], max_cpu)
        reactive = Counter[int]()
        for move in now:
            reactive[move.giver] += move.count
        spare = {node.port: max(node.load - node.cpu, reactive[node.port]) for node in view.nodes}
        return _possible(view, then, spare)


def _possible(view: LoadView, moves: Iterable[Move], spare: dict[int, int]) -> list[Move]:
    """Return as much of the moves as the loads of now allow, and no more of a node than it can spare."""
    transfers = Transfers(view)
    index = {node.port: at for at, node in enumerate(view.nodes)}
    for move in moves:
        going = min(move.count, spare[move.giver])
        spare[move.giver] -= transfers.give(index[move.giver], index[move.receiver], going)
    return transfers.moves()
