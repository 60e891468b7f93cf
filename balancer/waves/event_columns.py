"""The events of one wave, kept in columns: a few dozen bytes an event instead of a few hundred."""

from __future__ import annotations

from array import array
from collections import Counter, deque
from typing import get_args

from topowave.wire.limits import TEXT_CHARS
from topowave.wire.observations import Event, EventKind

KINDS: tuple[EventKind, ...] = get_args(EventKind)
_CODES = {kind: code for code, kind in enumerate(KINDS)}
_NOBODY = -1
_NO_NUMBER = -1
_DIGITS = 18
"""Digits of a number that fits into a column for sure."""


class EventColumns:
    """What the nodes of a wave did. Nodes are numbered as in `names`.

    Args:
        names: the network's nodes, in depth-first order.
        keep_messages: whether to keep the messages too, for a trace.
    """

    def __init__(self, names: dict[str, int], *, keep_messages: bool) -> None:
        self._nodes = names
        self._names = tuple(names)
        self._time = array("q")
        self._event = array("b")
        self._node = array("i")
        self._peer = array("i")
        self._number = array("q")
        self._odd_ids: dict[int, str] = {}
        self._kind = array("i")
        self._body: list[object] | None = [] if keep_messages else None
        self._kinds: dict[str | None, int] = {}
        self._kind_names: list[str | None] = []
        self.of_many_clocks = False
        """Whether some times are of other machines, so that a receive may seem to be before its send."""

    def __len__(self) -> int:
        return len(self._time)

    def add(self, node: int, event: Event) -> None:
        """Keep an event of the node with that number."""
        self._time.append(event.t_us)
        self._event.append(_CODES[event.event])
        self._node.append(node)
        self._peer.append(self._number_of(event.peer))
        kind = self._kinds.setdefault(event.kind, len(self._kinds))
        if kind == len(self._kind_names):
            self._kind_names.append(event.kind)
        self._kind.append(kind)
        self._number.append(self._number_in(event.id, node))
        if self._body is not None:
            self._body.append(event.message)

    def in_order(self, kinds: frozenset[str] | None = None) -> list[int]:
        """Return the positions of the events (of those kinds only) in the order of time.

        Where their clocks are several, what was sent still comes before it is received.
        """
        wanted = {_CODES[kind] for kind in KINDS if kinds is None or kind in kinds}
        chosen = [at for at, code in enumerate(self._event) if code in wanted]
        if self.of_many_clocks:
            return [at for at in self._causal_order() if self._event[at] in wanted]
        return sorted(chosen, key=self._time.__getitem__)

    def _causal_order(self) -> list[int]:
        """Return all positions in an order that cause and effect allow, by time otherwise; times follow it.

        Each node's events stay in the order in which it reported them; one that receives what has not been
        sent yet waits until it has.
        """
        left: dict[int, deque[int]] = {}
        for at, node in enumerate(self._node):
            left.setdefault(node, deque()).append(at)
        received = _CODES["receive"]
        sends = [at for at, code in enumerate(self._event) if code == _CODES["send"]]
        to_send = {key for key in map(self.message_key, sends) if key is not None}
        may_go: Counter[int] = Counter()
        waiting: dict[object, int] = {}
        order: list[int] = []
        for visited in sorted(range(len(self)), key=self._time.__getitem__):
            nodes = [self._node[visited]]
            may_go[nodes[0]] += 1
            while nodes:
                node = nodes.pop()
                while may_go[node] and left[node]:
                    at = left[node][0]
                    key = self.message_key(at)
                    if self._event[at] == received and key in to_send:
                        waiting[key] = node
                        break
                    order.append(left[node].popleft())
                    may_go[node] -= 1
                    if self._event[at] == _CODES["send"] and key in to_send:
                        to_send.discard(key)
                        if key in waiting:
                            nodes.append(waiting.pop(key))
        order += [at for rest in left.values() for at in rest]
        latest = 0
        for at in order:
            latest = self._time[at] = max(latest, self._time[at])
        return order

    def time(self, at: int) -> int:
        """Return when an event was, in microseconds of the monotonic clock."""
        return self._time[at]

    def event(self, at: int) -> EventKind:
        """Return what happened."""
        return KINDS[self._event[at]]

    def node(self, at: int) -> int:
        """Return the number of the node where it happened."""
        return self._node[at]

    def peer(self, at: int) -> int | None:
        """Return the number of the other node, or None where there is none or it is no node."""
        return self._peer[at] if self._peer[at] >= 0 else None

    def message(self, at: int) -> str | None:
        """Return the message's id."""
        number = self._number[at]
        if number == _NO_NUMBER:
            return self._odd_ids.get(at)
        sender = self._node[at] if self.event(at) == "send" else self._peer[at]
        return f"{self._names[sender]}:{number}"

    def message_key(self, at: int) -> tuple[int, int] | str | None:
        """Return what is the same for the send and the receive of a message, without making its id."""
        number = self._number[at]
        if number == _NO_NUMBER:
            return self._odd_ids.get(at)
        return (self._node[at] if self.event(at) == "send" else self._peer[at], number)

    def kind(self, at: int) -> str | None:
        """Return the message's route."""
        return self._kind_names[self._kind[at]]

    def body(self, at: int) -> object:
        """Return the message itself, where it was kept."""
        return None if self._body is None else self._body[at]

    def forget_bodies(self) -> None:
        """Give the memory of the messages themselves back."""
        self._body = None

    def _number_of(self, peer: str | None) -> int:
        if peer is None:
            return _NOBODY
        number = self._nodes.get(peer)
        return _NOBODY if number is None else number

    def _number_in(self, id: str | None, node: int) -> int:
        """Return the number in an id that is `SENDER:NUMBER`, as it should be; others are kept whole."""
        if id is None:
            return _NO_NUMBER
        name, _, digits = id.rpartition(":")
        at = len(self._time) - 1
        sender = node if self.event(at) == "send" else self._peer[at]
        plain = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
        if plain and str(int(digits)) == digits and self._nodes.get(name) == sender:
            return int(digits)
        self._odd_ids[at] = id[:TEXT_CHARS]
        return _NO_NUMBER
