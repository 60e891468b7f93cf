"""Runs of scenarios about waves: one call of the simulator each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from topowave.algorithms import Algorithm
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.requirements import refusals
from topowave.experiments.files import class_text, named_files, network_text, seen_from
from topowave.experiments.outcome import Outcome, Verdict
from topowave.experiments.scenario import NO_FAULTS, PlannedRun, WaveScenario
from topowave.runtime.graph import Graph, read_graph
from topowave.runtime.loading import algorithm_of
from topowave.simulator.config import SimulationConfig
from topowave.simulator.delays import parse_delay
from topowave.simulator.fault_plan import read_faults
from topowave.simulator.preparation import Wave
from topowave.simulator.simulation import run_waves
from topowave.topology.problems import TOP, JsonPath, Problems


def problems(scenario: WaveScenario, folder: Path) -> Iterator[tuple[JsonPath, Problems]]:
    """Yield what of a scenario's networks, classes, delays and faults cannot be had, each with its place."""
    first = scenario.seed_list[0]

    def network(text: str) -> Graph:
        return read_graph(network_text(text, folder, first))

    looks: list[tuple[str, Callable[[str], object]]] = [
        ("topology", network),
        ("algorithm", lambda text: algorithm_of(class_text(text, folder))),
        ("delay", parse_delay),
    ]
    graph: Graph | None = None
    for name, look in looks:
        for index, level in enumerate(scenario.levels(name)):
            try:
                found = look(str(level))
            except Problems as refusal:
                bare = [problem.removeprefix("--topology: ") for problem in refusal.problems]
                yield TOP.at(name).at(index), Problems(bare)
            else:
                graph = found if graph is None and isinstance(found, Graph) else graph
    for index, text in enumerate(scenario.faults):
        if text == NO_FAULTS or graph is None:
            continue
        try:
            read_faults(seen_from(text, folder), graph)
        except Problems as refusal:
            yield TOP.at("faults").at(index), refusal


def run(scenario: WaveScenario, folder: Path, planned: PlannedRun) -> Outcome:
    """Do one run. Raises Problems where the network does not meet the algorithm's requirements."""
    levels = planned.levels
    config = SimulationConfig(
        seed=planned.seed,
        delay=str(levels["delay"]),
        loss=float(levels["loss"]),
        duplicate=float(levels["duplicate"]),
        fifo=bool(levels["fifo"]),
        ids=str(levels["ids"]),
        faults=None if levels["faults"] == NO_FAULTS else seen_from(str(levels["faults"]), folder),
        max_events=scenario.max_events,
    )
    graph = _graph(network_text(str(levels["topology"]), folder, planned.seed))
    chosen = _class(class_text(str(levels["algorithm"]), folder))
    network = graph.network(chosen.view, fifo=config.fifo)
    initiators = usual_initiators(chosen, network, graph.root)
    unmet = refusals(chosen.title, chosen.requires, network, initiators)
    if unmet:
        return Outcome("unsuitable", network.nodes, graph.links, reason="; ".join(unmet))
    (done,) = run_waves([Wave(chosen)], graph, config)
    if done.ending == "interrupted":  # the simulator returns what it has; here the run is to be done anew
        raise KeyboardInterrupt
    verdict: Verdict = "ok" if done.ok and done.finished else "unfinished" if done.unfinished else "violated"
    reason = "" if verdict == "ok" else str(done.mistake) if done.mistake else " ".join(done.witnesses)
    return Outcome(
        verdict,
        done.nodes,
        done.links,
        {
            "messages": done.messages,
            "time": done.time,
            "bits": done.bits,
            "message_bound": done.bounds.get("messages"),
            "time_bound": done.bounds.get("time"),
        },
        reason or ("" if verdict == "ok" else f"it ended by {done.ending}"),
    )


def files(scenario: WaveScenario, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files on which the results depend: as they are named, and their paths."""
    yield from named_files(scenario.topology, folder)
    for text in scenario.algorithm:
        path, colon, _ = text.rpartition(":")
        if colon and path.endswith(".py"):
            yield path, seen_from(path, folder)
    for text in scenario.faults:
        if text != NO_FAULTS:
            yield text, seen_from(text, folder)


@lru_cache(maxsize=4)
def _graph(text: str) -> Graph:
    """Runs come network by network, so the last few are enough."""
    return read_graph(text)


@lru_cache(maxsize=64)
def _class(text: str) -> type[Algorithm]:
    return algorithm_of(text)
