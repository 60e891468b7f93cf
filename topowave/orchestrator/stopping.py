"""How a lab ends: its nodes first, then what they need to be told of it.

    nodes      every node is asked to end, here and on agents; the balancer lives on, since it passes on what
               agents are told and what they answer
    servants   then the balancer and the fleet; in a lab without processes on agents together with the nodes
    killed     what is left is killed, again and again

Each step has a deadline, and follows at once where the one before has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Collection

from topowave.orchestrator.hosts.hosts import Hosts
from topowave.orchestrator.limits import AGENTS_STOP_S, STOP_GRACE_S
from topowave.orchestrator.managed_process import ManagedProcess


class Stopping:
    """The end of a lab, from when it was asked for.

    Args:
        hosts: where its processes are.
        servants: those that run no nodes, the balancer first.
        now_s: the time (monotonic, s).
    """

    def __init__(self, hosts: Hosts, servants: Collection[ManagedProcess], now_s: float) -> None:
        self._hosts = hosts
        self._servants = servants
        self._balancer = next(iter(servants))
        self._nodes_until_s = now_s + STOP_GRACE_S
        self._agents_until_s: float | None = now_s + AGENTS_STOP_S
        """When agents are waited for no longer; None once they are not."""
        hosts.end_all(spared=servants)
        self._look(now_s)

    @property
    def deadline_s(self) -> float:
        """When something is to be done next (monotonic, s)."""
        if self._agents_until_s is None:
            return self._nodes_until_s
        return min(self._nodes_until_s, self._agents_until_s)

    def on_time(self, now_s: float) -> None:
        """Do what is due; to be called after every event."""
        self._look(now_s)
        if now_s >= self._nodes_until_s:
            self._nodes_until_s = now_s + STOP_GRACE_S
            self._hosts.kill_all(spared=self._servants if self._agents_until_s is not None else ())

    def _look(self, now_s: float) -> None:
        """Let the servants end once no agent is waited for."""
        if self._agents_until_s is None:
            return
        waits = self._hosts.agents.any_left and self._balancer.runs and now_s < self._agents_until_s
        if not waits:
            self._agents_until_s = None
            self._nodes_until_s = now_s + STOP_GRACE_S
            self._hosts.here.end_all()
