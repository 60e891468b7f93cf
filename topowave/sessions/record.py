"""What is remembered of each event of a branch, in columns: where it was, what, and which event sent for it.

That is a few bytes an event, so that a run of a hundred thousand is there as a whole: for its space-time
diagram, for causal pasts and futures. What an event's rows say, and what its node was before and after, is
had by playing it again (`player.py`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from topowave.sessions.step_trace import Noted

NOBODY = -1
"""The number of the node of an event that is at none, or of the event that sent for one nobody sent for."""
KINDS = (
    "other",
    "start",
    "receive",
    "timer",
    "down",
    "drop",
    "crash",
    "restart",
    "cut",
    "mend",
    "partition",
    "heal",
)
"""What an event may be, in the words of a trace."""
_CODE = {kind: code for code, kind in enumerate(KINDS)}


class Record:
    """The events of a branch, as far as somebody has gone through it.

    Events count from 1: event n is the one that leads to position n, and place n - 1 of a column is about it.

    Attributes:
        node: where each event was, or `NOBODY`.
        kind: what it was, a place in `KINDS`.
        cause: the event in which the message was sent that arrived; `NOBODY` of others.
        decides: the events in which some node decided.
        also: the further nodes of an event at several: failure detectors that notice the same crash.
    """

    def __init__(self) -> None:
        self.node = array("i")
        self.kind = array("b")
        self.cause = array("i")
        self.decides = array("i")
        self.also: dict[int, tuple[int, ...]] = {}
        self._sends: dict[int, array[int]] = {}

    def __len__(self) -> int:
        return len(self.node)

    def add(self, noted: Sequence[Noted]) -> None:
        """Note the next event, by what its rows are about."""
        event = len(self.node) + 1
        main: Noted | None = None
        for each in noted:
            if each.event == "send":
                assert each.node is not None
                self._sends.setdefault(each.node, array("i")).append(event)
            elif each.event == "decide":
                self.decides.append(event)
            elif each.event in _CODE and main is None:
                main = each
        nodes = [each.node for each in noted if each.event == "down" and each.node is not None]
        if len(nodes) > 1:
            self.also[event] = tuple(nodes[1:])
        self.node.append(NOBODY if main is None or main.node is None else main.node)
        self.kind.append(0 if main is None else _CODE[main.event])
        self.cause.append(NOBODY if main is None else self._sent_in(main))

    def nodes_of(self, event: int) -> tuple[int, ...]:
        """Return the nodes that an event was at."""
        node = self.node[event - 1]
        return () if node == NOBODY else (node, *self.also.get(event, ()))

    def until(self, position: int) -> Record:
        """Return a record of the first events, for a branch that leaves there."""
        made = Record()
        made.node, made.kind, made.cause = self.node[:position], self.kind[:position], self.cause[:position]
        made.decides = self.decides[: bisect_right(self.decides, position)]
        made.also = {event: nodes for event, nodes in self.also.items() if event <= position}
        made._sends = {node: sent[: bisect_right(sent, position)] for node, sent in self._sends.items()}
        return made

    def _sent_in(self, arrival: Noted) -> int:
        """Return the event in which the message that arrived was sent."""
        if arrival.message_id is None or arrival.event != "receive" or arrival.peer is None:
            return NOBODY
        sent = self._sends.get(arrival.peer, ())
        place = int(arrival.message_id.rpartition(":")[2]) - 1
        return sent[place] if place < len(sent) else NOBODY
