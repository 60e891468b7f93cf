"""What must hold in every run, and the sentence with the witness where it does not.

The properties, by name:

- `handlers`: no handler fails, hangs, sends to a node that is no neighbour or sends what is no plain data.
- `termination`: no run goes on for ever while every message arrives in the end.
- `decision`: in every run that is over as many nodes have decided as the class says, none of them twice.
- `dependence`: each decide is preceded by an event in every process (Tel 2000, definition 6.1).
- `bounds`: no run sends more messages than is proven, or fewer where the number is exact.

Termination, decision and bounds are promised for networks that lose, double and break nothing. Where faults
are asked for, what is left of them is safety: nobody decides who must not, so no node twice, and only one
where one decides. A node that stops waiting because it was told of a crash does so with reason: a decide
after such news need not depend on everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from topowave.algorithms import Algorithm, Network
from topowave.checker.local_transitions import Payload, Transition
from topowave.runtime.algorithm_error import AlgorithmError
from topowave.runtime.declarations import proven_limit
from topowave.simulator.properties import PROPERTIES, Property

CheckedProperty = Property | Literal["handlers"]
CHECKED_PROPERTIES: tuple[CheckedProperty, ...] = (*PROPERTIES, "handlers")


@dataclass(frozen=True, slots=True)
class Problem:
    """A property that does not hold.

    Attributes:
        property_name: which.
        witness: a sentence that shows it.
        node: where, if it is at one node.
        mistake: what a handler did wrong, if one did.
        at_end: whether it is broken by a run's being over.
    """

    property_name: CheckedProperty
    witness: str
    node: int | None = None
    mistake: AlgorithmError | None = None
    at_end: bool = False


class Rules:
    """The properties that apply to one algorithm on one network.

    Args:
        algorithm: the class.
        network: the network.
        names: of the nodes, by number.
        faulty: whether there may be losses, duplicates or crashes.

    Attributes:
        applied: what is looked at.
        past: whether it must be known which events precede which.
        one: whether at most one node may decide.
        limit: the proven number of messages; None where none is proven or faults may come.
        exact: whether a run that is over must have sent exactly so many.
        hears_of_crashes: whether the class handles the news that a neighbour is down.
    """

    def __init__(
        self, algorithm: type[Algorithm], network: Network, names: Sequence[str], *, faulty: bool
    ) -> None:
        self._algorithm = algorithm
        self._names = names
        self._all = (1 << network.nodes) - 1
        self.reliable = not faulty
        self.past = algorithm.wave
        self.one = algorithm.deciders == "one"
        self.limit = None if faulty else proven_limit(algorithm, "messages", network)
        self.exact = algorithm.bounds.exact
        self.hears_of_crashes = algorithm.on_down is not Algorithm.on_down
        applies: dict[CheckedProperty, bool] = {
            "termination": not faulty,
            "decision": True,
            "dependence": algorithm.wave,
            "bounds": self.limit is not None,
            "handlers": True,
        }
        self.applied: tuple[CheckedProperty, ...] = tuple(
            name for name in CHECKED_PROPERTIES if applies[name]
        )

    # After a step of one node.

    def broken_by(self, node: int, past: int, decides: int, transition: Transition) -> Problem | None:
        """Return what one node's step breaks.

        Args:
            node: the node.
            past: the nodes with an event before its step or in it.
            decides: 0 if it does not decide in this step, else how often it has decided by now.
            transition: what its handler did.
        """
        if transition.mistake is not None:
            return Problem("handlers", str(transition.mistake), node, transition.mistake)
        if not decides:
            return None
        name = f"node {self._names[node]}"
        if decides > 1:
            often = "twice" if decides == 2 else f"{decides} times"
            return Problem("decision", f"{name} decides {often}", node)
        missing = self._all & ~past
        if not self.past or not missing or past > self._all:
            return None
        return Problem("dependence", f"{self._some(missing)} no event before {name}'s decide", node)

    def second_decider(self, node: int, other: int) -> Problem:
        """Return that `node` decides although `other` has decided before."""
        names = self._names
        text = f"node {names[node]} decides after node {names[other]} has; only one node may"
        return Problem("decision", text, node)

    def changed_message(self, node: int, to: int, doing: str, payload: Payload) -> Problem:
        """Return that a node changes an object that it has sent, and that has not arrived yet."""
        text = f"its message {payload.shown} to {self._names[to]} changes after it was sent here; send a copy"
        found = AlgorithmError(self._names[node], doing, text, *(payload.line or (None, None, "")))
        return Problem("handlers", str(found), node, found)

    # When a run is over.

    def broken_at_end(self, decided: int) -> Problem | None:
        """Return what is wrong if a run is over and the nodes of the mask `decided` have decided."""
        if not self.reliable:
            return None
        if not decided:
            return Problem("decision", "the run is over and no node has decided", at_end=True)
        missing = self._all & ~decided
        if missing and self._algorithm.deciders == "all":
            text = f"the run is over and {self._some(missing)} not decided; every node should"
            return Problem("decision", text, at_end=True)
        return None

    def broken_by_count(self, sent: int, *, over: bool) -> Problem | None:
        """Return what is wrong if so many messages have been sent, and the run is over or is not."""
        if self.limit is None:
            return None
        proven = f"{self.limit:g} = {self._algorithm.bounds.messages_text or 'the bound'}"
        kind = "exactly" if self.exact else "at most"
        if sent > self.limit:
            return Problem("bounds", f"{_messages(sent)} sent, proven are {kind} {proven}")
        if over and self.exact and sent < self.limit:
            text = f"the run is over after {_messages(sent)}, proven are exactly {proven}"
            return Problem("bounds", text, at_end=True)
        return None

    def endless(self, back: int, *, grows: bool) -> Problem:
        """Return that a run never ends since it comes back to where it was after `back` events.

        Args:
            back: the number of events.
            grows: whether it comes back with more messages under way each time.
        """
        when = f"after event {back}" if back else "at the beginning"
        if grows:
            text = f"all nodes are as they were {when}, with more messages under way, and so on for ever"
        else:
            text = f"all is as it was {when}, and so on for ever"
        return Problem("termination", f"a run need not end: {text}")

    def _some(self, mask: int) -> str:
        """Return the nodes of a mask with their verb: "node 1 has", "nodes 1 and 2 have"."""
        names = [name for node, name in enumerate(self._names) if mask >> node & 1]
        if len(names) == 1:
            return f"node {names[0]} has"
        return f"nodes {', '.join(names[:-1])} and {names[-1]} have"


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
