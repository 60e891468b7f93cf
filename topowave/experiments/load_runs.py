"""Runs of scenarios about load: a workload comes to a network in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from topowave.balancer.placements.registry import find_placement
from topowave.balancer.policies.registry import find_policy
from topowave.balancer.policy_files import load_policy
from topowave.experiments.files import class_text, named_files, network_text, seen_from
from topowave.experiments.outcome import Outcome
from topowave.experiments.scenario import NO_FAULTS, LoadScenario, PlannedRun
from topowave.forecasts import find_forecast
from topowave.load.config import NO_POLICY, LoadConfig, NodeFault, parse_faults
from topowave.load.link_delays import check_delay
from topowave.load.simulation import simulate_load, topology_of
from topowave.load.workloads.make import workload_of
from topowave.load.workloads.spec import read_spec
from topowave.load.workloads.workload import Workload
from topowave.tasks.disciplines.registry import find_discipline
from topowave.topology.config import NO_FORECAST, names_a_file
from topowave.topology.model import Topology
from topowave.topology.problems import TOP, JsonPath, Problems


def problems(scenario: LoadScenario, folder: Path) -> Iterator[tuple[JsonPath, Problems]]:
    """Yield what of a scenario's networks, workloads, policies and so on cannot be had, with its place."""
    looks = _Looks(folder, scenario.seed_list[0])
    for name, look in looks.by_field().items():
        for index, level in enumerate(scenario.levels(name)):
            refusal = _refusal(look, str(level))
            if refusal is not None:
                yield TOP.at(name).at(index), refusal


class _Looks:
    """Looks whether what a scenario names can be had; networks come first, since others depend on them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._networks: list[str] = []

    def by_field(self) -> dict[str, Callable[[str], object]]:
        return {
            "topology": self._network,
            "workload": self._workload,
            "policy": self._policy,
            "forecast": self._forecast,
            "placement": find_placement,
            "discipline": find_discipline,
            "delay": check_delay,
            "faults": self._fault,
        }

    def _network(self, text: str) -> None:
        words = network_text(text, self._folder, self._seed)
        _topology(words)
        self._networks.append(words)

    def _workload(self, text: str) -> None:
        if not self._networks:  # what is wrong with those is told already
            read_spec(text)
        elif not len(_workload(text, self._networks[0], self._seed, self._folder)):
            raise Problems([f"{text}: has no tasks; expected one at least"])

    def _policy(self, text: str) -> None:
        if names_a_file(text):
            load_policy(class_text(text, self._folder))
        elif text != NO_POLICY:
            find_policy(text)

    def _forecast(self, text: str) -> None:
        if text != NO_FORECAST:
            find_forecast(text)

    def _fault(self, text: str) -> None:
        known = {node.name for words in self._networks for node in _topology(words).nodes}
        strange = [each.node for each in _faults(text) if known and each.node not in known]
        if strange:
            raise Problems([f"there is no node {strange[0]!r} in any of the networks"])


def _refusal(look: Callable[[str], object], text: str) -> Problems | None:
    try:
        look(text)
    except Problems as refusal:
        return Problems(
            [problem.removeprefix("--topology: ").removeprefix("delay: ") for problem in refusal.problems]
        )
    except KeyError as error:  # of a registry
        return Problems([str(error.args[0])])
    return None


def run(_scenario: LoadScenario, folder: Path, planned: PlannedRun) -> Outcome:
    """Do one run. Raises Problems where the policy plans what nobody can carry out, or tasks fit no node."""
    levels = planned.levels
    words = network_text(str(levels["topology"]), folder, planned.seed)
    topology = _topology(words)
    config = LoadConfig(
        policy=class_text(str(levels["policy"]), folder),
        forecast=str(levels["forecast"]),
        max_cpu=float(levels["max_cpu"]),
        placement=str(levels["placement"]),
        discipline=str(levels["discipline"]),
        rebalance_interval=float(levels["rebalance_interval"]),
        report_delay=float(levels["report_delay"]),
        link_delay=float(levels["link_delay"]),
        delay=str(levels["delay"]),
        move_time=float(levels["move_time"]),
        hop_time=float(levels["hop_time"]),
        faults=_faults(str(levels["faults"])),
    )
    workload = _workload(str(levels["workload"]), words, planned.seed, folder)
    done = simulate_load(topology, workload, config, planned.seed)
    measures = done.measures.to_json()
    over = int(measures["completed"] or 0) + int(measures["deadline_misses"] or 0)
    left = len(workload) - over
    return Outcome(
        "ok" if left == 0 else "unfinished",
        len(topology.nodes),
        len(topology.links),
        measures,
        "" if left == 0 else f"{left:,} tasks could not be carried out",
    )


def files(scenario: LoadScenario, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files on which the results depend: as they are named, and their paths."""
    yield from named_files(scenario.topology, folder)
    for text in scenario.policy:
        path, colon, _ = text.rpartition(":")
        if colon and path.endswith(".py"):
            yield path, seen_from(path, folder)
    for text in scenario.workload:
        file = read_spec(text).file
        if file and not file.startswith("@"):
            yield file, seen_from(file, folder)


def packages(scenario: LoadScenario) -> tuple[str, ...]:
    """Return the packages on whose versions the figures depend: those of the forecasts' models."""
    kinds = [find_forecast(name) for name in scenario.forecast if name != NO_FORECAST]
    return tuple(sorted({package for kind in kinds for package in kind.packages}))


def _faults(text: str) -> tuple[NodeFault, ...]:
    """Return the faults of a level: `none`, or some with spaces between them. Raises Problems."""
    if text == NO_FAULTS:
        return ()
    return tuple(fault for each in text.split() for fault in parse_faults(each))


@lru_cache(maxsize=4)
def _topology(words: str) -> Topology:
    """Runs come network by network, so the last few are enough."""
    return topology_of(words)[0]


@lru_cache(maxsize=64)
def _workload(text: str, words: str, seed: int, folder: Path) -> Workload:
    """The same tasks for every policy: they are kept from one to the next, but for very long ones."""
    return workload_of(text, _topology(words), seed, folder=folder)
