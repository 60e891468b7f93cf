"""Work stealing: who has nothing to do takes a task from somebody whom it draws.

Each core that is idle draws a victim, any other node, and takes one task that waits there; where none does,
it has nothing in this round. Who is loaded is never disturbed by messages of its own, and where nobody is
idle there are none at all. What runs stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings
from topowave.balancer.policies.transfers import Transfers


class WorkStealing(Policy):
    """Each idle core takes a waiting task from a node that it draws."""

    name = "work-stealing"
    title = "Work stealing"
    summary = "each idle core draws a node, and takes one task that waits there"
    source = "Blumofe and Leiserson 1999"
    knows = "at each node its own load; of the others nothing, until it asks one"
    messages = "2 for each idle core in a round: a question and its answer"
    bound = (
        "for T1 of work in all, and a longest chain T of tasks that need each other, P cores expect to "
        "be done "
        "within T1/P + O(T)"
    )
    wins = (
        "where most nodes are busy most of the time: it costs nothing then. A single pile in a large "
        "idle network "
        "is found by chance, one task for each core that hits it"
    )

    def __init__(self, settings: PolicySettings) -> None:
        super().__init__(settings)
        self._asked = 0

    def plan(self, view: LoadView) -> list[Move]:
        """Return what idle cores take of those that they draw."""
        nodes = view.nodes
        waiting = [max(0, node.load - node.cpu) for node in nodes]
        transfers = Transfers(view)
        self._asked = 0
        if len(nodes) < 2:
            return []
        for thief in _idle_cores(view):
            victim = view.random.randrange(len(nodes) - 1)
            victim += victim >= thief
            self._asked += 1
            if waiting[victim]:
                waiting[victim] -= transfers.give(victim, thief, 1)
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two for each node that was asked."""
        del view
        return 2 * self._asked


def _idle_cores(view: LoadView) -> Iterator[int]:
    """Yield the node of each idle core in an order by chance, so that none is always the first."""
    order = [at for at, node in enumerate(view.nodes) if node.takes and node.load < node.cpu]
    view.random.shuffle(order)
    for at in order:
        for _ in range(view.nodes[at].cpu - view.nodes[at].load):
            yield at
