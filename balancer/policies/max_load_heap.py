"""The lab course's policy: the most loaded node gives to the freest, while that improves anything.

A heap has the node with the highest load/cpu on top. The top node gives one task at a time:
- With more tasks than cores it gives one that waits, to the node with the most free capacity (cpu - load);
  where no node has any, to the one that the task would load least.
- With no more tasks than cores, but at `max_cpu` percent or above, it gives one that runs and begins anew at
  the receiver: the node with the most free capacity of those that stay below `max_cpu` percent with it. This
  needs a `max_cpu` below 100: at 100, a node that has a core for each of its tasks is as it should be.

Laws, for loads that do not change meanwhile:
- A task moves only if the receiver will then be strictly less loaded than the giver was. So the list of
  loads, most loaded first, shrinks with every task, whoever may give or take at that time: the policy ends,
  and no number of plans ever goes back to loads that there were.
- What it has balanced it leaves alone: a giver of the second kind has been at `max_cpu` percent with the task
  that it gave, so it does not stay below with one more.
- Who gives does not receive, and there are fewer moves than nodes.

The course's own text keys the heap by -(cpu/load), which puts the idlest node on top; the intent counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from topowave.balancer.policies.base import LoadView, Move, NodeLoad, Policy

MOST_TASKS = 200_000
"""Most tasks that one call plans to move; what is left waits for the next call."""
ALL_CORES = 100
"""Percent of its cores that a node with a task for each uses; with this `max_cpu` only waiting tasks move."""

_Entry = tuple[int, int, int, int]
"""Of a heap: what comes first, the key, the node, and the load it had."""


class MaxLoadHeap(Policy):
    """The lab course's policy, with the most loaded node on top."""

    name = "max-load-heap"
    title = "Max-load heap"
    summary = (
        "the most loaded node gives one task to the freest, while that improves anything; "
        "from max_cpu percent on also one that runs, to a node that stays below"
    )
    source = "the lab course's balancer, which keys its heap by load/cpu"
    reads = ("max_cpu",)
    knows = "the cores and the load of every node, at the balancer"
    messages = "none beside the wave that reads the loads"
    bound = (
        "once it rests, no task that waits would be better off elsewhere than its node is now; fewer moves "
        "than nodes; n log n for n nodes, and log n for each task"
    )
    wins = (
        "wherever one place may know everything; it moves no task without a gain, and so the fewest running "
        "ones. It does not look at links: a task may go from one end of the network to the other"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return the moves that balance the loads, at most one fewer than there are nodes."""
        return heap_moves(view.nodes, self.settings.max_cpu)


def heap_moves(loads: Sequence[NodeLoad], max_cpu: float) -> list[Move]:
    """Return the moves that balance the loads, at most one fewer than there are nodes.

    It takes n log n for n nodes, and log n for each task.

    Args:
        loads: one a node, each with a port of its own and cpu >= 1.
        max_cpu: the percent of its cores from which a node counts as overloaded.
    """
    balancing = _Balancing(loads, max_cpu)
    for _ in range(MOST_TASKS):
        if not balancing.step():
            break
    change = [(node.port, node.load - load) for node, load in zip(loads, balancing.load, strict=True)]
    given = [(port, count) for port, count in change if count > 0]
    taken = [(port, -count) for port, count in change if count < 0]
    return paired(given, taken)


def overloaded(node: NodeLoad, max_cpu: float) -> bool:
    """Return whether a node has at least `max_cpu` percent of its cores' worth of tasks."""
    return 100 * node.load >= node.cpu * max_cpu


class _Balancing:
    """The loads while tasks move, and the heaps: who gives, who receives, and who then stays below max_cpu.

    An entry of a heap ends with the node and the load it had; once the node has another load the entry is
    old, and a newer one is in the heap too.
    """

    def __init__(self, loads: Sequence[NodeLoad], max_cpu: float) -> None:
        self.load = [node.load for node in loads]
        self._nodes = loads
        self._cpu = [node.cpu for node in loads]
        self._max_cpu = max_cpu
        # load * scale // cpu orders loads exactly as the fractions load/cpu are ordered, equal ones as equal:
        # two different fractions with denominators up to m differ by at least 1/m^2.
        self._scale = max(self._cpu, default=1) ** 2
        self._givers: list[_Entry] = []
        self._receivers: list[_Entry] = []
        self._below: list[_Entry] = []
        for node in range(len(loads)):
            self._enter(node)

    def step(self) -> bool:
        """Move one task; return False where nobody has one to give, or no move improves anything."""
        load, cpu = self.load, self._cpu
        giver = self._top(self._givers)
        if giver is None:
            return False
        # While one has tasks that wait it is on top; so nobody has, where the top one has not.
        receiver = self._top(self._receivers if load[giver] > cpu[giver] else self._below)
        if receiver is None or (load[receiver] + 1) * cpu[giver] >= load[giver] * cpu[receiver]:
            return False
        load[giver] -= 1
        load[receiver] += 1
        self._enter(giver)
        self._enter(receiver)
        return True

    def _top(self, heap: list[_Entry]) -> int | None:
        """Return the node on top of a heap; None where there is none."""
        while heap and heap[0][-1] != self.load[heap[0][-2]]:
            heappop(heap)
        return heap[0][-2] if heap else None

    def _enter(self, node: int) -> None:
        load, cpu = self.load[node], self._cpu[node]
        free = cpu - load
        room = self._nodes[node].room
        if self._nodes[node].takes and (room is None or load - self._nodes[node].load < room):
            key = -free if free > 0 else (load + 1) * self._scale // cpu
            heappush(self._receivers, (int(free <= 0), key, node, load))
            if self._max_cpu < ALL_CORES and 100 * (load + 1) < cpu * self._max_cpu:
                heappush(self._below, (0, -free, node, load))
        over = 100 * load >= cpu * self._max_cpu
        if self._nodes[node].gives and over and (load > cpu or self._max_cpu < ALL_CORES):
            heappush(self._givers, (0, -(load * self._scale // cpu), node, load))


def paired(given: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> list[Move]:
    """Say who gives to whom, as few moves as one walk along both lists finds."""
    waiting = list(reversed(list(taken)))
    found: list[Move] = []
    for port, count in given:
        left = count
        while left:
            receiver, wanted = waiting.pop()
            moved = min(left, wanted)
            found.append(Move(port, receiver, moved))
            left -= moved
            if wanted > moved:
                waiting.append((receiver, wanted - moved))
    return found
