"""The foreign nodes of one wave: who of them was asked, since when, and who waits for their answers.

A foreign node is a program of somebody else's and reports nothing. What is known of it is what its neighbours
send to it and receive from it. Several that hang together pass a wave on out of everybody's sight, so to ask
one is to ask all of them.
"""

from __future__ import annotations

from topowave.topology import Topology


class ForeignNodes:
    """What the reports of a wave tell of the foreign nodes in its network.

    Args:
        topology: the network when the wave began.

    Attributes:
        names: all foreign nodes.
        unseen: those of them that have foreign neighbours only, and so are out of everybody's sight.
        began: the one through which the wave began, None where it did not begin there.
    """

    def __init__(self, topology: Topology) -> None:
        self._neighbors = near = topology.neighbors
        self.names = names = frozenset(node.name for node in topology.nodes if not node.launch)
        self.unseen = frozenset(name for name in names if near(name) and names.issuperset(near(name)))
        self.began: str | None = None
        # When each was asked first, and has answered, in microseconds; and who waits for whose answer.
        self._asked: dict[str, int] = {}
        self._answered: dict[str, int] = {}
        self._waits = set[tuple[str, str]]()

    def ask(self, node: str, peer: str, at_us: int) -> None:
        """Note that a node has asked a foreign one."""
        self._asked[peer] = min(at_us, self._asked.get(peer, at_us))
        self._waits.add((node, peer))

    def answer(self, node: str, peer: str, at_us: int) -> None:
        """Note that a foreign node has sent something to a node, which answers what it was asked."""
        if (node, peer) in self._waits:
            self._waits.remove((node, peer))
            self._answered[peer] = at_us

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._waits)

    @property
    def owing(self) -> set[str]:
        """Those for whose answer somebody waits."""
        return {peer for _, peer in self._waits}

    def has_begun(self, via: str | None) -> bool:
        """Whether the wave began at the foreign node `via`, or at one that hangs together with it."""
        return self.began in self._group(via)

    def asked_since(self, via: str | None) -> int | None:
        """Return when it, or one that hangs together with it, was asked first (us); None where none was."""
        return min((self._asked[name] for name in self._group(via) & self._asked.keys()), default=None)

    def was_asked(self, via: str | None, then: int) -> bool:
        """Whether it, or one that hangs together with it, had been asked and had not answered `then` (us)."""
        asked = self._group(via) & self._asked.keys()
        return any(self._asked[name] <= then <= self._answered.get(name, then) for name in asked)

    def _group(self, via: str | None) -> set[str]:
        """Return the foreign nodes that hang together with one: they pass a wave on without our knowing."""
        found, waiting = set[str](), [via] if via is not None and via in self.names else []
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.names.intersection(self._neighbors(name)))
        return found
