"""Messages that can change nothing any more: a search need not keep them.

A message is inert if its receiver, in its state and in every state that it may come to from there, would do
nothing at all on receiving it: no change, no effect, and nobody's event would come to precede its own by it.
Such a message commutes with every other event, so the search takes it off its link at once. No run is lost by
that: put the receipt back in anywhere, and nothing else in the run changes. Runs without end stay, since only
finitely many messages are inert between two events that are kept; counts of messages count them all.

Which states a node may come to is found without looking at the rest of the network: from its first state, by
any message that anybody may send to it, any number of times, in any order. That is more than can happen, so
fewer messages are found to be inert than are. It is made only where it does not take too long.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable

from topowave.checker import limits
from topowave.checker.local_transitions import FAILED, Call, LocalTransitions, Transition

LOOK_AT_CLOCK = 100
"""Calls between two looks at the clock, and at the number of states."""


class InertMessages:
    """Knows which messages are inert.

    Args:
        nodes: the nodes and their handlers.
        initiators: those that start.
        until_s: when it gives up, on the monotonic clock; None for never.
    """

    def __init__(
        self, nodes: LocalTransitions, initiators: Iterable[int], until_s: float | None = None
    ) -> None:
        self._until_s = until_s
        self._nodes = nodes
        self._calls: list[dict[Call, None]] = [{} for _ in nodes.first]
        self._locals: list[dict[int, None]] = [{} for _ in nodes.first]
        self._before: dict[int, set[int]] = defaultdict(set)
        self._live: dict[tuple[int, Call], set[int]] = {}
        self._tried = 0
        self.known = self._explore(initiators)
        """Whether everything was tried; if not, no message is known to be inert."""
        if self.known:
            for node, calls in enumerate(self._calls):
                for call in calls:
                    if call[0] == "message":
                        self._live[node, call] = self._not_inert(node, call)

    def is_inert(self, node: int, local: int, sender: int, payload: int) -> bool:
        """Whether a message does nothing to a node in its state `local` and in all that may follow."""
        live = self._live.get((node, ("message", sender, payload)))
        return live is not None and local not in live

    def _explore(self, initiators: Iterable[int]) -> bool:
        """Try every call in every state of its node; return whether that came to an end."""
        todo: list[tuple[int, int, Call]] = []
        for node, local in enumerate(self._nodes.first):
            self._locals[node][local] = None
        for node in initiators:
            self._add_call(node, ("start",), todo)
        while todo:
            if self._tried >= limits.MOST_CALLS or self._goes_on():
                return False
            self._tried += 1
            node, local, call = todo.pop()
            transition = self._nodes.transition(node, local, call)
            if transition.hung:
                return False
            if transition.local != FAILED:
                self._note(node, local, transition, todo)
        return True

    def _goes_on(self) -> bool:
        """Whether there seem to be more and more, as where a node or a message counts something."""
        if self._tried % LOOK_AT_CLOCK:
            return False
        if self._until_s is not None and time.monotonic() >= self._until_s:
            return True
        met = sum(map(len, self._locals)) + sum(map(len, self._calls))
        return self._tried >= limits.FEW_CALLS and 2 * met > self._tried

    def _note(self, node: int, local: int, transition: Transition, todo: list[tuple[int, int, Call]]) -> None:
        if transition.local != local:
            self._before[transition.local].add(local)
        if transition.local not in self._locals[node]:
            self._locals[node][transition.local] = None
            todo.extend((node, transition.local, call) for call in self._calls[node])
        for what, target, payload in transition.effects:
            if what == "send":
                self._add_call(int(target), ("message", node, payload), todo)
            elif what == "timer":
                self._add_call(node, ("timer", str(target)), todo)

    def _add_call(self, node: int, call: Call, todo: list[tuple[int, int, Call]]) -> None:
        if call not in self._calls[node]:
            self._calls[node][call] = None
            todo.extend((node, local, call) for local in self._locals[node])

    def _not_inert(self, node: int, call: Call) -> set[int]:
        """Return the states from which the node may come to one in which the call does something."""
        live = {
            local
            for local in self._locals[node]
            if (transition := self._nodes.transition(node, local, call)).local != local
            or transition.effects
            or transition.changes
        }
        todo = list(live)
        while todo:
            for local in self._before[todo.pop()]:
                if local not in live:
                    live.add(local)
                    todo.append(local)
        return live
