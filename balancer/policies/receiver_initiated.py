"""Receiver-initiated probing: who is below the threshold asks up to three nodes by chance for a task.

The first of them that is above the threshold also without the task gives one. In the paper a node asks when
it has finished a task, and here once a round.
"""

from __future__ import annotations

from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings
from topowave.balancer.policies.probing import drawn, improves, is_over, is_under
from topowave.balancer.policies.transfers import Transfers


class ReceiverInitiated(Policy):
    """Who has little to do asks a few others."""

    name = "receiver-initiated"
    title = "Receiver-initiated probing"
    summary = (
        "each node below max_cpu percent asks up to three nodes by chance, and takes one task of the first "
        "that stays at max_cpu without it"
    )
    source = "Eager, Lazowska and Zahorjan 1986"
    reads = ("max_cpu",)
    knows = "at each node its own load; of the others nothing, until it asks one"
    messages = "2 for each node that is asked, at most three for each that is below max_cpu"
    wins = (
        "at high load: there are few who ask, and most of those whom they ask have something. At low load "
        "most questions are in vain, and senders know better"
    )

    def __init__(self, settings: PolicySettings) -> None:
        super().__init__(settings)
        self._asked = 0

    def plan(self, view: LoadView) -> list[Move]:
        """Return what those who ask are given."""
        transfers = Transfers(view)
        load = [node.load for node in view.nodes]
        order = list(range(len(load)))
        view.random.shuffle(order)
        self._asked = 0
        for asker in order:
            node = view.nodes[asker]
            if not node.takes or not is_under(load[asker], node.cpu, self.settings.max_cpu):
                continue
            for other in drawn(view, asker):
                self._asked += 1
                over = is_over(load[other], view.nodes[other].cpu, self.settings.max_cpu)
                if over and improves(view, load, other, asker) and transfers.give(other, asker, 1):
                    load[other] -= 1
                    load[asker] += 1
                    break
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two for each node that was asked."""
        del view
        return 2 * self._asked
