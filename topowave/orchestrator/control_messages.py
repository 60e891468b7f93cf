"""What the orchestrator tells the balancer; the forms of these messages are in `topowave.wire.control`."""

from __future__ import annotations

from collections.abc import Iterable

from topowave.orchestrator.managed_process import ManagedProcess
from topowave.topology import LabConfig, Topology
from topowave.topology.config import running_settings
from topowave.topology.flat_form import to_rows
from topowave.wire.agents import AgentSignal, Hello, Wanted, WantedProcess
from topowave.wire.control import (
    AgentsHere,
    ConfigNow,
    Done,
    ExecutorsNow,
    NodeNow,
    Refused,
    RequestId,
    SignalOfAgent,
    TopologyNow,
    WantedOfAgent,
    line_of,
)


def topology_message(topology: Topology, version: int, *, keeps: bool = False) -> bytes:
    """Say which network runs now, and whether the nodes that it shares with the last one have gone on."""
    return line_of(TopologyNow(to_rows(topology), version, keeps))


def config_message(config: LabConfig) -> bytes:
    """Say which settings hold now, of those that may be changed while the lab runs."""
    return line_of(ConfigNow(running_settings(config)))


def executors_message(topology: Topology) -> bytes:
    """Say what tasks the nodes take now, of those that do not take everything."""
    return line_of(ExecutorsNow({name: taken.to_json() for name, taken in topology.executors.items()}))


def node_message(process: ManagedProcess, numbers: tuple[int, ...] = ()) -> bytes:
    """Say what one process of nodes does now."""
    return line_of(
        NodeNow(
            name=process.name,
            state=process.state.value,
            pid=process.pid,
            restarts=process.restarts,
            reason=process.reason,
            others=tuple(process.others),
            ran=process.ran,
            numbers=numbers,
            started_at=process.started_at if process.runs else None,
        )
    )


def agents_message(agents: Iterable[Hello]) -> bytes:
    """Say which agents were alive for the last balancer."""
    return line_of(AgentsHere(list(agents)))


def wanted_message(
    agent: str,
    session: str,
    topology: Topology,
    version: int,
    config: LabConfig,
    processes: list[WantedProcess],
) -> bytes:
    """Say what an agent is to run."""
    # Only what was set: which scripts may run follows from the host where nobody has said it. Alerts are the
    # balancer's, and their webhook has a secret.
    settings = config.model_dump(mode="json", exclude_unset=True, exclude={"alerts"})
    return line_of(WantedOfAgent(Wanted(agent, session, version, to_rows(topology), settings, processes)))


def agent_signal_message(signal: AgentSignal) -> bytes:
    """Say which signal a process of an agent is to get."""
    return line_of(SignalOfAgent(signal))


def done(request: RequestId) -> bytes:
    """Say that a request was carried out."""
    return line_of(Done(request))


def refused(request: RequestId, *problems: str) -> bytes:
    """Say that a request changed nothing, and why."""
    return line_of(Refused(request, list(problems)))
