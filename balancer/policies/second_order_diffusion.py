"""Second order diffusion: what flowed over a link in the last round goes on, as if it had mass.

The flow of a round is beta times that of first order, and beta - 1 times its own last one, in the loads
l(t+1) = beta M l(t) + (1 - beta) l(t-1). The best beta follows from the convergence gamma of first order:
2/(1 + sqrt(1 - gamma^2)). The distance to the balance then shrinks by sqrt(beta - 1) a round, so that it
takes about the square root of the rounds of first order.

As published a node may be made to give more than it has, or be filled above all others; here neither goes
(`Transfers`). A flow that could not go is forgotten, and flows of no whole task are none: so it comes to rest
where first order does.
"""

from __future__ import annotations

from math import sqrt

from topowave.balancer.policies.base import LoadView, Move, Policy, PolicySettings
from topowave.balancer.policies.diffusion_matrix import convergence
from topowave.balancer.policies.first_order_diffusion import slope
from topowave.balancer.policies.transfers import Transfers, links_of


class SecondOrderDiffusion(Policy):
    """Loads flow over links as waves do that a friction stops."""

    name = "second-order-diffusion"
    title = "Second order diffusion"
    summary = "first order diffusion in which the last round's flow over a link goes on"
    source = "Muthukrishnan, Ghosh and Schultz 1998"
    knows = (
        "at each node its own load and cores, those of its neighbours and the last flow over its links; the "
        "convergence of the network, once, at the start"
    )
    messages = "2 a link in a round: each end tells the other its load"
    bound = (
        "without rounding the distance to the balance shrinks in each round by sqrt(beta - 1), where "
        "beta = 2/(1 + sqrt(1 - gamma^2)) for the gamma of first order diffusion"
    )
    wins = (
        "as first order diffusion, on paths and deep trees in about the square root of its rounds; it "
        "moves more "
        "tasks, some of them there and back"
    )

    def __init__(self, settings: PolicySettings) -> None:
        super().__init__(settings)
        self._flows: dict[tuple[int, int], int] = {}
        self._network: object = None
        self._beta = 1.0

    def plan(self, view: LoadView) -> list[Move]:
        """Return the flow over each link, in whole tasks."""
        self._look_at(view)
        transfers = Transfers(view)
        flows: dict[tuple[int, int], int] = {}
        for one, other in links_of(view):
            link = view.nodes[one].port, view.nodes[other].port
            steep, by = slope(view, one, other)
            wanted = int(self._beta * (steep / by) + (self._beta - 1) * self._flows.get(link, 0))
            if wanted > 0:
                flows[link] = transfers.give(one, other, wanted)
            elif wanted < 0:
                flows[link] = -transfers.give(other, one, -wanted)
        self._flows = flows
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two a link."""
        return sum(map(len, view.neighbors))

    def _look_at(self, view: LoadView) -> None:
        """Compute the best beta anew where the network is another one."""
        network = [(node.port, node.cpu) for node in view.nodes], [tuple(near) for near in view.neighbors]
        if network != self._network:
            self._network = network
            gamma = convergence(view)
            self._beta = 2 / (1 + sqrt(max(0.0, 1 - gamma * gamma)))
            self._flows = {}
