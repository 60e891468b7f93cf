"""A run made ready: what was asked for, checked, and the kernel that fits it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from topowave.algorithms import Algorithm, Fifo
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.messages import encode
from topowave.algorithms.requirements import refusals
from topowave.runtime.declarations import proven_limit
from topowave.runtime.graph import AnyNetwork, Graph
from topowave.runtime.identities import identities_text, with_identities
from topowave.runtime.loading import algorithm_of
from topowave.runtime.virtual_time import to_ticks, to_units
from topowave.runtime.wave import WavePlan, WaveResult
from topowave.simulator.config import Inputs, SimulationConfig
from topowave.simulator.delays import Delay, parse_delay
from topowave.simulator.fast_kernel import FastKernel
from topowave.simulator.fault_plan import NO_FAULTS, FaultPlan, plan_faults, read_faults
from topowave.simulator.kernel import Ending, Kernel, RunOutcome
from topowave.simulator.limits import MAX_EVENTS, PAST_NODES
from topowave.simulator.links import Links
from topowave.simulator.properties import PROPERTIES, Verdict, judge
from topowave.simulator.run import Run
from topowave.topology import Problems
from topowave.traces.header import simulator_header
from topowave.traces.writer import Trace
from topowave.translation import text as sentence


@dataclass(frozen=True)
class Wave:
    """One of several waves that run at once; see `simulate_waves`.

    Attributes:
        algorithm: a class, or what `load_algorithm` takes.
        initiators: names; by default the usual ones (`algorithms.initiators`).
        at: when it starts, in units.
        inputs: what the nodes contribute: by name, in the order of the nodes, or a function of the number.
    """

    algorithm: type[Algorithm] | str
    initiators: Sequence[str] | None = None
    at: float = 0.0
    inputs: Inputs = None


@dataclass(frozen=True)
class PreparedRun:
    """Everything that a run needs, checked.

    Attributes:
        config: what was asked for.
        graph: the network.
        plans: the waves.
        delay: the delay model, with each link's own delay if that is what it means.
        faults: what goes wrong.
    """

    config: SimulationConfig
    graph: Graph
    plans: Sequence[WavePlan]
    delay: Delay
    faults: FaultPlan

    @property
    def reliable(self) -> bool:
        """Whether links and nodes are, which is what theorems suppose."""
        return not (self.config.loss or self.config.duplicate or self.faults)

    @property
    def max_events(self) -> int:
        """After so many events the run ends as one that does not terminate."""
        return self.config.max_events or event_limit(self.plans, self.graph)

    def fitting_kernel(self, file: IO[str] | None) -> Kernel | FastKernel:
        """Return the kernel for the run; the fast one can do only one wave over reliable links, untraced."""
        large = self.config.fast or self.graph.nodes > PAST_NODES
        simple = len(self.plans) == 1 and self.plans[0].algorithm.view == "links" and self.graph.undirected
        if large and simple and self.reliable and file is None:
            return FastKernel(
                self.graph,
                self.plans[0],
                self.config.seed,
                self.delay,
                fifo=self.config.fifo,
                max_events=self.max_events,
            )
        return self.kernel(file)

    def kernel(self, file: IO[str] | None = None, tracing: type[Trace] = Trace) -> Kernel:
        """Return the kernel that looks at everything.

        Args:
            file: where the trace goes; its beginning is kept in memory in any case.
            tracing: how it is kept.
        """
        config = self.config
        links = Links(
            self.graph.arcs,
            config.seed,
            self.delay,
            fifo=config.fifo,
            loss=config.loss,
            duplicate=config.duplicate,
        )
        options = config.recorded() | {"faults": self.faults.source}
        if "ids" in options:
            options["ids"] = identities_text(config.ids)
        header = simulator_header(self.graph, self.plans, seed=config.seed, options=options)
        trace = tracing(header, self.graph.names, file)
        return Kernel(
            self.graph, self.plans, links, faults=self.faults, trace=trace, max_events=self.max_events
        )

    def reports(
        self, outcome: RunOutcome, trace: Trace | None, *, disturbed: bool = False, delayed: bool = False
    ) -> list[Run]:
        """Return what became of each wave, in their order.

        Args:
            outcome: what the kernel says.
            trace: of the run.
            disturbed: whether somebody made links or nodes unreliable by hand.
            delayed: whether somebody had a message come later than the delays would have it.
        """
        return [
            self._report(wave, outcome, trace, self.verdict(wave, outcome.ending, disturbed, delayed))
            for wave in outcome.waves
        ]

    def verdict(
        self, wave: WaveResult, ending: Ending, disturbed: bool = False, delayed: bool = False
    ) -> Verdict:
        """Return what holds of a wave; the arguments are those of `reports`."""
        reliable = self.reliable and not disturbed
        return judge(wave, self.graph, self.delay, ending, reliable=reliable, timed=not delayed)

    def so_far(self, kernel: Kernel | FastKernel) -> Run:
        """Return what is known of the first wave while it runs: what was counted, and no verdict."""
        plan, names = self.plans[0], self.graph.names
        messages, decisions = kernel.counted()
        return replace(
            self._unjudged(plan),
            messages=messages,
            time=to_units(max(0, kernel.now - plan.start)),
            decisions={names[node]: value for node, value in decisions[:PAST_NODES]},
        )

    def _report(self, wave: WaveResult, outcome: RunOutcome, trace: Trace | None, verdict: Verdict) -> Run:
        """Return the run of one of the waves."""
        names = self.graph.names
        end = wave.last if wave.decided is None else wave.decided
        return replace(
            self._unjudged(wave.plan),
            messages=wave.messages,
            bits=None if wave.size is None else 8 * wave.size,
            time=to_units(max(0, end - wave.first)),
            decisions={names[node]: value for node, value in wave.decisions},
            bounds=verdict.bounds,
            holds=verdict.holds,
            witnesses=tuple(verdict.witnesses),
            ending=outcome.ending,
            mistake=outcome.mistake,
            trace_sha256=None if trace is None else trace.sha256,
            events=() if trace is None else tuple(trace.kept),
            complete=trace is not None and trace.complete,
            instances={names[node]: made for node, made in wave.instances.items()},
        )

    def _unjudged(self, plan: WavePlan) -> Run:
        """Return the run of a wave of which nothing has been counted or judged yet."""
        graph = self.graph
        return Run(
            algorithm=plan.algorithm.name,
            wave=plan.id,
            network=graph.title,
            nodes=graph.nodes,
            links=graph.links,
            initiators=tuple(graph.names[node] for node in plan.initiators),
            seed=self.config.seed,
            messages=0,
            bits=None,
            time=0,
            decisions={},
            bounds={},
            holds=dict.fromkeys(PROPERTIES),
            witnesses=(),
            ending="ended",
            mistake=None,
            trace_sha256=None,
            events=(),
            complete=False,
            instances={},
        )


def prepare(waves: Iterable[Wave], network: AnyNetwork, config: SimulationConfig) -> PreparedRun:
    """Return a run made ready. Raises Problems where something was not understood or is refused."""
    if config.seed < 0:
        raise Problems(
            [sentence("--seed: {seed} is not a seed; expected an integer from 0", seed=config.seed)]
        )
    graph = with_identities(Graph.of(network), config.ids, config.seed)
    delay = _delay_on(parse_delay(config.delay), graph)
    for name in ("loss", "duplicate"):
        _check_probability(name, getattr(config, name))
    if config.max_events is not None and config.max_events < 1:
        raise Problems(
            [sentence("--max-events: {max_events}; expected at least 1", max_events=config.max_events)]
        )
    if config.time_s is not None and not 0 <= config.time_s < math.inf:
        raise Problems(
            [sentence("--time: {time_s:g}; expected a number of seconds from 0", time_s=config.time_s)]
        )
    faults = _faults(config.faults, graph)
    return PreparedRun(config, graph, plan_waves(waves, graph, config), delay, faults)


def plan_waves(waves: Iterable[Wave], graph: Graph, config: SimulationConfig) -> list[WavePlan]:
    """Return the waves ready to run. Raises Problems where one is refused, with the reason."""
    plans: list[WavePlan] = []
    counts: dict[str, int] = {}
    for wave in waves:
        algorithm = algorithm_of(wave.algorithm)
        network = graph.network(algorithm.view, fifo=config.fifo)
        chosen = config.initiators if wave.initiators is None else wave.initiators
        if chosen is None:
            initiators = tuple(usual_initiators(algorithm, network, graph.root))
        else:
            initiators = tuple(dict.fromkeys(graph.number(name) for name in chosen))
        refused = refusals(algorithm.title, algorithm.requires, network, initiators)
        if not initiators and not refused:
            refused = [f"{algorithm.title} needs at least one initiator"]
        if refused:
            hint = "; --fifo (fifo=True) keeps them so"
            raise Problems([f"{each}{hint}" if Fifo.name in each else each for each in refused])
        first = graph.names[initiators[0]]
        counts[first] = counts.get(first, 0) + 1
        inputs = _inputs(config.inputs if wave.inputs is None else wave.inputs, graph)
        start = _time(wave.at)
        identity = f"{first}-{counts[first]}"
        plans.append(WavePlan(identity, algorithm, initiators, network, inputs, start, config.seed))
    return plans


def event_limit(plans: Sequence[WavePlan], graph: Graph) -> int:
    """Return after how many events a run must go on for ever: ten for each arc, or twice what is proven."""
    proven = 0.0
    for plan in plans:
        proven += proven_limit(plan.algorithm, "messages", plan.network) or 0
        proven_limit(plan.algorithm, "time", plan.network)  # where that fails, it does so before the run
    return max(MAX_EVENTS, len(plans) * 10 * graph.arcs, round(2 * proven))


def _delay_on(delay: Delay, graph: Graph) -> Delay:
    """Return the delay model with each link's own delay, if that is what it means."""
    if delay.kind != "links":
        return delay
    own = [delay.least] * graph.arcs
    topology = graph.topology
    if topology is not None:
        for a, b in topology.links:
            given = topology.link_delay(a, b)
            if given is not None:
                one, other = graph.number(a), graph.number(b)
                own[graph.arc(one, other)] = own[graph.arc(other, one)] = to_ticks(given)
    return replace(delay, per_arc=own)


