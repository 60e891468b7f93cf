"""The basic computation: what termination detection and snapshots, the control algorithms, look at.

The words are Tel's (2000, ch. 8). An active node sends one or two messages to out-neighbours, and is passive
again. A message makes its receiver active. A node sends at most as many messages in all as it has out-
neighbours, so the computation ends, with at most one message for each arc of the network. Which neighbours
they are looks random but follows from the node's id, its input (if that is a whole number) and how many
messages it has sent.
"""

from __future__ import annotations

from topowave.algorithms.base import Algorithm

MASK = 2**64 - 1


def mix(*numbers: int) -> int:
    """Return a number of 64 bits that looks random and follows from `numbers`."""
    value = 0
    for each in numbers:
        value = (value + each + 0x9E3779B97F4A7C15) & MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        value ^= value >> 31
    return value


class BasicComputation(Algorithm):
    """The base of algorithms that watch such a computation; what its messages are, they say themselves."""

    def setup(self) -> None:
        self.quota = len(self.out_neighbors)

    def choose_receivers(self) -> list[int]:
        """Return to whom an active node sends one message each; they count against its quota."""
        seed = self.input if isinstance(self.input, int) else 0
        chosen: list[int] = []
        for _ in range(min(self.quota, 1 + mix(seed, self.id, self.quota, 0) % 2)):
            chosen.append(self.out_neighbors[mix(seed, self.id, self.quota, 1) % len(self.out_neighbors)])
            self.quota -= 1
        return chosen
