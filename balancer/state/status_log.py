"""What each node was at which moment, so that a wave is shown on the network of its own time.

A wave keeps the states from when it began (`now`) and a mark (`last`); the changes after that mark, up to
when it ended, tell the rest. Times are those of the machine's monotonic clock, which the events of waves
have, too. The log is bounded: of a wave during which more changed, the oldest changes are missing.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, get_args

from topowave.balancer.limits import STATUS_CHANGES
from topowave.balancer.state.node_status import NodeStatus, ShownState
from topowave.wire.control import NodeState

STATES: tuple[ShownState, ...] = (*get_args(NodeState), "inactive")
_CODES = {state: code for code, state in enumerate(STATES)}


class StatusChange(NamedTuple):
    """What a node is from a moment on (microseconds); nodes are numbered as in the topology."""

    t_us: int
    node: int
    state: ShownState
    cut: bool
    load: int


class NodeStates(NamedTuple):
    """What all nodes are at one moment, a few bytes a node; `codes` are places in STATES."""

    codes: bytes
    cuts: bytes
    loads: array[int]

    @property
    def states(self) -> list[ShownState]:
        """The states by their names."""
        return [STATES[code] for code in self.codes]


class StatusLog:
    """The last STATUS_CHANGES changes, and what the nodes are now.

    Args:
        nodes: all nodes, in the order of their numbers.
    """

    def __init__(self, nodes: Sequence[NodeStatus]) -> None:
        self._changes: deque[StatusChange] = deque(maxlen=STATUS_CHANGES)
        self.last = 0
        self.replaced(nodes)

    def replaced(self, nodes: Sequence[NodeStatus]) -> None:
        """Take over the nodes of another network."""
        self._codes = bytearray(_CODES[node.state] for node in nodes)
        self._cuts = bytearray(node.cut for node in nodes)
        self._loads = array("q", [node.load for node in nodes])

    def note(self, node: int, status: NodeStatus) -> None:
        """Note what a node is, if that is new."""
        code, load = _CODES[status.state], status.load
        if (self._codes[node], self._cuts[node], self._loads[node]) == (code, status.cut, load):
            return
        self._codes[node], self._cuts[node], self._loads[node] = code, status.cut, load
        self.last += 1
        now_us = time.monotonic_ns() // 1000
        self._changes.append(StatusChange(now_us, node, status.state, status.cut, load))

    def now(self) -> NodeStates:
        """Return what all nodes are."""
        return NodeStates(bytes(self._codes), bytes(self._cuts), self._loads[:])

    def after(self, mark: int) -> list[StatusChange]:
        """Return the kept changes since `last` was `mark`, oldest first."""
        count = min(self.last - mark, len(self._changes))
        return list(self._changes)[len(self._changes) - count :] if count else []


class NodeRecording:
    """What the nodes were while something lasted: from when it is made until `end`.

    Args:
        log: the log of the network's nodes.
    """

    def __init__(self, log: StatusLog) -> None:
        self.began = log.now()
        self._log: StatusLog | None = log
        self._mark = log.last
        self._changes: list[StatusChange] = []

    @property
    def changes(self) -> list[StatusChange]:
        """What changed since it began, up to now or to its end."""
        return self._changes if self._log is None else self._log.after(self._mark)

    def end(self) -> None:
        """Keep what changed so far."""
        self._changes, self._log = self.changes, None
