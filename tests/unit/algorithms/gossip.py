"""Gossip, the example of a class with chance: whoever knows a rumour tells it to somebody at random."""

from __future__ import annotations

from topowave.algorithms import Algorithm, Connected


class Gossip(Algorithm):
    """Rumour spreading by push (A. Demers et al., PODC 1987): one random neighbour a round."""

    requires = (Connected,)
    messages = (int,)
    wave = False
    rounds = 12

    def setup(self) -> None:
        self.left = self.rounds
        self.heard = False

    def on_start(self) -> None:
        self.on_message(self.id, 0)

    def on_message(self, sender: int, message: int) -> None:
        if not self.heard:
            self.heard = True
            self.decide(message)
            self.set_timer("round", 1)

    def on_timer(self, name: str) -> None:
        self.send(self.random.choice(self.neighbors), self.rounds - self.left)
        self.left -= 1
        if self.left:
            self.set_timer("round", 1 + self.random.random())
