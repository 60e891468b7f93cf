"""Copies of a run at intervals, from which any moment is played again: the memory of them has a bound.

A checkpoint is taken as a branch comes to a position for the first time, before anything is done to it
there. So it is right for every branch that leaves at this position or behind it. Where the bound is met the
interval doubles, and every second checkpoint goes.
"""

from __future__ import annotations

import sys
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence

from topowave.algorithms import Algorithm
from topowave.sessions.limits import CHECKPOINT_BYTES, CHECKPOINT_EVENTS
from topowave.simulator.kernel import Kernel

_ENTRY = 16
"""Bytes that a checkpoint takes for each entry of its queue and each node, of what it shares with others."""


class Checkpoints:
    """The checkpoints of a session.

    Args:
        first: the run before its first event.
    """

    def __init__(self, first: Kernel) -> None:
        self.first = first
        self.interval = CHECKPOINT_EVENTS
        self._kernels: dict[tuple[int, int], Kernel] = {(0, 0): first}
        self._positions: dict[int, list[int]] = {0: [0]}
        self._weights: dict[tuple[int, int], int] = {(0, 0): 0}
        self.bytes = 0
        """What they take together, estimated."""

    def __len__(self) -> int:
        return len(self._kernels)

    def wanted(self, branch: int, position: int) -> bool:
        """Whether a branch that is at a position for the first time should be kept there."""
        return position % self.interval == 0 and (branch, position) not in self._kernels

    def keep(self, branch: int, position: int, kernel: Kernel) -> None:
        """Keep a kernel that nobody else goes on with."""
        nearest = self.before([(branch, position)], position)[1]
        weight = _bytes_apart(kernel, nearest)
        self._kernels[branch, position] = kernel
        self._weights[branch, position] = weight
        insort(self._positions.setdefault(branch, []), position)
        self.bytes += weight
        while self.bytes > CHECKPOINT_BYTES and len(self._kernels) > 2:
            self._thin_out()

    def before(self, lineage: Iterable[tuple[int, int | None]], position: int) -> tuple[int, Kernel]:
        """Return the last checkpoint at or before a position: where it is, and its kernel, to be copied.

        Args:
            lineage: the branch and its ancestors, each with the last position that it shares.
            position: of the branch.
        """
        best = 0, self._kernels[0, 0]
        for branch, shared in lineage:
            positions = self._positions.get(branch, ())
            place = bisect_right(positions, position if shared is None else min(shared, position))
            if place and positions[place - 1] > best[0]:
                best = positions[place - 1], self._kernels[branch, positions[place - 1]]
        return best

    def forget(self, branch: int, behind: int = -1) -> None:
        """Give up the checkpoints of a branch that are behind a position; all, where it is no more."""
        positions = self._positions.get(branch, [])
        for position in [each for each in positions if each > behind]:
            positions.remove(position)
            del self._kernels[branch, position]
            self.bytes -= self._weights.pop((branch, position))

    def copy(self) -> Checkpoints:
        """Return checkpoints that change by themselves; the kernels, which nothing changes, are shared."""
        made = Checkpoints(self._kernels[0, 0])
        made.interval, made.bytes = self.interval, self.bytes
        made._kernels, made._weights = dict(self._kernels), dict(self._weights)
        made._positions = {branch: [*positions] for branch, positions in self._positions.items()}
        return made

    def _thin_out(self) -> None:
        """Double the interval. What a checkpoint that goes shared with the next one weighs on there."""
        self.interval *= 2
        for branch, positions in self._positions.items():
            kept = [each for each in positions if each % self.interval == 0]
            for each in set(positions) - set(kept):
                del self._kernels[branch, each], self._weights[branch, each]
            positions[:] = kept
        self.bytes = 0
        for branch, positions in self._positions.items():
            last = self._kernels[0, 0]
            for each in positions:
                kernel = self._kernels[branch, each]
                self._weights[branch, each] = _bytes_apart(kernel, last)
                self.bytes += self._weights[branch, each]
                last = kernel


def _bytes_apart(kernel: Kernel, other: Kernel) -> int:
    """Estimate what a checkpoint takes beside another one: what they share is not counted."""
    found = kernel.links.bytes + _ENTRY * len(kernel.queued())
    for wave, before in zip(kernel.outcome().waves, other.outcome().waves, strict=True):
        found += 4 * _ENTRY * len(wave.instances)
        known = {id(instance) for instance in before.instances.values()}
        fresh = [instance for instance in wave.instances.values() if id(instance) not in known]
        if fresh:
            sample = fresh[:: max(1, len(fresh) // 8)]
            found += len(fresh) * _bytes_of([Algorithm.state(each) for each in sample]) // len(sample)
    return found


def _bytes_of(objects: Sequence[object]) -> int:
    """Estimate the bytes of plain data, with all that it is made of."""
    met: set[int] = set()
    todo: list[object] = [*objects]
    found = 0
    while todo:
        each = todo.pop()
        if id(each) in met:
            continue
        met.add(id(each))
        found += sys.getsizeof(each)
        if isinstance(each, dict):
            todo += each.keys()
            todo += each.values()
        elif isinstance(each, list | tuple | set | frozenset):
            todo += each
        elif hasattr(each, "__dict__") and not isinstance(each, type) and not callable(each):
            todo.append(vars(each))
    return found
