"""Nodes that are not heard are inactive, and come back by themselves at their next word.

Every process of nodes sends heartbeats on `/observe`, and whatever else it says there counts as well. A node
that is silent gets no tasks and is left out of plans. That is not the setting `active` of its executor, which
is people's; when the node is heard again, it is as it was.

Somebody else's program that has joined by `POST /register` sends its heartbeats there. While it is silent its
neighbours are told so, and wait for it in no wave.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable

from topowave.balancer.heartbeats import LastHeard
from topowave.balancer.node_connections import NodeConnections
from topowave.balancer.sentences import with_others
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.state.node_status import NodeStatus
from topowave.topology import Node
from topowave.translation import Text, text

LISTENED_TO = frozenset({"up", "stopped"})
"""States of a node's process in which it should be heard, or is known not to be."""


class SilentNodes:
    """Looks who is silent, and tells of it.

    Args:
        lab: the nodes; their heartbeats come at the interval of its settings.
        connections: on which processes of nodes are heard.
        feed: where people read of it.
        heard_again: called with each node that is heard again.
        joined: returns other people's programs that are to send heartbeats.
    """

    def __init__(
        self,
        lab: Lab,
        connections: NodeConnections,
        feed: Feed,
        heard_again: Callable[[str], None],
        joined: Callable[[], frozenset[str]],
    ) -> None:
        self._joined = joined
        self._lab = lab
        self._connections = connections
        self._feed = feed
        self._heard_again = heard_again
        self._last = LastHeard(lab.config.heartbeat_interval, time.monotonic())

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(self._last.look_s)
            self.look()

    def listens_for(self, node: Node) -> bool:
        """Return whether a node should be heard: one of ours that runs, or one that has joined.

        Of a workload that an agent runs it is the agent that is heard.
        """
        if node.launch:
            return self._lab.status[node.name].said in LISTENED_TO
        return node.name in self._joined()

    def heard(self, name: str) -> None:
        """Note that a node has sent a heartbeat by a request of its own."""
        self._last.hear([name], time.monotonic())
        if name in self._last.silent:
            self.look()

    def reported(self) -> None:
        """Look at once whether nodes are heard again, if any are silent: a process has said something."""
        if self._last.silent:
            self.look()

    def listen(self) -> None:
        """Take from the connections when their nodes were heard last."""
        for heard_s, nodes in self._connections.heard():
            self._last.hear(nodes, heard_s)

    def unheard_s(self, name: str) -> float:
        """Return for how long a node has not been heard (s)."""
        return self._last.unheard_s(name, time.monotonic())

    def look(self) -> None:
        """Find out who is silent now, and who is heard again."""
        now_s, status = time.monotonic(), self._lab.status
        before = self._last.silent
        unheard_s = {name: self._last.unheard_s(name, now_s) for name in before}
        self.listen()
        joined = self._joined()
        watched = [node.name for node in self._lab.topology.nodes if self.listens_for(node)]
        self._last.look(now_s, watched)
        silent = self._last.silent
        if silent == before:
            return
        back = before.intersection(watched) - silent
        for name in before ^ silent:
            self._lab.set_silent(name, silent=name in silent)
        for name, others in self._together(silent - before):
            self._feed.notify(
                "node",
                _silent_text(with_others(name, others), status[name], self._last.unheard_s(name, now_s)),
                node=name,
            )
        for name, others in self._together(back):
            heard = text(
                "{node} is heard again, after {seconds:.3g} s",
                node=with_others(name, others),
                seconds=unheard_s[name],
            )
            self._feed.notify("node", heard, node=name)
        for name in back:
            self._heard_again(name)
        if not joined.isdisjoint(before ^ silent):
            self._connections.configured()  # their neighbours wait for them in no wave, or do again

    def _together(self, names: Collection[str]) -> Iterable[tuple[str, list[str]]]:
        """Return the nodes with those that share their process: they are silent together."""
        left = dict.fromkeys(name for name in self._lab.status if name in names)
        while left:
            name = next(iter(left))
            others = [other for other in self._lab.others(name) if other in left]
            for each in (name, *others):
                del left[each]
            yield name, others


def _silent_text(who: str, status: NodeStatus, unheard_s: float) -> Text:
    if status.said == "stopped":
        return text(
            "{node} is inactive: not heard for {seconds:.3g} s; its process is stopped; "
            "it gets no tasks until it is",
            node=who,
            seconds=unheard_s,
        )
    return text(
        "{node} is inactive: not heard for {seconds:.3g} s; it gets no tasks until it is",
        node=who,
        seconds=unheard_s,
    )
