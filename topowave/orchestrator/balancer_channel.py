"""The control channel to the balancer that runs now, if one does, and what it is told there."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Iterable

from topowave.orchestrator.control import ControlChannel
from topowave.orchestrator.control_messages import (
    agent_signal_message,
    agents_message,
    config_message,
    executors_message,
    node_message,
    topology_message,
    wanted_message,
)
from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.hosts.agents import AgentProcesses
from topowave.wire.agents import AgentSignal


class BalancerChannel:
    """Lines to and from the balancer; while there is none, nothing is said, and the next one hears all of it.

    Args:
        selector: waits for the channel.
        on_ready: called when it can be read or written.
        deployment: returns what runs now.
        agents: returns the processes on agents.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        on_ready: Callable[[], None],
        deployment: Callable[[], Deployment],
        agents: Callable[[], AgentProcesses],
    ) -> None:
        self._selector = selector
        self._on_ready = on_ready
        self._deployment = deployment
        self._agents = agents
        self._channel: ControlChannel | None = None
        self._watched = 0
        """The events of the channel that the selector waits for."""

    @property
    def is_open(self) -> bool:
        """Whether there is a balancer."""
        return self._channel is not None

    def open(self, end: socket.socket) -> None:
        """Go on with another incarnation of the balancer, which is told all there is."""
        self._channel = ControlChannel(
            end,
            self._topology_line,
            self._node_line,
            self._config_line,
            self._executors_line,
            self._wanted_line,
        )
        self.all_nodes_changed()
        here = self._agents().here
        self._channel.answer(agents_message(here.values()))
        for name in here:
            self._channel.agent_changed(name)

    def close(self) -> None:
        """Close it: that incarnation is gone."""
        if self._channel is not None:
            if self._watched:
                self._selector.unregister(self._channel.end)
            self._channel.close()
        self._channel, self._watched = None, 0

    def drop(self) -> None:
        """Close the parent's end in a child."""
        if self._channel is not None:
            self._channel.close()

    def watch(self) -> None:
        """Send what can be sent, and let the selector wait for what the channel wants now."""
        if self._channel is None:
            return
        self._channel.write()
        wants = self._channel.wants
        if wants != self._watched:
            if self._watched == 0:
                self._selector.register(self._channel.end, wants, self._on_ready)
            elif wants == 0:
                self._selector.unregister(self._channel.end)
            else:
                self._selector.modify(self._channel.end, wants, self._on_ready)
            self._watched = wants

    def read(self) -> list[bytes]:
        """Return the lines that have come in whole. Raises as `ControlChannel.read` does."""
        if self._channel is None:
            return []
        self._channel.write()
        return self._channel.read()

    def answer(self, line: bytes) -> None:
        """Answer a request of the balancer; if it is gone, nobody waits for the answer."""
        if self._channel is not None:
            self._channel.answer(line)

    def topology_changed(self) -> None:
        """Notify it of the network."""
        if self._channel is not None:
            self._channel.topology_changed()

    def config_changed(self) -> None:
        """Notify it of the settings."""
        if self._channel is not None:
            self._channel.config_changed()

    def executors_changed(self) -> None:
        """Notify it of what tasks the nodes take."""
        if self._channel is not None:
            self._channel.executors_changed()

    def nodes_changed(self, names: Iterable[str]) -> None:
        """Notify it of the processes with these first nodes."""
        if self._channel is not None:
            self._channel.nodes_changed(names)

    def all_nodes_changed(self) -> None:
        """Notify it of every process of nodes."""
        self.nodes_changed(process.name for process in self._deployment().processes)

    def agent_changed(self, name: str) -> None:
        """Have it pass on to an agent what that is to run."""
        if self._channel is not None:
            self._channel.agent_changed(name)

    def send(self, signal: AgentSignal) -> None:
        """Have it pass on a signal to a process on an agent."""
        self.answer(agent_signal_message(signal))

    def _topology_line(self) -> bytes:
        deployment = self._deployment()
        return topology_message(deployment.topology, deployment.version, keeps=deployment.keeps)

    def _config_line(self) -> bytes:
        return config_message(self._deployment().config)

    def _executors_line(self) -> bytes:
        return executors_message(self._deployment().topology)

    def _node_line(self, name: str) -> bytes | None:
        deployment = self._deployment()
        process = deployment.process_of(name)
        return None if process is None else node_message(process, deployment.numbers_of(process))

    def _wanted_line(self, name: str) -> bytes | None:
        agents, deployment = self._agents(), self._deployment()
        processes = agents.wanted_of(name)
        if processes is None:
            return None
        topology, version = deployment.network_on(name)
        return wanted_message(name, agents.session_of(name), topology, version, deployment.config, processes)
