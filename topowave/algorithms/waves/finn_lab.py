"""The lab course's Finn: Finn's packet sent down a tree, once a node."""

from __future__ import annotations

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import RootedTree
from topowave.algorithms.waves.finn import Packet


class FinnLab(Algorithm):
    """The lab course's Finn: a broadcast down a tree that keeps Finn's books; every node acts once.

    A node that has heard from all its parents adds itself to NInc, acts when Inc = NInc, and forwards to
    its children. N-1 messages on a tree. It is not textbook Finn (`finn-full`) and no wave in Tel's sense:
    a tree that is only walked downwards is not strongly connected, and a node decides without having heard
    from those below it.
    """

    name = "finn-lab"
    title = "Lab course's Finn"
    requires = (RootedTree,)
    messages = (Packet,)
    bounds = Bounds(messages=lambda g: g.nodes - 1, messages_text="N-1", exact=True)
    view = "tree"
    wave = False
    deciders = "all"
    one_message_a_link = True

    def setup(self) -> None:
        self.inc = 1 << self.id
        self.ninc = 0
        self.unheard = set(self.in_neighbors)

    def on_start(self) -> None:
        self.act_when_all_heard()

    def on_message(self, sender: int, message: Packet) -> None:
        if sender not in self.unheard:
            return
        self.inc |= message.inc
        self.ninc |= message.ninc
        self.unheard.remove(sender)
        self.act_when_all_heard()

    def act_when_all_heard(self) -> None:
        """Once all parents are heard: add itself to NInc, decide if Inc = NInc, forward to the children."""
        if self.unheard:
            return
        self.ninc |= 1 << self.id
        if self.inc == self.ninc:
            self.decide(self.inc.bit_count())
        self.send_all(self.out_neighbors, Packet(self.inc, self.ninc))
