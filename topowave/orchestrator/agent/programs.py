"""What the processes of an agent run: our own nodes, or the command of its workload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.orchestrator.agent.spec import AgentSpec
from topowave.orchestrator.nodes_program import nodes_program
from topowave.orchestrator.programs import NodesProcessContext
from topowave.tasks import place_from_json, place_problem
from topowave.topology import LabConfig, Problems, Topology
from topowave.topology.config import checked_config
from topowave.topology.flat_form import from_rows
from topowave.topology.problems import ProblemList
from topowave.wire.agents import Wanted, Welcome


@dataclass(frozen=True, slots=True)
class Lab:
    """The lab as an agent's processes are to know it.

    topology: the network that they are started with.
    version: its number.
    config: the settings, with the host by which this machine reaches the lab's.
    hosts: what else the lab's own machine is called.
    """

    topology: Topology
    version: int
    config: LabConfig
    hosts: tuple[str, ...]


def lab_of(wanted: Wanted, controller_host: str) -> Lab:
    """Return the lab that an agent is told. Raises Problems where it is none."""
    settings = dict(wanted.settings)
    said = checked_config(settings, ProblemList("settings"))
    # Whether scripts may run follows from the host that the lab listens on, not from how it is called here.
    settings |= {"host": controller_host, "script_dirs": said.allowed_script_dirs}
    config = checked_config(settings, ProblemList("settings"))
    return Lab(from_rows(wanted.topology), wanted.version, config, (said.host,))


def algorithms_of(files: list[str]) -> AlgorithmRegistry:
    """Return the library with the classes of users' files. Raises Problems where one is not here."""
    from topowave.runtime.loading import load_algorithm  # noqa: PLC0415 - most labs have none
    from topowave.traces.header import algorithm_text  # noqa: PLC0415 - as above

    found = LIBRARY
    problems: list[str] = []
    for text in files:
        try:
            algorithm = load_algorithm(text)
            found = found.with_class(algorithm, algorithm_text(algorithm))
        except (ValueError, Problems) as error:
            problems.append(f"{text}: the lab runs it, so it is needed here too, at the same place: {error}")
    if problems:
        raise Problems(problems)
    return found


def own_nodes(
    spec: AgentSpec, welcome: Welcome, algorithms: AlgorithmRegistry, hosts: tuple[str, ...]
) -> Callable[[NodesProcessContext], None]:
    """Return the program of our own nodes. Raises Problems."""
    journal = None if welcome.journal is None else place_from_json(welcome.journal)
    return nodes_program(journal, spec.token, algorithms, trace=welcome.trace, lab_hosts=hosts)


def journal_problem(journal: dict[str, Any] | None) -> str | None:
    """Return why processes of this machine cannot use the lab's journal; None where they may."""
    if journal is None:
        return None
    try:
        place = place_from_json(journal)
    except msgspec.ValidationError as error:
        return f"what the lab says of its journal is not understood: {error}"
    return place_problem(place)
