"""All hosts of processes as one: what is done to a process is done where that lives.

No signal of this machine ever goes to a process id of another one: whoever signals does it here.
"""

from __future__ import annotations

from collections.abc import Collection

from topowave.orchestrator.hosts.agents import AgentProcesses
from topowave.orchestrator.hosts.process_host import ProcessHost, SignalAction
from topowave.orchestrator.hosts.processes import ProcessTable
from topowave.orchestrator.managed_process import ManagedProcess


class Hosts:
    """Both hosts, this machine and the agents; a `ProcessHost`.

    Args:
        here: the processes of this machine.
        agents: those on agents.
    """

    def __init__(self, here: ProcessTable, agents: AgentProcesses) -> None:
        self.here = here
        self.agents = agents

    def _host_of(self, process: ManagedProcess) -> ProcessHost:
        return self.here if process.agent is None else self.agents

    @property
    def _all(self) -> tuple[ProcessHost, ProcessHost]:
        return self.here, self.agents

    @property
    def any_left(self) -> bool:
        """Whether any process has still to end."""
        return any(host.any_left for host in self._all)

    @property
    def retired_left(self) -> bool:
        """Whether a process that was retired has still to end."""
        return any(host.retired_left for host in self._all)

    def signal(self, process: ManagedProcess, action: SignalAction) -> None:
        """Kill, stop or continue a process that runs."""
        self._host_of(process).signal(process, action)

    def retire(self, processes: Collection[ManagedProcess]) -> None:
        """Ask these processes to end, and have nothing more to do with them."""
        for process in processes:
            self._host_of(process).retire([process])

    def end_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Ask every process to end, but those that are spared."""
        for host in self._all:
            host.end_all(spared)

    @property
    def kill_at_s(self) -> float | None:
        """When something that was retired is to be killed (monotonic, s); None where nothing is left."""
        times = [host.kill_at_s for host in self._all]
        return min((at_s for at_s in times if at_s is not None), default=None)

    def kill_late(self, now_s: float) -> None:
        """Kill what was retired STOP_GRACE_S ago and is left; again each time that so long has passed."""
        for host in self._all:
            host.kill_late(now_s)

    def kill_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Kill every process, but those that are spared."""
        for host in self._all:
            host.kill_all(spared)
