"""Election on a ring, after Hirschberg and Sinclair."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Predecessor, Successor
from topowave.algorithms.requirements import Ring, SomeInitiator, Undirected


@dataclass(frozen=True)
class Probe:
    """The candidate `id` asks the next `hops` nodes in one direction."""

    id: int
    hops: int
    clockwise: bool


@dataclass(frozen=True)
class Passed:
    """The probe of `id` has met no smaller id; this goes back, and `clockwise` is its own direction."""

    id: int
    clockwise: bool


def _phases(nodes: int) -> int:
    return (nodes - 1).bit_length()


class HirschbergSinclair(Algorithm):
    """Hirschberg-Sinclair election: on a two-way ring, with probes of 1, 2, 4, ... hops in both directions.

    A candidate whose two probes have met no smaller candidate goes on to the next phase; one whose probe
    comes round to itself wins and decides. Two candidates that survive a phase of 2^k hops are more than 2^k
    apart, so phase k+1 costs less than 8N messages. A node that hears of a candidate before it starts is none
    itself.

    D. S. Hirschberg and J. B. Sinclair, "Decentralized extrema-finding in circular configurations of
    processors", CACM 23(11), 1980.
    """

    title = "Hirschberg-Sinclair"
    requires = (Undirected, Ring, SomeInitiator)
    needs = (Successor, Predecessor)
    messages = (Probe, Passed)
    bounds = Bounds(
        messages=lambda g: 4 * g.nodes + 8 * g.nodes * _phases(g.nodes),
        messages_text="4N + 8N ceil(log2 N)",
        time=lambda g: 5 * g.nodes,
        time_text="5N",
    )
    deciders = "one"
    starts = "all"

    def setup(self) -> None:
        self.candidate: bool | None = None  # None: it has neither started nor heard of a candidate
        self.phase = 0
        self.passed = 0  # how many of the phase's two probes have come back
        self.decided = False

    def on_start(self) -> None:
        if self.candidate is None:
            self.candidate = True
            self.probe()

    def on_message(self, sender: int, message: Probe | Passed) -> None:
        if isinstance(message, Probe):
            self.receive_probe(message)
        else:
            self.receive_passed(message)

    def receive_probe(self, probe: Probe) -> None:
        """Let a probe through unless this node is a candidate with a smaller id."""
        if self.candidate and probe.id == self.id:
            if not self.decided:
                self.decided = True
                self.decide(self.id)
        elif not self.candidate or probe.id < self.id:
            self.candidate = False
            if probe.hops > 1:
                self.send_on(probe.clockwise, Probe(probe.id, probe.hops - 1, probe.clockwise))
            else:
                self.send_on(not probe.clockwise, Passed(probe.id, not probe.clockwise))

    def receive_passed(self, message: Passed) -> None:
        """Pass a reply on, or count it here; two are a phase."""
        if message.id != self.id:
            self.send_on(message.clockwise, message)
            return
        self.passed += 1
        if self.passed == 2 and self.candidate:
            self.phase += 1
            self.probe()

    def probe(self) -> None:
        """Begin a phase: probe twice as far as in the one before."""
        self.passed = 0
        for clockwise in (True, False):
            self.send_on(clockwise, Probe(self.id, 2**self.phase, clockwise))

    def send_on(self, clockwise: bool, message: object) -> None:
        """Send `message` to the next node in that direction."""
        self.send(self.knows["successor" if clockwise else "predecessor"], message)
