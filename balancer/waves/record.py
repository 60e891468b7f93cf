"""One wave as the balancer sees it, put together from what the nodes report. Pure: no clock, no sockets.

Theory of operation. A record begins with what is known when a wave begins: the algorithm, the network, the
initiators if the balancer asked them. Then reports come, in any order between nodes and in the right one
from each node; a node reports a handler's receive together with the sends that follow from it. From them
the record counts, and keeps the events for the page in columns.

    running  --end()-->  complete     it decided as it should, and nothing is missing
                         wrong        its class did what no class may do (`mistakes`, `witnesses`)
                         incomplete   anything else, as it stood when its time was up

A record never ends by itself: the registry asks `decided` and `complete` after every report, and says when.

`complete` needs all of these:
- It decided: every node of its scope (`deciders = "all"`), or anybody; a tree that came back says so sooner.
- Every node took part (`_seen`), and is in the tree if there is one.
- Every message that was sent was received: `_open` counts sends less receives of each message. As a report
  has a receive and its sends together, nothing is under way then. A receive may be reported before its
  send, which makes the count -1 for a while.
- Every foreign node that was asked has answered, for an echo: its own sends are not reported.
- The tree of an echo wave that the balancer started has come back, by its end.
- Nobody was given up (`down`, `drop`), and no algorithm made a mistake. That an answer was not accepted may
  turn out after the end: that spoils the wave.

`wrong` is what the simulator would say of the same events (`runtime.judgement`). A decide too many is wrong
whatever else happened. That something is missing (a decide, an event before one) is held against the class
only where nothing else can be the reason: every start was reported, every message that was sent was received
(`quiet`), nobody was given up, and no process died or stopped meanwhile (`disturb`).

A node that somebody else runs reports nothing: what is sent to it counts as received, and what comes from
it as sent. Where a node had to leave events out (`lost`), messages and bits are unknown (None) and are not
asked for. A wave that a node began on its own may run in its subtree only: the first report of a start
tells (`_narrow`). After the end, reports change nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer.limits import MISTAKE_CHARS, MISTAKES_KEPT, PAST_BITS, RESULT_BYTES, WAVE_EVENTS
from topowave.balancer.waves.algorithm_catalog import subtree
from topowave.balancer.waves.event_columns import EventColumns
from topowave.balancer.waves.faults import faults_of_decisions, faults_of_events
from topowave.balancer.waves.foreign_nodes import ForeignNodes
from topowave.balancer.waves.trees import behind_foreign, names_in
from topowave.runtime.judgement import bound_faults
from topowave.topology import Topology
from topowave.wire.frames import Payload
from topowave.wire.observations import Event, Events

State = Literal["running", "complete", "incomplete", "wrong"]
Purpose = Literal["rebalance"]
"""What a wave is for that nobody asked for."""

_BOUND_BELOW: dict[type[Algorithm], int] = {Echo: 2, FinnLab: 1}
"""Algorithms that a node may run in its subtree only, and the messages of each link there."""


class WaveRecord:
    """A wave's story.

    Args:
        wave: its id.
        algorithm: what runs.
        topology, version: the network when it began.
        bound: the proven limit on its messages, or None.
        initiators: names; empty where they will be known from the reports.
        purpose: "rebalance" or None.
        started: seconds since 1970.
        keep_messages: whether to keep messages for a trace.
    """

    def __init__(
        self,
        wave: str,
        algorithm: type[Algorithm],
        topology: Topology,
        version: int,
        *,
        bound: float | None,
        initiators: Sequence[str] = (),
        purpose: Purpose | None = None,
        started: float,
        keep_messages: bool = False,
    ) -> None:
        self.id = wave
        self.algorithm = algorithm
        self.topology = topology
        self.version = version
        self.bound = bound
        self.initiators = list(initiators)
        self.purpose: Purpose | None = purpose
        self.started = started
        self.state: State = "running"
        self.missing: list[str] = []
        self.out_of_time_s: float | None = None
        """The time that it had (s), where it ended because that was over."""
        self.events = EventColumns(
            {n.name: i for i, n in enumerate(topology.nodes)}, keep_messages=keep_messages
        )
        self.held_until: float | None = None
        """Until when its messages wait for people (seconds since 1970), where they do."""
        self.waiting = 0
        """How many messages wait for people."""
        self.not_kept = 0
        self._messages = 0
        self._bits = 0
        self._scope = frozenset(node.name for node in topology.nodes)
        self._foreign_nodes = ForeignNodes(topology)
        self._foreign = self._foreign_nodes.names
        self._known_start = bool(initiators)
        self._asked_for_tree = bool(initiators) and algorithm is Echo
        self._open: dict[str, int] = {}  # message id -> sends less receives
        self._seen = set(self._foreign_nodes.unseen)
        self.decisions: list[tuple[str, object]] = []
        """Who decided what, in the order of the reports; once for each decide."""
        self.states: dict[str, object] = {}
        """The state in which each node of a user's own class was when it reported last."""
        self.left_out = 0
        """Values and states that are not kept, since there were too many."""
        self.witnesses: list[str] = []
        """A sentence for each thing that is wrong, once the wave is over."""
        self._result_bytes = 0
        self._started: set[str] = set()
        self._disturbed = set[str]()
        self._deciders: dict[str, None] = {}
        self._in_tree: frozenset[str] | None = None
        self._tree: Payload | None = None
        self._down = False
        self.mistakes: list[str] = []
        self.troubles: list[str] = []
        """What other people's programs did wrong in it, and which processes ended, a sentence each."""
        self._heard = set[str]()
        self._lost = False
        self._first_us: int | None = None
        self._decided_us: int | None = None

    # What is reported.

    def add(self, report: Events, room: int = WAVE_EVENTS) -> None:
        """Take a node's report; after the end, or from no node of the network, it changes nothing.

        Args:
            report: what a node did.
            room: most of its events that are kept; the rest is counted.
        """
        if self.state != "running" or report.node not in self._scope:
            return
        number = self.topology.index(report.node)
        self.events.of_many_clocks |= report.shifted
        if not report.is_refusal:
            if not self._heard and not self._known_start:
                self._foreign_nodes.began = report.via
            self._heard.add(report.node)
            self._seen.add(report.node)
        self._lost = self._lost or report.lost > 0
        self.not_kept += report.lost
        if not self._known_start and any(event.event == "start" for event in report.events):
            self._narrow(report)
        for event in report.events:
            if event.event == "state":
                self.states[report.node] = self._kept(event.message)
                continue
            self._count(report.node, event)
            if room > 0 and len(self.events) < WAVE_EVENTS:
                room -= 1
                self.events.add(number, event)
            else:
                self.not_kept += 1

    def answer(self, tree: Payload) -> None:
        """Take the tree that an echo wave brought back."""
        if self.state == "running":
            self._in_tree = frozenset(map(sys.intern, names_in(tree)))
            self._seen |= self._in_tree & self._foreign
            self._tree = tree

    def disturb(self, nodes: Collection[str], trouble: str | None = None) -> None:
        """Note that the process of these nodes ended, stopped or began anew while the wave ran.

        Args:
            nodes: their names.
            trouble: a sentence about it that the wave is to tell, if any.
        """
        here = self._scope.intersection(nodes)
        if not here:
            return
        self._disturbed |= here
        if trouble is not None:
            _keep(self.troubles, trouble)

    def end(self) -> None:
        """End the wave as it stands now.

        A node behind a foreign one may have told nothing; if it is in the tree, it took part. What was sent
        there is not known then.
        """
        behind = behind_foreign(self.topology, self.initiators, self._foreign) & self._scope
        silent = behind & (self._in_tree or frozenset()) - self._seen
        if silent:
            self._seen |= silent
            self._lost = True
        if self._tree is not None and self.purpose is None:
            self.decisions = [(node, self._kept(self._tree)) for node, _ in self.decisions]
        self._tree = None
        self.witnesses = self._judge()
        self.missing = [] if self.complete else self.absent
        # Whose tree died with its initiator, or was lost, has not answered who asked.
        self.state = "complete" if self.complete and not self.awaits_tree else "incomplete"
        if self.witnesses or self.mistakes:
            self.state = "wrong"
        self._open.clear()

    def spoil(self, trouble: str) -> None:
        """Note what was wrong with a wave that has ended, as it turned out later: it is not complete."""
        self.state = "wrong" if self.state == "wrong" else "incomplete"
        _keep(self.troubles, trouble)

    def forget_events(self) -> None:
        """Give the memory of the events back."""
        self.not_kept += len(self.events)
        self.events = EventColumns({}, keep_messages=False)

    # What it means.

    @property
    def decided(self) -> bool:
        """Whether everybody who should has decided."""
        if self.algorithm.deciders == "all":
            return all(name in self._deciders for name in self._scope - self._foreign)
        began_elsewhere = self._foreign_nodes.began is not None and self._decided_us is not None
        return self._in_tree is not None or bool(self._deciders) or began_elsewhere

    @property
    def awaits_tree(self) -> bool:
        """Whether the initiator was asked for a tree that is not here yet."""
        return self._asked_for_tree and self._in_tree is None

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way, and so nothing can happen any more but by a timer."""
        return (
            bool(self._started)
            and self._started.issuperset(self.initiators)
            and not self._open
            and not self._lost
            and self._foreign.isdisjoint(self._scope)
        )

    @property
    def has_timers(self) -> bool:
        """Whether the class may go on by a timer when nothing is under way."""
        return self.algorithm.on_timer is not Algorithm.on_timer

    @property
    def complete(self) -> bool:
        """Whether it is over, and all is as it should be."""
        return (
            self.decided
            and not self._down
            and (self._lost or not self._open)
            and (self._lost or not self._foreign_nodes.is_awaited or self.algorithm is not Echo)
            and (self._scope <= self._seen or not self.algorithm.wave)
            and (self._in_tree is None or self._scope <= self._in_tree)
            and (self._in_tree is None or self._lost or bool(self._deciders))
        )

    @property
    def absent(self) -> list[str]:
        """Nodes that are not in the tree that came back, or owe an answer; without a tree, that took no part.

        Who is in the tree took part, also where its report is late. Where there is no tree and all took part,
        those that have not decided and should, or whose processes ended or stopped before they had.
        """
        owing = self._foreign_nodes.owing if self.algorithm is Echo else set[str]()
        here = self._seen if self._in_tree is None else self._in_tree
        found = self._named((self._scope - here) | (self._scope & owing))
        if found or self._in_tree is not None:
            return found
        undecided = self._scope - self._foreign - self._deciders.keys()
        if self.algorithm.deciders != "all":
            undecided &= self._disturbed
        return self._named(undecided)

    @property
    def unreported(self) -> int:
        """How many nodes have not told of what they did."""
        return len(self._scope - self._seen)

    def not_in_tree(self) -> list[str]:
        """Return the nodes that are not in the tree that came back."""
        return self._named(self._scope - (self._in_tree or frozenset()))

    def _named(self, nodes: Collection[str]) -> list[str]:
        """Return these nodes in the order of the network."""
        return [node.name for node in self.topology.nodes if node.name in nodes] if nodes else []

    @property
    def duration_ms(self) -> float | None:
        """Milliseconds from the first start to the last decide, or None while there are none."""
        if self._first_us is None or self._decided_us is None:
            return None
        return (self._decided_us - self._first_us) / 1000

    @property
    def messages(self) -> int | None:
        """Messages so far; None where some were not counted."""
        return None if self._lost else self._messages

    @property
    def bits(self) -> int | None:
        """Bits of these messages; None where some were not counted."""
        return None if self._lost else self._bits

    @property
    def deciders(self) -> list[str]:
        """Who has decided, the first one first."""
        return list(self._deciders)

    @property
    def seen(self) -> int:
        """How many nodes took part."""
        return len(self._seen)

    # Parts of it that came through a foreign node.

    def has_foreign(self, node: str | None) -> bool:
        """Whether `node` is a foreign node of this wave's network."""
        return node in self._foreign

    def has_heard(self, node: str) -> bool:
        """Whether a node has reported."""
        return node in self._heard

    def asked_since(self, part: Events) -> int | None:
        """Return when the foreign node was asked through which a part came (us); None where it was not."""
        if self._foreign_nodes.has_begun(part.via):
            return 0 if self.state == "running" else None
        return self._foreign_nodes.asked_since(part.via)

    def is_asking(self, part: Events) -> bool:
        """Whether that node had been asked, and had not answered, when the part began."""
        if self._foreign_nodes.has_begun(part.via):
            return self.state == "running"
        return self.algorithm is Echo and self._foreign_nodes.was_asked(part.via, part.events[0].t_us)

    # Inside.

    def _count(self, node: str, event: Event) -> None:
        if self._first_us is None or event.t_us < self._first_us:
            self._first_us = event.t_us
        peer = event.peer
        if event.event == "decide":
            self._note_decision(node, event)
        elif event.event == "mistake":
            self._down = True
            _keep(self.mistakes, f"{node}: {event.message}")
        elif event.event in {"down", "drop"}:
            self._gave_up(event)
        elif event.event == "start":
            self._note_start(node)
        elif peer is None or peer not in self._scope:
            return
        elif event.event == "send":
            self._count_send(node, peer, event)
        elif event.event in {"receive", "late"}:
            self._count_receive(node, peer, event)

    def _count_send(self, node: str, peer: str, event: Event) -> None:
        self._messages += 1
        self._bits += event.bits
        if peer in self._foreign and event.kind != "echo_back":
            self._foreign_nodes.ask(node, peer, event.t_us)
        elif peer == self._foreign_nodes.began:  # who began it decides, out of sight
            self._decided_us = max(event.t_us, self._decided_us or 0)
        self._match(peer, event.id, 1)

    def _count_receive(self, node: str, peer: str, event: Event) -> None:
        if peer in self._foreign:
            self._foreign_nodes.answer(node, peer, event.t_us)
            self._messages += 1
            self._bits += event.bits
        self._match(peer, event.id, -1)

    def _note_decision(self, node: str, event: Event) -> None:
        self._deciders[node] = None
        if len(self.decisions) < WAVE_EVENTS:
            self.decisions.append((node, self._kept(event.message)))
        self._decided_us = max(event.t_us, self._decided_us or 0)

    def _gave_up(self, event: Event) -> None:
        self._down = True
        if isinstance(event.message, str):
            _keep(self.troubles, event.message)

    def _note_start(self, node: str) -> None:
        self._started.add(node)
        if node not in self.initiators:
            self.initiators.append(node)

    def _kept(self, value: object) -> object:
        """Return a value that is kept with the wave, or None where it is one too many."""
        if value is None or self.purpose == "rebalance":
            return None
        try:
            self._result_bytes += len(msgspec.json.encode(value))
        except RecursionError:
            self._result_bytes += RESULT_BYTES
        if self._result_bytes > RESULT_BYTES:
            self.left_out += 1
            return None
        return value

    def _judge(self) -> list[str]:
        """Return a sentence for each thing that the class did wrong, or left undone."""
        if self.purpose == "rebalance":
            return []  # a wave of the library's that nobody looks at
        over = self.quiet and not self.has_timers
        undisturbed = not self._down and not self._disturbed
        whole = undisturbed and not self._open and not self._lost and len(self.events) < WAVE_EVENTS
        if not whole or len(self.topology.nodes) * len(self.events) > PAST_BITS:
            if self._disturbed:  # a node that began anew may decide anew
                return []
            return faults_of_decisions(self.algorithm, self.topology, self._scope, self.decisions)
        found = faults_of_events(self.algorithm, self.topology, self._scope, self.events, over=over)
        if self.complete and self._foreign.isdisjoint(self._scope):
            found += bound_faults(self.algorithm, self._messages, self.bound)
        return found

    def _match(self, peer: str, message: str | None, step: int) -> None:
        if peer in self._foreign:
            self._seen.add(peer)
        elif message is not None:
            left = self._open.get(message, 0) + step
            if left and len(self._open) >= WAVE_EVENTS and message not in self._open:
                self._lost = True  # more messages are under way than are followed
            elif left:
                self._open[message] = left
            else:
                del self._open[message]

    def _narrow(self, report: Events) -> None:
        """Find out whether a wave that a node began on its own runs in its subtree only."""
        self._known_start = True
        parent = self.topology.node(report.node).parent
        asked = {event.peer for event in report.events if event.event == "send"}
        if self.algorithm not in _BOUND_BELOW or parent is None or parent in asked:
            return
        self._scope = subtree(self.topology, report.node)
        self._seen &= self._scope
        self.bound = _BOUND_BELOW[self.algorithm] * (len(self._scope) - 1)


def _keep(told: list[str], text: str) -> None:
    """Add a sentence that is not there yet, as long as there is room for more."""
    text = text[:MISTAKE_CHARS]
    if len(told) < MISTAKES_KEPT and text not in told:
        told.append(text)
