"""The forecasts of a lab: a model for each node, what it predicts, how right it was, and whom it warns of.

Once a round it is shown what the wave read; after the round it is told what really moved. Both runtimes use
it: the balancer of a live lab and virtual time.

A node that does not answer has no prediction. Is it back within ROUNDS_AWAY rounds its model goes on from
the load that it comes with; later it begins anew, as a new node does. In a network that follows another one
nodes that stay keep their models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from topowave.forecasts.base import Forecast, Prediction, Surprise
from topowave.forecasts.bottlenecks import Bottleneck, Bottlenecks
from topowave.forecasts.last_value import LastValue
from topowave.forecasts.limits import ROUNDS_AWAY
from topowave.forecasts.registry import OWN
from topowave.forecasts.scores import RoundScores, Score

Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a wave read of a node: its port, its cores, and its load (cores)."""

    node: int
    cpu: int
    load: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is predicted in a round.

    Attributes:
        readings: what was read.
        predictions: of each of them, in the same order.
        alerts: of nodes that are first told of now.
    """

    readings: tuple[Reading, ...]
    predictions: tuple[Prediction, ...]
    alerts: tuple[Bottleneck, ...]

    @property
    def loads(self) -> tuple[float, ...]:
        """What a policy reads: the load of each node in the next round, if nothing is moved (cores).

        It is below 0 where a node will have got done so much more than it has.
        """
        both = zip(self.readings, self.predictions, strict=True)
        return tuple(reading.load + prediction.change for reading, prediction in both)

    def followed(self, ports: Mapping[int, int]) -> Outlook:
        """Return what is predicted of those that are in the network that follows, by their ports there."""
        both = zip(self.readings, self.predictions, strict=True)
        stay = [(replace(each, node=ports[each.node]), said) for each, said in both if each.node in ports]
        alerts = (replace(each, node=ports[each.node]) for each in self.alerts if each.node in ports)
        return Outlook(tuple(each for each, _ in stay), tuple(said for _, said in stay), tuple(alerts))


class Forecaster:
    """The models of one lab, from when the forecast was chosen on.

    Args:
        kind: the forecast that was chosen.
        max_cpu: percent of its cores from which a node counts as overloaded; may be set anew at any time.
        rivals: forecasts that are only scored beside it.

    Attributes:
        kind: as given.
        bottlenecks: the alerts, and how many were right.
        outlook: what was predicted last; None before the first round.
    """

    def __init__(
        self, kind: type[Forecast], max_cpu: float = 75.0, rivals: Sequence[type[Forecast]] = OWN
    ) -> None:
        self.kind = kind
        self.max_cpu = max_cpu
        self.bottlenecks = Bottlenecks()
        self.outlook: Outlook | None = None
        kinds = dict.fromkeys([kind, *rivals])
        self._scores = {each: RoundScores() for each in kinds}
        self._models: dict[int, list[Forecast]] = {}
        self._answered: dict[int, int] = {}
        self._moved: dict[int, float] = {}
        self._round = 0

    def observe(self, readings: Sequence[Reading]) -> Outlook:
        """Learn what a wave read, and return what is predicted for the next round.

        Args:
            readings: at most one of each node; of those that did not answer there is none.
        """
        predictions: list[Prediction] = []
        alerts: list[Bottleneck] = []
        surprises: dict[type[Forecast], list[Surprise]] = {kind: [] for kind in self._scores}
        for each in readings:
            moved = self._moved.get(each.node, 0.0)
            self._learn(each, moved, surprises)
            prediction = self._models[each.node][0].predict()
            predictions.append(prediction)
            alert = self.bottlenecks.look(each.node, each.load, moved, each.cpu, prediction, self.max_cpu)
            if alert is not None:
                alerts.append(alert)
        for kind, found in surprises.items():
            self._scores[kind].add(found)
        self._moved.clear()
        self._forget()
        self._round += 1
        self.outlook = Outlook(tuple(readings), tuple(predictions), tuple(alerts))
        return self.outlook

    def moved(self, giver: int, receiver: int, cores: float) -> None:
        """Note what a move took from one node to another since the last wave, by their ports."""
        self._moved[giver] = self._moved.get(giver, 0.0) - cores
        self._moved[receiver] = self._moved.get(receiver, 0.0) + cores

    def follow(self, ports: Mapping[int, int]) -> None:
        """Go on in a network that follows: nodes that stay keep what was learnt, others are forgotten.

        Args:
            ports: of each node that stays, by the port that it had.
        """
        self._models = _followed(self._models, ports)
        self._answered = _followed(self._answered, ports)
        self._moved = _followed(self._moved, ports)
        self.bottlenecks.follow(ports)
        self.outlook = None if self.outlook is None else self.outlook.followed(ports)

    def scores(self) -> dict[str, Score]:
        """Return the score of each model over the last rounds, by its name, the chosen one first."""
        return {kind.name: scores.late() for kind, scores in self._scores.items()}

    def whole_score(self, kind: type[Forecast] | None = None) -> Score:
        """Return the score of a model since the beginning; by default of the one that was chosen."""
        return self._scores[kind or self.kind].whole()

    def better_than_last_value(self) -> float | None:
        """Return by how many percent the chosen one's late error is below that of the last value."""
        naive = self._scores.get(LastValue)
        return None if naive is None else self._scores[self.kind].late().better_than(naive.late())

    def _learn(self, reading: Reading, moved: float, surprises: dict[type[Forecast], list[Surprise]]) -> None:
        """Let the models of a node learn what was read of it."""
        models = self._models.get(reading.node)
        if models is None:
            models = self._models[reading.node] = [kind() for kind in self._scores]
        away = self._round - self._answered.get(reading.node, self._round - 1) > 1
        self._answered[reading.node] = self._round
        for kind, model in zip(self._scores, models, strict=True):
            if away:
                model.resume(reading.load)
                continue
            surprise = model.learn(reading.load, moved)
            if surprise is not None:
                surprises[kind].append(surprise)

    def _forget(self) -> None:
        """Forget the nodes that have not answered for long."""
        for node in [node for node, last in self._answered.items() if self._round - last > ROUNDS_AWAY]:
            del self._answered[node], self._models[node]
            self.bottlenecks.forget(node)


def _followed(known: Mapping[int, Known], ports: Mapping[int, int]) -> dict[int, Known]:
    """Return what is known of the nodes that stay, by their new ports."""
    return {ports[node]: each for node, each in known.items() if node in ports}
