"""Sender-initiated probing: who is above the threshold asks some nodes by chance to take a task.

Of up to three the first that is below the threshold takes it. In the paper a node asks when a task comes in,
and here once a round, for one task after the other, until all three have refused one.
"""

from __future__ import annotations

from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings
from topowave.balancer.policies.probing import drawn, improves, is_over, is_under
from topowave.balancer.policies.transfers import Transfers


class SenderInitiated(Policy):
    """Who has too much to do asks a few others."""

    name = "sender-initiated"
    title = "Sender-initiated probing"
    summary = (
        "each node above max_cpu percent asks up to three nodes by chance for each task too many, until all "
        "three are at max_cpu themselves"
    )
    source = "Eager, Lazowska and Zahorjan 1986, the threshold policy"
    reads = ("max_cpu",)
    knows = "at each node its own load; of the others nothing, until it asks one"
    messages = "2 for each node that is asked: at most three in vain for each that is above max_cpu"
    wins = (
        "at low and moderate load: most of those who are asked are free. At high load busy nodes ask "
        "busy nodes, "
        "and receivers know better"
    )

    def __init__(self, settings: PolicySettings) -> None:
        super().__init__(settings)
        self._asked = 0

    def plan(self, view: LoadView) -> list[Move]:
        """Return what is taken of those who ask."""
        transfers = Transfers(view)
        load = [node.load for node in view.nodes]
        order = list(range(len(load)))
        view.random.shuffle(order)
        self._asked = 0
        for asker in order:
            cpu = view.nodes[asker].cpu
            while is_over(load[asker], cpu, self.settings.max_cpu):
                if not self._one_is_taken(view, load, asker, transfers):
                    break
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two for each node that was asked."""
        del view
        return 2 * self._asked

    def _one_is_taken(self, view: LoadView, load: list[int], asker: int, transfers: Transfers) -> bool:
        for other in drawn(view, asker):
            self._asked += 1
            under = is_under(load[other], view.nodes[other].cpu, self.settings.max_cpu)
            if under and improves(view, load, asker, other) and transfers.give(asker, other, 1):
                load[asker] -= 1
                load[other] += 1
                return True
        return False
