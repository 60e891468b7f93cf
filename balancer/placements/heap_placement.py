"""A placement that gives each task to the node with the smallest key, by heaps.

There is a heap for each kind of task that was asked for: a role and a weight. A node has an entry in each
heap whose tasks may run on it. A key that grows (the node was chosen) is looked at when its entry is on top;
one that shrinks (the node reported less) gets a new entry at once, and the older one is old when it comes up.
So each change costs log n, and nothing is searched for. A heap of twice its nodes is made anew.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace

from topowave.balancer.placements.base import Executors, Kind, Placement, TaskNeeds, kinds_of

SPARE = 64
"""Entries that a heap may have beyond twice its nodes."""

_Entry = tuple[float, int, int]
"""Of a heap: a key, the node, and its version at that time."""


class _Heap:
    """The nodes for one kind of task."""

    def __init__(self, entries: list[_Entry], most: int) -> None:
        self.entries = entries
        self.most = most
        heapify(entries)


class HeapPlacement(Placement):
    """Gives each task to the open node with the smallest key that fits; of equal ones to the first."""

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._version = [0] * len(self.nodes)
        self._heaps: dict[Kind, _Heap] = {}
        self._heaps_of: list[list[tuple[int, _Heap]]] = [[] for _ in self.nodes]
        """For each node: the heaps that it is in, each with the weight of its tasks."""

    @abstractmethod
    def _key(self, node: int, weight: int) -> float:
        """Return the key of a node for a task of some weight, from what it has now."""

    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:  # noqa: ARG002 - all are as near
        if not task.roles:
            top = self._top((None, task.weight))
            return None if top is None else top[1]
        best = None
        for kind in kinds_of(task):
            top = self._top(kind)
            if top is not None and (best is None or top < best):
                best = top
        return None if best is None else best[1]

    def _top(self, kind: Kind) -> _Entry | None:
        heap = self._heaps.get(kind)
        if heap is None:
            heap = self._make(kind)
        entries, version = heap.entries, self._version
        while entries:
            top = entries[0]
            node = top[1]
            if top[2] == version[node]:
                return top
            if self.is_open(node):
                heapreplace(entries, (self._key(node, kind[1]), node, version[node]))
            else:
                heappop(entries)
        return None

    def _make(self, kind: Kind) -> _Heap:
        nodes = self.fitting(kind)
        heap = _Heap(self._entries(nodes, kind[1]), 2 * len(nodes) + SPARE)
        if nodes:  # roles that no node has are without number
            self._heaps[kind] = heap
        for node in nodes:
            self._heaps_of[node].append((kind[1], heap))
        return heap

    def _entries(self, nodes: Sequence[int], weight: int) -> list[_Entry]:
        return [(self._key(node, weight), node, self._version[node]) for node in nodes if self.is_open(node)]

    def _given(self, node: int) -> None:
        self._version[node] += 1

    def _changed(self, node: int) -> None:
        self._version[node] += 1
        if self.is_open(node):
            self._enter(node)

    _opened = _changed

    def _closed(self, node: int) -> None:
        self._version[node] += 1

    def _enter(self, node: int) -> None:
        version = self._version[node]
        for weight, heap in self._heaps_of[node]:
            entries = heap.entries
            heappush(entries, (self._key(node, weight), node, version))
            if len(entries) > heap.most:
                entries[:] = self._entries(sorted({entry[1] for entry in entries}), weight)
                heapify(entries)
