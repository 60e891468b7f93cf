"""Alerts: nodes that are not overloaded, and are predicted to be in the next round.

An alert is told once. The node is quiet again when its load and its forecast are both below CALM_PERCENT of
the limit; until then no second alert is told of it, so that a forecast that wavers around the limit does not
tell one a round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topowave.forecasts.base import Prediction
from topowave.forecasts.limits import CALM_PERCENT
from topowave.translation import Text, text


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A node that is predicted to be overloaded in the next round, if nothing is moved.

    Attributes:
        node: its port.
        load: what it has now (cores).
        cpu: its cores.
        prediction: what is predicted of it.
        limit: the load from which it counts as overloaded (cores): max_cpu percent of its cores.
    """

    node: int
    load: float
    cpu: int
    prediction: Prediction
    limit: float

    @property
    def reason(self) -> Text:
        """Why it is told, in one sentence without its subject."""
        said = self.prediction
        return text(
            "a load of {mean:.1f} cores is predicted for the next round ({low:.1f} to {high:.1f}), now it is "
            "{load:g}; from {limit:g} of its {cpu} on it is overloaded",
            mean=said.mean,
            low=said.low,
            high=said.high,
            load=self.load,
            limit=self.limit,
            cpu=self.cpu,
        )


class Bottlenecks:
    """Who was told of, and whether that was right.

    Attributes:
        alerts: how many were told.
        hits: of how many the node would have been overloaded in the next round, had nothing been moved.
    """

    def __init__(self) -> None:
        self.alerts = self.hits = 0
        self._told: set[int] = set()
        self._expected: set[int] = set()

    def look(
        self, node: int, load: float, moved: float, cpu: int, prediction: Prediction, max_cpu: float
    ) -> Bottleneck | None:
        """Return the alert that a node gives in this round, if it does.

        Args:
            node: its port.
            load: what was read of it (cores).
            moved: what moves brought it since the last round, less what they took.
            cpu: its cores.
            prediction: of the next round.
            max_cpu: percent of its cores from which it counts as overloaded.
        """
        limit = cpu * max_cpu / 100
        if node in self._expected:
            self._expected.discard(node)
            self.hits += load - moved >= limit
        if node in self._told and max(load, prediction.mean) < limit * CALM_PERCENT / 100:
            self._told.discard(node)
        if prediction.cold or load >= limit or prediction.mean < limit or node in self._told:
            return None
        self.alerts += 1
        self._told.add(node)
        self._expected.add(node)
        return Bottleneck(node, load, cpu, prediction, limit)

    @property
    def told(self) -> frozenset[int]:
        """The nodes that were told of and are not quiet yet."""
        return frozenset(self._told)

    def follow(self, ports: Mapping[int, int]) -> None:
        """Go on in a network that follows, in which nodes that stay have these ports; others are gone."""
        self._told = {ports[node] for node in self._told if node in ports}
        self._expected = {ports[node] for node in self._expected if node in ports}

    def forget(self, node: int) -> None:
        """A node is gone."""
        self._told.discard(node)
        self._expected.discard(node)
