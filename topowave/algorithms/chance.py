"""Chance that a seed reaches: what `self.random` of a node in a wave is made of.

A node's draws depend on the seed of the run, the wave, the node's number and how often it has drawn, and on
nothing else. So a run with one seed is the same in every kernel, in a session and in a replay, whoever else
draws meanwhile. This is the one file of the algorithms that imports `random`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Chance:
    """Where the nodes of one wave have their chance from.

    Attributes:
        seed: of the run; 0 in a live lab, whose waves differ by their ids.
        wave: the wave's id.
    """

    seed: int = 0
    wave: str = ""

    def of(self, node: int) -> Random:
        """Return the generator of the node with this number, from its first draw on."""
        from random import Random  # noqa: PLC0415 - few classes draw, and every command loads this file

        return Random(f"{self.seed}/{self.wave}/{node}")  # noqa: S311 - it must be repeatable, not secret


BY_HAND = Chance()
"""What an instance has that no runtime made, as in a test of its handlers."""
