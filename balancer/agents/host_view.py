"""Where nodes may run now: what is known of agents, as the one who places nodes wants it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection

from topowave.balancer.agents.registry import AgentRegistry
from topowave.balancer.limits import AGENTS_WAIT
from topowave.balancer.scaling.hosts import Host, Hosts
from topowave.balancer.start import BalancerStart
from topowave.balancer.state.lab import Lab
from topowave.topology import Topology
from topowave.translation import counted, text


class HostView:
    """Looks at the agents.

    Args:
        registry: who is alive.
        lab: the network that runs.
        start: whether nodes run on agents only, and how many of these are expected.
    """

    def __init__(self, registry: AgentRegistry, lab: Lab, start: BalancerStart) -> None:
        self._registry = registry
        self._lab = lab
        self._here = start.places == "here"
        self._expected = start.agents
        self._has_begun = self._here or any(node.agent is not None for node in start.topology.nodes)
        self._first_s: float | None = None
        self._counted: Topology | None = None
        self._on = Counter[str | None]()
        """How many nodes of that network each agent has; None for this machine."""

    def hosts(self, leaving: Collection[str]) -> Hosts:
        """Return where nodes may run; those that are to leave are not counted."""
        topology = self._lab.topology
        if topology is not self._counted:  # which is asked at each change of a node, in a large network too
            self._counted, self._on = topology, Counter(node.agent for node in topology.nodes)
        count = self._on - Counter(topology.node(name).agent for name in leaving if name in self._lab.status)
        alive = [
            Host(
                agent.name,
                agent.hello.host,
                agent.hello.port,
                count[agent.name],
                agent.hello.workload is None,
                frozenset(agent.taken_ports),
            )
            for agent in self._registry.alive
            if agent.hello is not None
        ]
        gone = {
            name: text("has left") if self._registry.find(name) is None else text("is silent")
            for name in self._on
            if name is not None and self._registry.is_gone(name)
        }
        return Hosts(tuple(alive), gone, self._here, self._waiting(len(alive)))

    def _waiting(self, alive: int) -> str | None:
        """Return why a lab on agents does not begin yet: the first network goes to all of them at once."""
        if self._has_begun:
            return None
        now_s = time.monotonic()
        if alive and self._first_s is None:
            self._first_s = now_s
        patience_s = AGENTS_WAIT - (0.0 if self._first_s is None else now_s - self._first_s)
        if alive >= max(1, self._expected) or (alive and patience_s <= 0):
            self._has_begun = True
            return None
        if not alive:
            return counted(
                "no agent is there yet; {count} is expected",
                "no agent is there yet; {count} are expected",
                max(1, self._expected),
            )
        return text(
            "{there} of {expected} agents are there; the others have {seconds:g} s to come",
            there=alive,
            expected=self._expected,
            seconds=AGENTS_WAIT,
        )
