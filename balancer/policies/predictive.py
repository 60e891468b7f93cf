"""The max-load heap on tomorrow's loads: what is predicted for the next round is balanced in this one.

A node gives no more than it has now, so what is predicted to come is made room for, and what is predicted to
go is not sent away. Where nobody predicts it is the reactive heap.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    bound = "as the max-load heap, for the predicted loads; of those of now the worst never gets worse"
    wins = (
        "where load comes in a way that a model learns, and moves take long. Against a forecast that is "
        "wrong it moves what it need not"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return the heap's moves for the predicted loads, as far as the loads of now allow them."""
        if view.forecast is None:
            return heap_moves(view.nodes, self.settings.max_cpu)
        both = zip(view.nodes, view.forecast, strict=True)
        expected = [replace(node, load=max(0, round(load))) for node, load in both]
        return _possible(view, heap_moves(expected, self.settings.max_cpu))


def _possible(view: LoadView, moves: Sequence[Move]) -> list[Move]:
    """Return as much of the moves as the loads of now allow."""
    transfers = Transfers(view)
    index = {node.port: at for at, node in enumerate(view.nodes)}
    for move in moves:
        transfers.give(index[move.giver], index[move.receiver], move.count)
    return transfers.moves()
