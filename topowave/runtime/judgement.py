"""What a wave's decisions show of its class, in the same words in the simulator, a live lab and a replay.

Tel (2000, definition 6.1) asks of a wave that it ends, that somebody decides, and that every node has an
event before each decide (dependence). A class says how many decide (`deciders`), each at most once. Whether
a node has an event before another one's is a matter of messages, not of clocks: each message carries, in
thought, the set of nodes with an event before it was sent, and its receiver has them in its own past.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence

from topowave.algorithms import Algorithm
from topowave.algorithms.base import Deciders
from topowave.translation import text


def decision_faults(
    deciders: Sequence[int], wanted: Deciders, names: Sequence[str], scope: Collection[int], *, over: bool
) -> list[str]:
    """Return a sentence for each way in which not as many nodes decided as the class says.

    Args:
        deciders: who decided, in that order, once for each decide.
        wanted: how many should.
        names: of all nodes.
        scope: the nodes that take part.
        over: whether nothing more can come, so that what is missing will not come either.
    """
    decided = dict.fromkeys(deciders)
    wrong: list[str] = []
    if len(decided) < len(deciders):
        twice = [node for node in decided if deciders.count(node) > 1]
        wrong = [f"node {names[node]} decided more than once" for node in twice]
    if wanted == "one" and len(decided) > 1:
        wrong += [f"node {names[node]} decided too, though only one should" for node in deciders[1:]]
    if over and not deciders:
        wrong.append(text("no node decided"))
    elif over and wanted == "all" and len(decided) < len(scope):
        wrong += [f"node {names[node]} did not decide" for node in scope if node not in decided]
    return wrong


def dependence_faults(decisions: Iterable[tuple[int, int]], names: Sequence[str]) -> list[str]:
    """Return a sentence for each decide that came too early.

    Args:
        decisions: for each decide its node, and the mask of the nodes without an event before it.
        names: of all nodes.
    """
    wrong = [
        f"node {names[(missing & -missing).bit_length() - 1]} has no event before node {names[node]}'s decide"
        for node, missing in decisions
        if missing
    ]
    return list(dict.fromkeys(wrong))


def bound_faults(algorithm: type[Algorithm], messages: int, bound: float | None) -> list[str]:
    """Return a sentence where a wave that is over, without faults, had not as many messages as are proven."""
    exact = algorithm.bounds.exact
    if bound is None or (messages == bound if exact else messages <= bound):
        return []
    return [
        text(
            "{messages} messages were sent, {value} {bound:g} are proven",
            messages=messages,
            value="exactly" if exact else "at most",
            bound=bound,
        )
    ]


class WaveJudge:
    """Judges a wave that is over by its events, given in an order in which each send is before its receive.

    Args:
        algorithm: what ran.
        names: of all nodes.
        scope: the nodes that took part, or should have.
        unseen: those of which no events are known; what is sent to one of them counts as passed on by it.
    """

    def __init__(
        self,
        algorithm: type[Algorithm],
        names: Sequence[str],
        scope: Collection[int],
        unseen: Iterable[int] = (),
    ) -> None:
        self._algorithm = algorithm
        self._names = names
        self._scope = scope
        self._unseen = frozenset(unseen)
        self._all = sum(1 << node for node in scope if node not in self._unseen)
        self._past: dict[int, int] = {}
        self._messages: dict[Hashable, int] = {}
        self._decisions: list[tuple[int, int]] = []

    def happened(self, node: int) -> None:
        """Note that a node started, or that its timer ran out, or that it lost a neighbour."""
        self._past[node] = self._past.get(node, 0) | 1 << node

    def sent(self, node: int, to: int | None, message: Hashable) -> None:
        """Note that a node sent a message."""
        past = self._past.get(node, 0)
        if to in self._unseen:
            self._past[to] = self._past.get(to, 0) | past
        else:
            self._messages[message] = past

    def received(self, node: int, sender: int | None, message: Hashable) -> None:
        """Note that a node received a message."""
        past = self._past.get(sender, 0) if sender in self._unseen else self._messages.get(message, 0)
        self._past[node] = self._past.get(node, 0) | 1 << node | past

    def decided(self, node: int) -> None:
        """Note that a node decided."""
        self._decisions.append((node, self._all & ~self._past.get(node, 0)))

    def decision_faults(self, *, over: bool = False) -> list[str]:
        """Return a sentence for each way in which not as many decided as should; `over` as above."""
        deciders = [node for node, _ in self._decisions]
        return decision_faults(deciders, self._algorithm.deciders, self._names, self._scope, over=over)

    def faults(self, *, over: bool) -> list[str]:
        """Return a sentence for each thing that is wrong."""
        wrong = self.decision_faults(over=over)
        if self._algorithm.wave:
            wrong += dependence_faults(self._decisions, self._names)
        return wrong
