"""The forecast of a live lab: learns what each round's wave read, predicts for policies, and warns people.

What is learnt and predicted is kept as one object that never changes, since it is made in a thread (a model
of a library may take milliseconds a node) while others read it. A forecast that fails predicts nothing in
that round; balancing goes on without it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from topowave.balancer.limits import ALERTS_TOLD, PROBLEM_CHARS
from topowave.balancer.policies.base import NodeLoad
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.threads import in_a_thread
from topowave.forecasts import FORECASTS, Forecast, Forecaster, Outlook, Reading, Score
from topowave.forecasts.last_value import LastValue
from topowave.logs import fields
from topowave.topology import Topology
from topowave.topology.config import NO_FORECAST
from topowave.translation import Text, counted, text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """What is known of a lab's forecast after a round.

    Attributes:
        name: of the forecast; NO_FORECAST for none.
        rounds: how many it has learnt.
        outlook: what it predicted last; None before the first round, and where it failed.
        scores: of each model that is scored, by its name.
        told: ports of the nodes that people were told of, and that are not calm yet.
        bottlenecks: ports of those that are predicted to be overloaded in the next round, and are not yet.
        alerts: how many bottlenecks were told so far; `hits` of them were right.
        problem: why nothing was predicted in the last round; None where something was.
        learnt_s: when the last round was (s, monotonic); None before the first.
    """

    name: str = NO_FORECAST
    rounds: int = 0
    outlook: Outlook | None = None
    scores: Mapping[str, Score] = field(default_factory=dict[str, Score])
    told: frozenset[int] = frozenset()
    bottlenecks: frozenset[int] = frozenset()
    alerts: int = 0
    hits: int = 0
    problem: str | None = None
    learnt_s: float | None = None

    def better_than_last_value(self, name: str) -> float | None:
        """Return by how many percent a model's error is below that of the last value, if it says anything."""
        naive = self.scores.get(LastValue.name)
        return None if naive is None or name == LastValue.name else self.scores[name].better_than(naive)

    def followed(self, ports: Mapping[int, int]) -> ForecastReport:
        """Return what is known of the nodes that are in the network that follows, by their ports there."""
        return replace(
            self,
            outlook=None if self.outlook is None else self.outlook.followed(ports),
            told=frozenset(ports[node] for node in self.told if node in ports),
            bottlenecks=frozenset(ports[node] for node in self.bottlenecks if node in ports),
        )

    def why_over(self, port: int) -> Text:
        """Return why a node is no bottleneck any more."""
        assert self.outlook is not None
        for reading, said in zip(self.outlook.readings, self.outlook.predictions, strict=True):
            if reading.node == port:
                return text(
                    "its load is {load:g}, and {cores:.1f} cores are predicted",
                    load=reading.load,
                    cores=said.mean,
                )
        return text("it has not answered for long")