def _check_probability(name: str, value: float) -> None:
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise Problems(
            [
                sentence(
                    "--{name}: {value} is no probability; expected a number from 0 to 1",
                    name=name,
                    value=repr(value),
                )
            ]
        )


def _time(value: float) -> int:
    try:
        return to_ticks(value)
    except ValueError as error:
        raise Problems([sentence("start of a wave: {error}", error=error)]) from None


def _faults(faults: str | Path | Mapping[str, Any] | None, graph: Graph) -> FaultPlan:
    if faults is None:
        return NO_FAULTS
    return read_faults(faults, graph) if isinstance(faults, str | Path) else plan_faults(dict(faults), graph)


def _inputs(inputs: Inputs, graph: Graph) -> Callable[[int], object]:
    """Return what a node contributes, as a function of its number; given values must be plain data."""
    if inputs is None:
        return lambda _: None
    if callable(inputs):
        return inputs
    if isinstance(inputs, Mapping):
        values = {graph.number(name): value for name, value in inputs.items()}
    else:
        if len(inputs) != graph.nodes:
            raise Problems(
                [sentence("inputs: {number} values for {nodes} nodes", number=len(inputs), nodes=graph.nodes)]
            )
        values = dict(zip(graph.numbers, inputs, strict=True))
    try:
        text = json.dumps(encode(list(values.values())))
    except ValueError as error:
        raise Problems([f"inputs: {error}"]) from None
    if '{"$": "float"' in text:
        raise Problems([sentence("inputs: NaN and the infinities are no numbers")])
    return values.get
