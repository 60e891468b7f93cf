"""The running network is changed while it works: nodes join and leave at its leaves, links beside the tree.

Theory of operation. Nodes are known to algorithms by numbers, which shift where one joins or leaves. So a
wave belongs to one network from its start to its end, and a change comes between waves:

    prepared     the processes of new nodes are started, beside the others, until they are up; nothing waits
    quiet        no wave begins any more, and those that run come to their end
    changed      the orchestrator goes on with the network, tells us, and we tell every process of nodes
    taken        the nodes say that they have it: waves begin again, of which those wait that were asked for

Waves of a healthy lab last milliseconds, and so does the quiet. One that is not over after QUIET_WAIT ends
as it stands, and says what changed under it. Tasks do not wait: they are in the journal, by the names of
nodes. What a node that leaves had, and did not hand over, is pending and comes to others.

What must hold: one change at a time, in turn with replacements of the whole network; whatever fails, waves
begin again; a network that was refused changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from topowave.balancer.control import Control
from topowave.balancer.limits import MOVE_TIME, PREPARE_TIMEOUT, QUIET_WAIT, SIGNAL_TIMEOUT
from topowave.balancer.node_connections import NodeConnections
from topowave.balancer.sentences import nodes_text
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.launcher import WaveLauncher
from topowave.balancer.waves.registry import WaveRegistry
from topowave.topology import Problems, Topology
from topowave.topology.growth import Leaf, moved, with_leaves, with_link, without_leaves, without_link
from topowave.topology.node import Place
from topowave.translation import Sentences, text
from topowave.web.problem_details import Problem
from topowave.wire.observations import NETWORK_CHANGED


class NetworkChanges:
    """Changes the network, one change after the other.

    Args:
        lab: what runs.
        control: to the orchestrator.
        launcher, waves: which are quiet meanwhile.
        connections: to the processes of nodes.
        journal: of the tasks of those that leave.
    """

    def __init__(
        self,
        lab: Lab,
        control: Control,
        launcher: WaveLauncher,
        waves: WaveRegistry,
        connections: NodeConnections,
        journal: JournalMonitor,
    ) -> None:
        self._lab = lab
        self._control = control
        self._launcher = launcher
        self._waves = waves
        self._connections = connections
        self._journal = journal

    async def add(self, leaves: Sequence[Leaf]) -> None:
        """Start nodes and let them join.

        Raises:
            Problem: it cannot be (409, 422), or nobody knows (504); the network is as it was.
        """
        async with self._control.turn():
            topology = _made(lambda: with_leaves(self._lab.topology, leaves))
            await self._control.prepare(topology, PREPARE_TIMEOUT)
            await self._change(topology, f"{nodes_text(len(leaves))} joined")

    async def join(self, leaf: Leaf) -> None:
        """Let a program join that runs already, since somebody else runs it. Raises Problem as `add` does."""
        async with self._control.turn():
            topology = _made(lambda: with_leaves(self._lab.topology, [leaf]))
            await self._change(topology, "1 node joined")

    async def remove(self, names: Sequence[str]) -> None:
        """Let nodes leave, and let what tasks they still have be pending. Raises Problem as `add` does."""
        async with self._control.turn():
            topology = _made(lambda: without_leaves(self._lab.topology, names))
            await self._change(topology, f"{nodes_text(len(names))} left")
        await self._journal.forget_nodes()

    async def move(self, places: Mapping[str, Place]) -> None:
        """Start nodes elsewhere that do not run any more where they were. Raises Problem as `add` does."""
        async with self._control.turn():
            topology = _made(lambda: moved(self._lab.topology, places))
            await self._control.prepare(topology, PREPARE_TIMEOUT + MOVE_TIME * len(places))
            await self._change(topology, f"{nodes_text(len(places))} moved")

    async def link(self, a: str, b: str) -> None:
        """Let two nodes be neighbours from now on. Raises Problem as `add` does."""
        async with self._control.turn():
            topology = _made(lambda: with_link(self._lab.topology, a, b))
            await self._change(topology, f"{a} and {b} were linked")

    async def unlink(self, a: str, b: str) -> None:
        """Let two nodes be no neighbours any more. Raises Problem as `add` does."""
        async with self._control.turn():
            topology = _made(lambda: without_link(self._lab.topology, a, b))
            await self._change(topology, f"the link between {a} and {b} was taken away")

    async def _change(self, topology: Topology, what: str) -> None:
        async with self._launcher.quiet():
            await self._waves.wait_until_over(QUIET_WAIT)
            self._waves.interrupt(f"{NETWORK_CHANGED}: {what}")
            await self._control.change(topology, SIGNAL_TIMEOUT)
            await self._connections.taken(QUIET_WAIT)


def _made(make: Callable[[], Topology]) -> Topology:
    """Return a network. Raises Problem (409) where there can be none such."""
    try:
        return make()
    except Problems as problems:
        found = list(problems.problems)
        raise Problem(
            409, text("Network refused"), text("{problems}", problems=Sentences(found)), problems=found
        ) from None