class LoadForecasts:
    """What predicts the loads of one lab.

    It begins anew with another forecast, and with a network that replaces the one that runs. In one that
    follows (nodes join and leave) it goes on: nodes that stay keep what was learnt of them. A round may be
    learning just then, in its thread; what it has learnt follows as soon as it is over.

    Args:
        lab: names the forecast in its settings, and is told who is a bottleneck.
        feed: where people read of alerts.
        kinds: the forecasts that there are, by name.
    """

    def __init__(self, lab: Lab, feed: Feed, kinds: Mapping[str, type[Forecast]] = FORECASTS) -> None:
        self._lab = lab
        self._feed = feed
        self._kinds = kinds
        self._version = lab.version
        self._kind = kinds.get(lab.config.forecast)
        self._forecaster: Forecaster | None = None
        self._problems: set[str] = set()
        self._is_learning = False
        self._followed: list[dict[int, int]] = []
        """Ports of nodes that stay, by those that they had: of networks that followed while it learns."""
        self.report = ForecastReport(name=lab.config.forecast)

    def refresh(self) -> None:
        """Forget what was learnt where another forecast is chosen, or another network runs."""
        if (self._lab.config.forecast, self._lab.version) != (self.report.name, self._version):
            self._problems.clear()
            self._begin()

    def followed(self, before: Topology) -> None:
        """Go on in the network that runs now, which has followed another one."""
        now = {node.name: node.port for node in self._lab.topology.nodes}
        ports = {node.port: now[node.name] for node in before.nodes if node.name in now}
        self._version = self._lab.version
        self.report = self.report.followed(ports)
        self._show_bottlenecks()
        if self._is_learning:
            self._followed.append(ports)
        elif self._forecaster is not None:
            self._forecaster.follow(ports)

    def moved(self, giver: int, receiver: int, cores: int) -> None:
        """Note what a move took from one node to another, by their ports: that is nobody's to predict."""
        if self._forecaster is not None and cores:
            self._forecaster.moved(giver, receiver, cores)

    async def predict(self, loads: Sequence[NodeLoad]) -> Sequence[float] | None:
        """Learn what a wave read, and return the load that each node is predicted to have in the next round.

        Returns:
            Cores, in the order of `loads`; None where nobody predicts, or the forecast failed.
        """
        if self._kind is None:
            return None
        forecaster = self._forecaster
        if forecaster is None:
            forecaster = self._forecaster = Forecaster(self._kind)
        forecaster.max_cpu = self._lab.config.max_cpu
        self._followed.clear()
        self._is_learning = True
        try:
            report = await in_a_thread(_learnt, forecaster, loads, self.report.rounds + 1)
        except Exception as error:  # noqa: BLE001 - a model of a library may raise anything
            if self._forecaster is forecaster:
                self._tell_failure(error)
            return None
        finally:
            self._is_learning = False
        if self._forecaster is not forecaster:  # another one was chosen meanwhile, or another network runs
            return None
        predicted = None if report.outlook is None else report.outlook.loads
        for ports in self._followed:
            forecaster.follow(ports)
            report = report.followed(ports)
        before, self.report = self.report, report
        self._tell(before, report)
        return predicted

    def _begin(self) -> None:
        """Begin anew, with the forecast that the settings name now."""
        self._version = self._lab.version
        self._kind = self._kinds.get(self._lab.config.forecast)
        self._forecaster = None
        self.report = ForecastReport(name=self._lab.config.forecast)
        self._lab.set_bottlenecks(())

    def _tell_failure(self, error: Exception) -> None:
        """Say why nothing is predicted, once; the models may have learnt half a round, so new ones begin."""
        name = self.report.name
        why = f"{type(error).__name__}: {error}"[: PROBLEM_CHARS - len(f"the forecast {name} failed: ")]
        problem = text("the forecast {forecast} failed: {why}", forecast=name, why=why)
        log.warning("forecast failed", exc_info=error, extra=fields(forecast=name))
        if problem not in self._problems and len(self._problems) < ALERTS_TOLD:
            self._problems.add(problem)
            self._feed.notify("forecast", text("Nothing is predicted: {why}", why=problem))
        self._begin()
        self.report = replace(self.report, problem=problem)

    def _tell(self, before: ForecastReport, now: ForecastReport) -> None:
        """Tell who is a predicted bottleneck from now on, and who is none any more."""
        assert now.outlook is not None
        topology = self._lab.topology
        texts = {
            name: text("{node} is a predicted bottleneck: {why}", node=name, why=alert.reason)
            for alert in now.outlook.alerts
            for name in [topology.by_port(alert.node).name]
        }
        for port in sorted(before.told - now.told):
            name = topology.by_port(port).name
            texts[name] = text(
                "{node} is no predicted bottleneck any more: {why}", node=name, why=now.why_over(port)
            )
        for name, told in list(texts.items())[:ALERTS_TOLD]:
            self._feed.notify("forecast", told, node=name)
        if len(texts) > ALERTS_TOLD:
            more = len(texts) - ALERTS_TOLD
            others = counted(
                "{count} more node has become a predicted bottleneck, or is none any more, in this round",
                "{count} more nodes have become predicted bottlenecks, or are none any more, in this round",
                more,
            )
            self._feed.notify("forecast", others)
        self._show_bottlenecks()

    def _show_bottlenecks(self) -> None:
        """Let those who follow the lab see who is predicted to be overloaded."""
        by_port = self._lab.topology.by_port
        self._lab.set_bottlenecks({by_port(port).name for port in self.report.bottlenecks})


def _overloaded_next(outlook: Outlook, max_cpu: float) -> frozenset[int]:
    """Return the ports of nodes that are not overloaded, and are predicted to be in the next round."""
    both = zip(outlook.readings, outlook.predictions, strict=True)
    return frozenset(
        reading.node
        for reading, said in both
        if not said.cold and reading.load < reading.cpu * max_cpu / 100 <= said.mean
    )


def _learnt(forecaster: Forecaster, loads: Sequence[NodeLoad], rounds: int) -> ForecastReport:
    """Let a forecast learn what a wave read, in a thread."""
    outlook = forecaster.observe([Reading(each.port, each.cpu, each.load) for each in loads])
    return ForecastReport(
        name=forecaster.kind.name,
        rounds=rounds,
        outlook=outlook,
        scores=forecaster.scores(),
        told=forecaster.bottlenecks.told,
        bottlenecks=_overloaded_next(outlook, forecaster.max_cpu),
        alerts=forecaster.bottlenecks.alerts,
        hits=forecaster.bottlenecks.hits,
        learnt_s=time.monotonic(),
    )
