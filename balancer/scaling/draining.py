"""Nodes that are to leave hand over all their tasks, and until they can, it is known why not.

What waits is moved as rebalancing moves it, by two transactions of the journal, to the least loaded nodes
that may run it. What runs may finish; after DRAIN_PATIENCE it is interrupted as far as the rules of moves
have it (once, then never again) and begins anew elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence

from topowave.balancer.limits import DRAIN_PATIENCE
from topowave.balancer.policies.base import Move, NodeLoad
from topowave.balancer.round_results import MoveResult
from topowave.balancer.scaling.places import shares
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.tasks.listing import TaskFilter
from topowave.topology import Node
from topowave.translation import Text, counted, text

KEEP_RUNNING = 1_000_000_000
"""More load than any node has: a node that is to keep so much gives only what waits."""
_AWAY = {
    "starting": text("it is being started"),
    "dead": text("it died, and is being started again"),
    "stopped": text("it is stopped: let it continue, or kill it"),
    "inactive": text("it is not heard: it is inactive until it is"),
}
Give = Callable[[list[Move], int], Awaitable[list[MoveResult]]]


class Draining:
    """Empties nodes, step by step.

    Args:
        lab: the nodes with their loads.
        give: lets one node give to others, and keep so much load.
        room: returns how many more tasks a node takes; None for any number.
        journal: where it is seen that a node has none left.

    Attributes:
        reasons: why each node that is to leave cannot yet, after the last step.
        empty: those that have nothing left.
    """

    def __init__(
        self, lab: Lab, give: Give, room: Callable[[Node], int | None], journal: JournalMonitor
    ) -> None:
        self._lab = lab
        self._give = give
        self._room = room
        self._journal = journal
        self._began_s: dict[str, float] = {}
        self.reasons: dict[str, str] = {}
        self.empty: set[str] = set()

    def forget(self, names: Collection[str]) -> None:
        """Have nothing more to do with nodes: they have left, or stay."""
        for name in names:
            self._began_s.pop(name, None)
            self.reasons.pop(name, None)
            self.empty.discard(name)

    async def step(self, names: Sequence[str]) -> None:
        """Let these nodes give what they can now. Raises Problem where the journal cannot be read."""
        receivers = self._receivers(names)
        work: list[Awaitable[None]] = []
        for name in names:
            status = self._lab.status[name]
            self.empty.discard(name)  # it may have been handed something since it was empty
            if not self._lab.topology.node(name).launch:
                self.empty.add(name)  # a workload of an agent's, which has no tasks of this lab's
            elif status.state in _AWAY:
                self.reasons[name] = _AWAY[status.state]
            elif status.assigned or status.running or status.moving:
                work.append(self._hand_over(name, receivers))
            else:
                work.append(self._look_in_journal(name))
        await asyncio.gather(*work)

    async def _look_in_journal(self, name: str) -> None:
        unfinished = TaskFilter(("assigned", "running", "moving"), nodes=(name,))
        if self._journal.is_there:
            page = await self._journal.page(unfinished, "submitted", None, 1)
            if page["tasks"]:
                self.reasons[name] = text("its last tasks are being handed over")
                return
        self.empty.add(name)
        self.reasons.pop(name, None)

    async def _hand_over(self, name: str, receivers: list[NodeLoad]) -> None:
        status, node = self._lab.status[name], self._lab.topology.node(name)
        now_s = time.monotonic()
        patience_s = self._began_s.setdefault(name, now_s) + DRAIN_PATIENCE - now_s
        interrupts = patience_s <= 0
        moved, outcomes = 0, set[str]()
        if status.assigned or (status.running and interrupts):
            cores = status.load if interrupts else max(1, status.load - status.running)
            moves = shares(node.port, cores, receivers)
            _count(moves, receivers)
            results = await self._give(moves, 0 if interrupts else KEEP_RUNNING)
            moved, outcomes = sum(each.moved for each in results), {each.outcome for each in results}
        self.reasons[name] = self._why(name, moved, outcomes, patience_s, there_are_receivers=bool(receivers))

    def _why(
        self, name: str, moved: int, outcomes: set[str], patience_s: float, *, there_are_receivers: bool
    ) -> Text:
        status = self._lab.status[name]  # as it is after the moves
        if status.assigned and not there_are_receivers:
            return counted(
                "{count} task waits here, and no other node takes tasks",
                "{count} tasks wait here, and no other node takes tasks",
                status.assigned,
            )
        if status.assigned and not moved and outcomes <= {"nothing_left"}:
            return counted(
                "{count} task waits here, which no other node may run now",
                "{count} tasks wait here, which no other node may run now",
                status.assigned,
            )
        if status.assigned:
            return counted(
                "{count} task waits here, to be handed over",
                "{count} tasks wait here, to be handed over",
                status.assigned,
            )
        if status.running and patience_s > 0:
            return counted(
                "{count} task runs here, for {seconds:.0f} s more before being moved",
                "{count} tasks run here, for {seconds:.0f} s more before being moved",
                status.running,
                seconds=patience_s,
            )
        if status.running:
            return counted(
                "{count} task runs here to the end: no task is interrupted twice",
                "{count} tasks run here to the end: no task is interrupted twice",
                status.running,
            )
        return counted(
            "{count} task moves to other nodes", "{count} tasks move to other nodes", status.moving
        )

    def _receivers(self, without: Collection[str]) -> list[NodeLoad]:
        """Return the nodes that take tasks, with their loads."""
        found: list[NodeLoad] = []
        for node in self._lab.topology.nodes:
            if node.name in without or not node.launch or not node.executor.active:
                continue
            if self._lab.is_up(node.name):
                load = self._lab.status[node.name].load
                found.append(NodeLoad(node.port, node.cpu, load, room=self._room(node)))
        return found


def _count(moves: Sequence[Move], receivers: list[NodeLoad]) -> None:
    """Count what is planned as the load of those who get it, for the plans of other nodes."""
    planned = {move.receiver: move.count for move in moves}
    for number, node in enumerate(receivers):
        more = planned.get(node.port, 0)
        if more:
            room = None if node.room is None else max(0, node.room - more)
            receivers[number] = NodeLoad(node.port, node.cpu, node.load + more, room=room)
