"""The graph of all states and steps that a search has seen, and what can be asked of it afterwards.

States are numbered in the order in which they were found, breadth first, and their steps were recorded in
that order too; so flat arrays hold the graph, in a few bytes a step.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from topowave.checker import limits

_T = TypeVar("_T")

NOWHERE = 0xFFFFFFFF
"""The parent of the first state."""


@dataclass(frozen=True)
class StatePath:
    """A run as the numbers of its states; the last may be followed by the one at `back`, for ever."""

    states: tuple[int, ...]
    back: int | None = None


@dataclass
class StateGraph:
    """Grows by `add_state` and, state by state, `begin` and `add_step`."""

    parents: array[int] = field(default_factory=lambda: array("I"))
    targets: array[int] = field(default_factory=lambda: array("I"))
    sent: array[int] = field(default_factory=lambda: array("H"))
    begins: array[int] = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.targets)

    def widen(self) -> None:
        """Make room for steps that send more messages than any so far: over 65,535, which hardly one does."""
        self.sent = array("Q", self.sent)

    def steps_of(self, state: int) -> range:
        """Return the numbers of the steps from a state; none if the search did not get there."""
        if state >= len(self.begins):
            return range(0)
        after = self.begins[state + 1] if state + 1 < len(self.begins) else len(self.targets)
        return range(self.begins[state], after)

    def path_to(self, state: int) -> tuple[int, ...]:
        """Return a shortest path from the first state."""
        path = [state]
        while self.parents[path[-1]] != NOWHERE:
            path.append(self.parents[path[-1]])
        return tuple(reversed(path))

    # Order and counts.

    def order(self) -> tuple[array[int], bytearray]:
        """Return the states so that each step leads forward, and a mark for those that have no such place.

        Marked are the states on a cycle of steps, and those behind one.
        """
        entering = array("I", bytes(4 * len(self)))
        for target in self.targets:
            entering[target] += 1
        order = array("I", (state for state in range(len(self)) if not entering[state]))
        marked = bytearray(b"\1") * len(self)
        for state in order:
            marked[state] = 0
            for step in self.steps_of(state):
                target = self.targets[step]
                entering[target] -= 1
                if not entering[target]:
                    order.append(target)
        return order, marked

    def counts(self, order: array[int]) -> tuple[array[int], array[int]]:
        """Return for each state the least and the most messages that a run has sent when it gets there."""
        least = array("I", [NOWHERE]) * len(self)
        most = array("I", bytes(4 * len(self)))
        least[0] = 0
        targets, sent = self.targets, self.sent
        for state in order:
            low, high = least[state], most[state]
            for step in self.steps_of(state):
                target, more = targets[step], sent[step]
                least[target] = min(least[target], low + more)
                most[target] = max(most[target], high + more)
        return least, most

    def shortest(self, wanted: Callable[[int, int], bool], longest: int | None = None) -> StatePath | None:
        """Return a shortest run that ends in a state with a count of messages that are `wanted`.

        Args:
            wanted: is asked for a state and the number of messages sent until then.
            longest: the most steps that it may have.
        """
        before: dict[tuple[int, int], tuple[int, int] | None] = {(0, 0): None}
        level = [(0, 0)]
        steps = 0
        while level and (longest is None or steps <= longest):
            following: list[tuple[int, int]] = []
            for here in level:
                if wanted(*here):
                    return StatePath(tuple(state for state, _ in _chain(before, here)))
                for step in self.steps_of(here[0]):
                    there = self.targets[step], here[1] + self.sent[step]
                    if there not in before:
                        before[there] = here
                        following.append(there)
            level = following
            steps += 1
        return None

    # Cycles.

    def strongly_connected_components(self, marked: bytearray) -> Iterator[list[int]]:
        """Yield the strongly connected parts in which a run can go round (Tarjan 1972, iterative)."""
        number: dict[int, int] = {}
        lowest: dict[int, int] = {}
        path: list[int] = []
        on_path: set[int] = set()
        for root in range(len(self)):
            if not marked[root] or root in number:
                continue
            work = [(root, iter(self.steps_of(root)))]
            self._enter(root, number, lowest, path, on_path)
            while work:
                state, steps = work[-1]
                for step in steps:
                    target = self.targets[step]
                    if target not in number:
                        self._enter(target, number, lowest, path, on_path)
                        work.append((target, iter(self.steps_of(target))))
                        break
                    if target in on_path:
                        lowest[state] = min(lowest[state], number[target])
                else:
                    work.pop()
                    if work:
                        lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[state])
                    if lowest[state] == number[state]:
                        part = _cut(path, state)
                        on_path.difference_update(part)
                        if len(part) > 1 or any(self.targets[step] == state for step in self.steps_of(state)):
                            yield sorted(part)

    def _enter(
        self, state: int, number: dict[int, int], lowest: dict[int, int], path: list[int], on_path: set[int]
    ) -> None:
        number[state] = lowest[state] = len(number)
        path.append(state)
        on_path.add(state)

    def shortest_lasso(
        self, part: list[int], accepted: Callable[[tuple[int, ...]], bool]
    ) -> StatePath | None:
        """Return a shortest path to a cycle in a part and once round it; None if none is accepted.

        From each of the first states of the part only one shortest cycle is tried.

        Args:
            part: one of `strongly_connected_components`.
            accepted: is asked for the states of a cycle.
        """
        inside = set(part)
        best: StatePath | None = None
        most = NOWHERE
        for state in part[: limits.TRIED_STATES]:
            stem = self.path_to(state)
            if len(stem) >= most:
                break
            cycle = self._shortest_cycle(state, inside, most - len(stem))
            if cycle is not None and accepted(cycle):
                best, most = StatePath(stem + cycle[1:], len(stem) - 1), len(stem) + len(cycle) - 1
        return best

    def _shortest_cycle(self, start: int, inside: set[int], most: int) -> tuple[int, ...] | None:
        """Return the states of a shortest path from `start` back to it, if they are not more than `most`."""
        before: dict[int, int | None] = {start: None}
        queue = deque([(start, 1)])
        while queue:
            state, length = queue.popleft()
            if length > most:
                return None
            for step in self.steps_of(state):
                target = self.targets[step]
                if target == start:
                    return tuple(_chain(before, state))
                if target in inside and target not in before:
                    before[target] = state
                    queue.append((target, length + 1))
        return None


def _cut(path: list[int], state: int) -> list[int]:
    """Take `state` and all behind it from the end of a path."""
    part = [path.pop()]
    while part[-1] != state:
        part.append(path.pop())
    return part


def _chain(before: dict[_T, _T | None], last: _T) -> list[_T]:
    """Return the chain that ends in `last`, each with the one before it in `before`."""
    chain = [last]
    while (previous := before[chain[-1]]) is not None:
        chain.append(previous)
    chain.reverse()
    return chain
