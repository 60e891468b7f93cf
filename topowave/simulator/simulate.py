"""`simulate`: one call from an algorithm and a network to a `Run`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from topowave.algorithms import Algorithm, Network
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.messages import encode
from topowave.algorithms.requirements import refusals
from topowave.runtime.declarations import proven_limit
from topowave.runtime.graph import Graph
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.loading import algorithm_of
from topowave.runtime.virtual_time import to_ticks, to_units
from topowave.runtime.wave import WavePlan
from topowave.simulator.delays import Delay, parse_delay
from topowave.simulator.fast_kernel import FastKernel
from topowave.simulator.fault_plan import NO_FAULTS, FaultPlan, plan_faults, read_faults
from topowave.simulator.kernel import PAST_NODES, Kernel, Outcome
from topowave.simulator.links import Links
from topowave.simulator.properties import judge
from topowave.simulator.run import Run
from topowave.topology import Problems, Topology
from topowave.traces.header import simulator_header
from topowave.traces.writer import Trace

MAX_EVENTS = 5_000_000
"""After so many events a run ends, unless told otherwise or more can be expected: see `event_limit`."""
DEFAULT_DELAY = "constant:1"

Inputs = Mapping[str, object] | Sequence[object] | Callable[[int], object] | None
Progress = Callable[[int, float], None]
"""Called from time to time with the number of events and the virtual time."""


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


def simulate(  # noqa: PLR0913 - each is an option of the command
    algorithm: type[Algorithm] | str,
    network: Graph | Topology | Network | str | Path,
    *,
    initiators: Sequence[str] | None = None,
    inputs: Inputs = None,
    seed: int = 0,
    delay: str = DEFAULT_DELAY,
    fifo: bool = False,
    loss: float = 0.0,
    duplicate: float = 0.0,
    faults: str | Path | Mapping[str, Any] | None = None,
    trace: str | Path | None = None,
    max_events: int | None = None,
    fast: bool = False,
    progress: Progress | None = None,
    deadline_s: float = HANDLER_DEADLINE_S,
) -> Run:
    """Run one wave in virtual time. The same arguments give the same run on every machine.

    Args:
        algorithm: a class, the name of one in the library, or `FILE.py:CLASS`.
        network: a topology, a file, SHAPE:N[:SEED], or a bare network.
        initiators: names; by default the usual ones: the root, or all nodes in an election.
        inputs: what the nodes contribute: by name, in the order of the nodes, or a function of the number.
        seed: of all random choices.
        delay: a delay model, such as `uniform:1,10`; see `simulator.delays.FORMS`.
        fifo: whether messages on a link arrive in the order in which they were sent.
        loss: the probability that a message is lost, 0 to 1.
        duplicate: the probability that a message arrives twice, 0 to 1.
        faults: what goes wrong: a file, or its content.
        trace: a file to write the trace to.
        max_events: after so many events the run ends as one that does not terminate.
        fast: do not look at bits, dependence and the messages themselves, as beyond 10,000 nodes in any case;
            it has no effect with a trace, faults, losses or duplicates.
        progress: called about twice a second with the number of events and the virtual time.
        deadline_s: how long one handler may take.

    Raises:
        Problems: something was not understood, or the network does not meet the algorithm's requirements.
    """
    wave = Wave(algorithm, initiators, inputs=inputs)
    return simulate_waves(
        [wave],
        network,
        seed=seed,
        delay=delay,
        fifo=fifo,
        loss=loss,
        duplicate=duplicate,
        faults=faults,
        trace=trace,
        max_events=max_events,
        fast=fast,
        progress=progress,
        deadline_s=deadline_s,
    )[0]


def simulate_waves(  # noqa: PLR0913 - as simulate
    waves: Iterable[Wave],
    network: Graph | Topology | Network | str | Path,
    *,
    seed: int = 0,
    delay: str = DEFAULT_DELAY,
    fifo: bool = False,
    loss: float = 0.0,
    duplicate: float = 0.0,
    faults: str | Path | Mapping[str, Any] | None = None,
    trace: str | Path | None = None,
    max_events: int | None = None,
    fast: bool = False,
    progress: Progress | None = None,
    deadline_s: float = HANDLER_DEADLINE_S,
) -> list[Run]:
    """Run several waves at once on one network; see `simulate`. Returns a `Run` for each, in their order."""
    graph = Graph.of(network)
    config = SimulationConfig(
        graph,
        seed,
        _delay_on(parse_delay(delay), graph),
        fifo,
        _probability("loss", loss),
        _probability("duplicate", duplicate),
        _faults(faults, graph),
    )
    plans = plan_waves(waves, graph, fifo=fifo)
    with ExitStack() as stack:
        file = stack.enter_context(_opened(trace)) if trace is not None else None
        outcome, written = config.run(plans, file, max_events, progress, deadline_s, fast=fast)
    return [config.report(index, outcome, written) for index in range(len(plans))]


@dataclass(frozen=True)
class SimulationConfig:
    """The conditions of a run, checked."""

    graph: Graph
    seed: int
    delay: Delay
    fifo: bool = False
    loss: float = 0.0
    duplicate: float = 0.0
    faults: FaultPlan = NO_FAULTS

    @property
    def reliable(self) -> bool:
        """Whether links and nodes are, which is what theorems suppose."""
        return not (self.loss or self.duplicate or self.faults)

    def run(
        self,
        plans: Sequence[WavePlan],
        file: IO[str] | None,
        max_events: int | None,
        progress: Progress | None,
        deadline_s: float,
        *,
        fast: bool,
    ) -> tuple[Outcome, Trace | None]:
        """Run the waves with the kernel that fits; return what became of them, and the trace."""
        limit = event_limit(plans, self.graph)
        if max_events is not None:
            limit = max_events
        trace = None
        kernel: Kernel | FastKernel
        large = fast or self.graph.nodes > PAST_NODES
        if large and self.reliable and file is None and _is_simple(plans):
            kernel = FastKernel(self.graph, plans[0], self.seed, self.delay, fifo=self.fifo, max_events=limit)
        else:
            links = Links(
                self.graph.arcs,
                self.seed,
                self.delay,
                fifo=self.fifo,
                loss=self.loss,
                duplicate=self.duplicate,
            )
            options = {
                "delay": self.delay.text,
                "fifo": self.fifo,
                "loss": self.loss,
                "duplicate": self.duplicate,
                "faults": self.faults.source,
            }
            header = simulator_header(self.graph, plans, seed=self.seed, options=options)
            trace = Trace(header, self.graph.names, file)
            kernel = Kernel(self.graph, plans, links, faults=self.faults, trace=trace, max_events=limit)

        def look() -> None:
            if progress is not None:
                progress(kernel.beats, to_units(kernel.now))

        with Watchdog(kernel, look, deadline_s):
            outcome = kernel.run()
        return outcome, trace

    def report(self, index: int, outcome: Outcome, trace: Trace | None) -> Run:
        """Return the run of one of the waves."""
        wave = outcome.waves[index]
        plan, graph = wave.plan, self.graph
        verdict = judge(wave, graph, self.delay, outcome.ending, reliable=self.reliable)
        end = wave.last if wave.decided is None else wave.decided
        return Run(
            algorithm=plan.algorithm.name,
            wave=plan.id,
            network=graph.title,
            nodes=graph.nodes,
            links=graph.links,
            initiators=tuple(graph.names[node] for node in plan.initiators),
            seed=self.seed,
            messages=wave.messages,
            bits=None if wave.size is None else 8 * wave.size,
            time=to_units(max(0, end - wave.first)),
            decisions={graph.names[node]: value for node, value in wave.decisions},
            bounds=verdict.bounds,
            holds=verdict.holds,
            witnesses=tuple(verdict.witnesses),
            ending=outcome.ending,
            mistake=outcome.mistake,
            trace_sha256=None if trace is None else trace.sha256,
            events=() if trace is None else tuple(trace.kept),
            complete=trace is not None and trace.complete,
            instances={graph.names[node]: made for node, made in wave.instances.items()},
        )


def plan_waves(waves: Iterable[Wave], graph: Graph, *, fifo: bool) -> list[WavePlan]:
    """Return the waves ready to run. Raises Problems where one is refused, with the reason."""
    plans: list[WavePlan] = []
    counts: dict[str, int] = {}
    for wave in waves:
        algorithm = algorithm_of(wave.algorithm)
        network = graph.network(algorithm.view, fifo=fifo)
        if wave.initiators is None:
            initiators = tuple(usual_initiators(algorithm, network))
        else:
            initiators = tuple(dict.fromkeys(graph.number(name) for name in wave.initiators))
        refused = refusals(algorithm.title, algorithm.requires, network, initiators)
        if not initiators and not refused:
            refused = [f"{algorithm.title} needs at least one initiator"]
        if refused:
            raise Problems(refused)
        first = graph.names[initiators[0]]
        counts[first] = counts.get(first, 0) + 1
        inputs = _inputs(wave.inputs, graph)
        start = _time(wave.at)
        plans.append(WavePlan(f"{first}-{counts[first]}", algorithm, initiators, network, inputs, start))
    return plans


def event_limit(plans: Sequence[WavePlan], graph: Graph) -> int:
    """Return after how many events a run must go on for ever: ten for each arc, or twice what is proven."""
    proven = 0.0
    for plan in plans:
        proven += proven_limit(plan.algorithm, "messages", plan.network) or 0
        proven_limit(plan.algorithm, "time", plan.network)  # where that fails, it does so before the run
    return max(MAX_EVENTS, len(plans) * 10 * graph.arcs, round(2 * proven))


def _is_simple(plans: Sequence[WavePlan]) -> bool:
    return len(plans) == 1 and plans[0].algorithm.view == "links"


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
                one, other = topology.index(a), topology.index(b)
                own[graph.arc(one, other)] = own[graph.arc(other, one)] = to_ticks(given)
    return replace(delay, per_arc=own)


def _probability(name: str, value: float) -> float:
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise Problems([f"--{name}: {value!r} is no probability; expected a number from 0 to 1"])
    return value


def _time(value: float) -> int:
    try:
        return to_ticks(value)
    except ValueError as error:
        raise Problems([f"start of a wave: {error}"]) from None


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
        values = dict(enumerate(inputs))
        if len(values) != graph.nodes:
            raise Problems([f"inputs: {len(values)} values for {graph.nodes} nodes"])
    try:
        encode(list(values.values()))
    except ValueError as error:
        raise Problems([f"inputs: {error}"]) from None
    return values.get


def _opened(path: str | Path) -> IO[str]:
    try:
        return Path(path).open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise Problems([f"{path}: cannot be written: {error.strerror}"]) from None
