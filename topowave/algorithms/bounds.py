"""What a theorem promises of a run: limits as functions of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from topowave.algorithms.network import Network

Limit = Callable[[Network], float]


@dataclass(frozen=True)
class Bounds:
    """Proven limits of one algorithm; None where nothing is proven.

    Attributes:
        messages: limit on the number of messages of one wave.
        messages_text: the same as a formula, for people.
        exact: whether a run sends exactly that many messages, when no node fails.
        time: limit on the time of a wave in which every message takes at most one unit and all initiators
            start at time 0, up to the last decision.
        time_text: the same as a formula.
    """

    messages: Limit | None = None
    messages_text: str = ""
    exact: bool = False
    time: Limit | None = None
    time_text: str = ""
