"""Autoscaling in a live lab: looks at the load now and then, and wants another number of nodes where it must.

What it decides is a goal like any other (`Reconciler.deploy`): the reconciler leads the lab there, and a
person's deploy between the bounds is where it goes on from. What it has read of the load is its own, so a
balancer that is started again shrinks nothing before it has looked for long enough.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from topowave.balancer.limits import AUTOSCALE_INTERVAL, FORECAST_ROUNDS
from topowave.balancer.load_forecasts import LoadForecasts
from topowave.balancer.scaling.autoscaler import Decision, Fleet, LoadReading, decide
from topowave.balancer.scaling.places import leaving, usual_cpu
from topowave.balancer.scaling.reconciler import Reconciler
from topowave.balancer.scaling.states import View
from topowave.balancer.state.lab import Lab
from topowave.topology.limits import MAX_SCALE_WINDOW
from topowave.translation import Text, text
from topowave.web.problem_details import Problem


@dataclass(frozen=True, slots=True)
class Step:
    """A change of how many nodes are wanted: when (s since 1970), from how many, to how many, and why."""

    time: float
    before: int
    replicas: int
    reason: str


class AutoscaleLoop:
    """Wants as many nodes as the load needs, while `autoscale` is not off.

    Args:
        lab: the nodes with their loads.
        scaling: takes the goal.
        forecasts: what is predicted of the loads.
        clock: seconds, for how long loads last.

    Attributes:
        now: what the last look decided; None while it is off.
        load: that the last look has read, in percent of all cores; None while it is off, or there are none.
        last: the last step; None before the first.
    """

    def __init__(
        self,
        lab: Lab,
        scaling: Reconciler,
        forecasts: LoadForecasts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lab = lab
        self._scaling = scaling
        self._forecasts = forecasts
        self._clock = clock
        self._configured = asyncio.Event()
        self._stepped_s: float | None = None
        self._readings = deque[LoadReading](maxlen=round(MAX_SCALE_WINDOW / AUTOSCALE_INTERVAL) + 2)
        self.now: Decision | None = None
        self.load: float | None = None
        self.last: Step | None = None

    @property
    def is_on(self) -> bool:
        """Whether the load decides how many nodes there are."""
        return self._lab.config.autoscale != "off"

    def configured(self) -> None:
        """Go on with the lab's settings as they are now, at once."""
        self._configured.set()

    def begin_anew(self) -> None:
        """Forget what was read of the load: it was off, or another network runs."""
        self._readings.clear()
        self.now = self.load = self._stepped_s = None

    def check(self, replicas: int) -> None:
        """Raise Problem (409) where somebody wants so many nodes, and autoscaling would undo that at once."""
        config = self._lab.config
        if self.is_on and not config.min_replicas <= replicas <= config.max_replicas:
            why = text(
                "autoscale is {mode}, and keeps {least} to {most} nodes, so {replicas} would not stay: "
                "change min_replicas or max_replicas, or set autoscale to off",
                mode=config.autoscale,
                least=config.min_replicas,
                most=config.max_replicas,
                replicas=replicas,
            )
            raise Problem(409, text("Autoscaling is on"), why)

    async def run(self) -> None:
        """Look every AUTOSCALE_INTERVAL seconds, for ever; while it is off, not at all."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(AUTOSCALE_INTERVAL if self.is_on else None):
                    await self._configured.wait()
            self._configured.clear()
            if self.is_on:
                await self.look()
            else:
                self.begin_anew()

    async def look(self) -> None:
        """Read the load, and want another number of nodes where it needs one."""
        if not self._all_is_known():
            return
        now_s, fleet, scaling = self._clock(), self._fleet(), self._scaling
        load, source = self._read(now_s)
        self.load = 100 * load / fleet.cores if fleet.cores else None
        self._readings.append(LoadReading(now_s, load))
        found = decide(self._readings, fleet, self._lab.config, now_s, self._stepped_s)
        reason = (
            found.reason if source is None else text("{what} ({source})", what=found.reason, source=source)
        )
        self.now = Decision(found.replicas, reason)
        if found.replicas == scaling.goal.replicas:
            return
        try:
            await scaling.deploy(found.replicas, text("Autoscaling"), self.now.reason)
        except Problem as problem:  # it looks again soon
            self.now = Decision(
                fleet.count,
                text("{what}; to want that failed: {why}", what=self.now.reason, why=problem.detail),
            )
            return
        if found.replicas != fleet.count:
            self._stepped_s = now_s
            self.last = Step(time.time(), fleet.count, found.replicas, self.now.reason)

    def _all_is_known(self) -> bool:
        """Return whether all nodes that are up have reported, and one is: the goal was told before that."""
        own = (self._lab.status[node.name] for node in self._lab.topology.nodes if node.launch)
        up = [status.reports > 0 for status in own if status.state == "up"]
        return bool(up) and all(up)

    def _fleet(self) -> Fleet:
        """Return the nodes as they will be once what is wanted now is done."""
        topology, goal, status = self._lab.topology, self._scaling.goal, self._lab.status
        there = View(topology).replicas(goal)
        loads = {node.name: status[node.name].load / node.cpu for node in topology.nodes}
        going = goal.all_leaving & status.keys()
        order = leaving(topology, len(topology.nodes), loads, going)
        cores = [topology.node(name).cpu for name in order if name not in going]
        count = there if goal.replicas is None else goal.replicas
        joining = usual_cpu(topology)
        stay = sum(node.cpu for node in topology.nodes if node.managed and node.name not in going)
        if count >= there:
            cores = [joining] * (count - there) + cores
            return Fleet(count, stay + joining * (count - there), joining, tuple(cores))
        return Fleet(count, stay - sum(cores[: there - count]), joining, tuple(cores[there - count :]))

    def _read(self, now_s: float) -> tuple[float, Text | None]:
        """Return the load of the lab's own nodes (cores), and what a reason says of where it is from."""
        nodes = [node for node in self._lab.topology.nodes if node.managed]
        measured = float(sum(self._lab.status[node.name].load for node in nodes))
        config, report = self._lab.config, self._forecasts.report
        if config.autoscale != "forecast":
            return measured, None
        outlook, learnt_s = report.outlook, report.learnt_s
        if outlook is None or learnt_s is None or all(each.cold for each in outlook.predictions):
            return measured, text("measured, since the forecast has learnt too little")
        if now_s - learnt_s > max(config.rebalance_interval, AUTOSCALE_INTERVAL) * FORECAST_ROUNDS:
            return measured, text("measured, since the forecast is old")
        ports = {node.port for node in nodes}
        both = zip(outlook.readings, outlook.predictions, strict=True)
        predicted = sum(said.mean for reading, said in both if reading.node in ports)
        return predicted, text(
            "predicted by {forecast}; {load:g} are measured", forecast=report.name, load=measured
        )
