"""What the events of a trace show of each wave: whether its class decided as it should, and not too early."""

from __future__ import annotations

from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo
from topowave.runtime.graph import Graph
from topowave.runtime.judgement import WaveJudge
from topowave.traces.format import Event
from topowave.translation import text

FAULTS = frozenset({"crash", "restart", "cut", "partition", "drop", "down", "lost", "mistake"})
"""Events after which what is missing may have another reason than the class."""


class WaveVerdict:
    """One wave of a trace, judged as the simulator and the balancer judge it.

    Args:
        wave: its id.
        algorithm: its class.
        graph: the network.
        part: the nodes that took part in a live wave, which may be over a subtree only; None for all.
    """

    def __init__(
        self, wave: str, algorithm: type[Algorithm], graph: Graph, part: frozenset[str] | None = None
    ) -> None:
        self.wave = wave
        self.disturbed = False
        """Whether faults were met, so that what is missing proves nothing."""
        self._algorithm = algorithm
        self._graph = graph
        scope = list(range(graph.nodes))
        if part is not None and algorithm is Echo:
            scope = [node for node in scope if graph.names[node] in part]
        topology = graph.topology
        foreign = [] if topology is None else [n.name for n in topology.nodes if not n.launch]
        self._unseen = [graph.number(name) for name in foreign]
        self._judge = WaveJudge(algorithm, graph.names, scope, self._unseen)
        self._names = frozenset(graph.names)
        self._open: set[str | None] = set()
        self._started = False

    def add(self, event: Event) -> None:
        """Take the wave's next event."""
        graph, judge = self._graph, self._judge
        if event.event in FAULTS:
            self.disturbed = True
        if event.node is None:
            return
        node = graph.number(event.node)
        peer = graph.number(event.peer) if event.peer in self._names else None
        if event.event == "send":
            judge.sent(node, peer, event.message_id)
            if peer is not None:
                self._open.add(event.message_id)
        elif event.event == "receive":
            judge.received(node, peer, event.message_id)
            self._open.discard(event.message_id)
        elif event.event == "decide":
            judge.decided(node)
        elif event.event in {"join", "start", "timer", "down"}:
            self._started = self._started or event.event == "start"
            judge.happened(node)

    def faults(self) -> list[str]:
        """Return a sentence for each thing that is wrong, with the wave's id."""
        timers = self._algorithm.on_timer is not Algorithm.on_timer
        over = self._started and not (self._open or self._unseen or timers)
        found = self._judge.decision_faults() if self.disturbed else self._judge.faults(over=over)
        return [text("wave {wave}: {problem}", wave=self.wave, problem=sentence) for sentence in found]
