"""Random choices of links: draw n on an arc depends on the seed, the arc and n, and on nothing else.

Each arc has a sequence of 64-bit numbers of its own: a linear congruential generator (multiplier and
increment of D. E. Knuth's MMIX) that begins at the arc's word of SHAKE-128 of the seed. So the order in which
a program asks does not matter, and two algorithms on the same network meet the same delays and losses.
"""

from __future__ import annotations

import sys
from array import array
from hashlib import shake_128

MULTIPLIER = 6364136223846793005
INCREMENT = 1442695040888963407
MASK = 2**64 - 1
WORD = 8
"""Bytes of a draw."""


def first_draws(seed: int, purpose: str, arcs: int) -> array[int]:
    """Return the first draw of each arc.

    Args:
        seed: of the run, any integer.
        purpose: what is drawn, as "delay" or "loss"; draws for different purposes are independent.
        arcs: how many arcs there are.
    """
    draws = array("Q")
    draws.frombytes(shake_128(f"{seed}/{purpose}".encode()).digest(WORD * arcs))
    if sys.byteorder == "big":
        draws.byteswap()
    return draws


class RandomStreams:
    """The sequences of all arcs for one purpose. Only the upper 32 bits of a draw are good in every bit."""

    def __init__(self, seed: int, purpose: str, arcs: int) -> None:
        self.state = first_draws(seed, purpose, arcs)

    def next(self, arc: int) -> int:
        """Return the next draw on `arc`, from 0 to 2**64 - 1."""
        draw = self.state[arc]
        self.state[arc] = draw * MULTIPLIER + INCREMENT & MASK
        return draw
