"""The lab as the balancer knows it: the topology, and what each node is doing.

Whether a node lives is the orchestrator's word; how many tasks it has is the node's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.node_status import NodeStatus
from topowave.balancer.state.status_log import StatusLog
from topowave.topology import LabConfig, Node, Topology
from topowave.web.node_addresses import node_address
from topowave.wire.addresses import Address
from topowave.wire.control import NodeState
from topowave.wire.observations import Load

EARLY_LOADS = 10_000
"""Most reports of nodes that are kept for a topology that has not been announced yet."""


class Lab:
    """The running network, as far as it is known.

    Args:
        topology: what runs.
        version: its number, from 1.
        config: the lab's settings; `configure` changes them.
        title: what people call this lab.
        changes: where every change is noted.
    """

    def __init__(
        self, topology: Topology, version: int, config: LabConfig, title: str, changes: ChangeLog
    ) -> None:
        self.topology = topology
        self.version = version
        self.config = config
        self.title = title
        self._changes = changes
        self._early: dict[str, Load] = {}
        self.status = {node.name: _fresh(node) for node in topology.nodes}
        self.status_log = StatusLog(list(self.status.values()))
        self.restarts = 0
        """How often nodes' servers were started anew, also of nodes that have left."""

    def replace(self, topology: Topology, version: int) -> None:
        """Take over a new topology; a node that stays where it is keeps what is known of it."""
        before, known = self.topology, self.status
        self.topology, self.version = topology, version
        self.status = dict[str, NodeStatus]()
        for node in topology.nodes:
            stays = node.name in known and before.node(node.name).place == node.place
            self.status[node.name] = known[node.name] if stays else _fresh(node)
        self.status_log.replaced(list(self.status.values()))
        self._changes.replaced()
        early, self._early = self._early, {}
        for load in early.values():
            self.set_load(load)

    def configure(self, config: LabConfig) -> None:
        """Take over other settings; whoever follows the lab gets the whole state."""
        self.config = config
        self._changes.replaced()

    def set_executors(self, topology: Topology) -> None:
        """Take over what tasks the nodes take; the network is the same otherwise."""
        self.topology = topology
        self._changes.replaced()

    def is_up(self, name: str) -> bool:
        """Return whether a node is up: neither stopped, nor on its way, nor silent."""
        status = self.status.get(name)
        return status is not None and status.state == "up"

    def set_state(
        self,
        name: str,
        state: NodeState,
        pid: int | None,
        restarts: int,
        reason: str | None,
        process: tuple[str, ...] = (),
        started_at: float | None = None,
    ) -> bool:
        """Note what the orchestrator says of a node; return whether its state or restarts changed."""
        status = self.status.get(name)
        if status is None:
            return False
        new = (status.said, status.restarts) != (state, restarts)
        self.restarts += max(0, restarts - status.restarts)
        status.said, status.pid, status.restarts, status.reason = state, pid, restarts, reason
        status.process, status.started_at = process, started_at
        if state == "dead":
            status.cut = False  # it comes back with its links
        self._note(name, status)
        return new

    def set_silent(self, name: str, *, silent: bool) -> None:
        """Note whether a node has not been heard for a while."""
        status = self.status.get(name)
        if status is not None:
            status.silent = silent
            self._note(name, status)

    def set_numbers(self, numbers: Mapping[str, int]) -> None:
        """Note which numbers nodes have as replicas."""
        for name in numbers.keys() & self.status.keys():
            self.status[name].number = numbers[name]

    def others(self, name: str) -> list[str]:
        """Return the other nodes in a node's process: what is done to one of them is done to all."""
        return [other for other in self.status[name].process if other != name]

    def address_at(self, port: int) -> Address:
        """Return where the node with that port is reached; ports that no node has are the lab's own."""
        try:
            return node_address(self.topology.by_port(port), self.config)
        except KeyError:
            return Address(self.config.host, port)

    def set_load(self, load: Load) -> None:
        """Note what a node says of its tasks."""
        status = self.status.get(load.node)
        if status is None:
            if len(self._early) < EARLY_LOADS:
                self._early[load.node] = load
            return
        status.assigned, status.running, status.moving = load.assigned, load.running, load.moving
        status.completed, status.submitted = load.completed, load.submitted
        status.given_up, status.put_back_before = load.failed, load.put_back
        status.cancelled = load.cancelled
        status.heavier = load.heavier
        status.cut = load.cut
        status.reports += 1
        self._note(load.node, status)

    def set_put_back(self, counts: Mapping[str, int]) -> None:
        """Note how many failed tasks of nodes were put back so far, as the journal has it."""
        for name, count in counts.items():
            status = self.status.get(name)
            if status is not None and count > status.put_back:  # an older reading may come later
                status.put_back = count
                self._note(name, status)

    def set_foreign_loads(self, loads: Mapping[str, int]) -> None:
        """Note what the foreign nodes in the tree of a wave said of their load; the others were not heard.

        A foreign node reports to nobody, so this is all that is known of it. Up to `cpu` of its tasks run.
        """
        for node in self.topology.nodes:
            status = self.status[node.name]
            if node.launch:
                continue
            load = loads.get(node.name)
            known = (status.heard, status.assigned, status.running)
            status.heard = load is not None
            if load is not None:
                status.running = min(load, node.cpu)
                status.assigned = load - status.running
            if known != (status.heard, status.assigned, status.running):
                self._note(node.name, status)

    def set_bottlenecks(self, names: Collection[str]) -> None:
        """Note which nodes are predicted to be overloaded in the next round, and are not yet."""
        for name, status in self.status.items():
            if status.bottleneck != (name in names):
                status.bottleneck = not status.bottleneck
                self._changes.note("node", name)

    def known(self) -> tuple[int, int]:
        """Return of how many nodes it is known whether they are up, and how many are.

        Of a foreign node that is known where it was in the tree of the last wave.
        """
        foreign = [status for status in self.status.values() if status.said == "foreign"]
        heard = sum(status.heard for status in foreign)
        return len(self.status) - len(foreign) + heard, self.states().get("up", 0) + heard

    def states(self) -> dict[str, int]:
        """Return how many nodes are in each state, as people are shown it."""
        found: dict[str, int] = {}
        for status in self.status.values():
            found[status.state] = found.get(status.state, 0) + 1
        return found

    @property
    def load(self) -> int:
        """All tasks that wait or run."""
        return sum(status.load for status in self.status.values())

    @property
    def imbalance(self) -> float:
        """The highest load/cpu over the average one, less 1; 0 for an idle lab."""
        total = self.load
        if not total:
            return 0.0
        nodes = self.topology.nodes
        highest = max(self.status[node.name].load / node.cpu for node in nodes)
        return highest * sum(node.cpu for node in nodes) / total - 1

    def _note(self, name: str, status: NodeStatus) -> None:
        self.status_log.note(self.topology.index(name), status)
        self._changes.note("node", name)


def _fresh(node: Node) -> NodeStatus:
    return NodeStatus("starting" if node.managed else "foreign")
