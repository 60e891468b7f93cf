"""Wrong algorithms, each with one planted mistake, for the checker and the seeded runs to find.

`PLANTED` lists them with a small network on which some order of messages brings the mistake to light, and the
conditions that it breaks there: `handlers`, `termination`, `decision`, `dependence` or `bounds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tests.unit.algorithms.networks import path, ring, star
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.election import chang_roberts, echo_extinction, lelann
from topowave.algorithms.election.chang_roberts import ChangRoberts
from topowave.algorithms.election.echo_extinction import EchoExtinction
from topowave.algorithms.election.lelann import LeLann
from topowave.algorithms.election.peterson import Peterson
from topowave.algorithms.election.tree_election import TreeElection
from topowave.algorithms.termination import dijkstra_scholten
from topowave.algorithms.termination.dijkstra_scholten import DijkstraScholten
from topowave.algorithms.traversal import awerbuch, cidon, tarry
from topowave.algorithms.traversal.awerbuch import Awerbuch
from topowave.algorithms.traversal.cidon import Cidon
from topowave.algorithms.traversal.tarry import Tarry
from topowave.algorithms.waves import broadcast, echo, finn, phase, tree
from topowave.algorithms.waves.broadcast import Broadcast
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.phase import Phase
from topowave.algorithms.waves.polling import Polling
from topowave.algorithms.waves.ring import RingWave
from topowave.algorithms.waves.tree import TreeWave

Condition = Literal["handlers", "termination", "decision", "dependence", "bounds"]


class Planted(NamedTuple):
    """One wrong algorithm, and where its mistake shows."""

    algorithm: type[Algorithm]
    network: Network
    initiators: tuple[int, ...]
    breaks: frozenset[Condition]


class EchoLeafIsSilent(Echo):
    """A missed reply: a leaf does not answer."""

    def answer_when_all_heard(self) -> None:
        if len(self.neighbors) > 1 or self.parent == self.id:
            super().answer_when_all_heard()


class EchoDecidesEarly(Echo):
    """The initiator decides when it has heard from anybody, not from all."""

    def on_message(self, sender: int, message: echo.Token | echo.Reply) -> None:
        if self.parent == self.id and len(self.waiting) == len(self.neighbors):
            self.decide()
            self.parent = -1
        super().on_message(sender, message)

    def answer_when_all_heard(self) -> None:
        if self.parent not in (self.id, -1):
            super().answer_when_all_heard()


class EchoLastSenderIsParent(Echo):
    """A wrong parent: the last sender of all, not the first."""

    def on_message(self, sender: int, message: echo.Token | echo.Reply) -> None:
        if self.parent not in (None, self.id):
            self.parent = sender
        super().on_message(sender, message)


class EchoFirstNeighborIsParent(Echo):
    """A wrong parent: the first neighbour in the list, not the first sender."""

    def join(self, parent: int) -> None:
        super().join(parent if parent == self.id else self.neighbors[0])


class EchoForgetsANeighbor(Echo):
    """A forgotten neighbour: nobody tells the last in the list."""

    def send_all(self, to: object, message: object) -> None:
        super().send_all([q for q in self.neighbors[:-1] if q in self.waiting], message)


class EchoRepliesTwice(Echo):
    """The parent gets every reply twice."""

    def send(self, to: int, message: object) -> None:
        super().send(to, message)
        if isinstance(message, echo.Reply):
            super().send(to, message)


class EchoParentIsNotHeard(Echo):
    """The message from the parent is not marked as heard, so the node waits for another."""

    def on_message(self, sender: int, message: echo.Token | echo.Reply) -> None:
        if self.parent is None:
            self.parent = sender
            self.send_all((q for q in self.neighbors if q != sender), echo.Token())
        else:
            super().on_message(sender, message)


class EchoTellsItsParent(Echo):
    """The token goes back to the parent too."""

    def join(self, parent: int) -> None:
        if parent != self.id:
            self.send(parent, echo.Token())
        super().join(parent)


class EchoRepliesAtOnce(Echo):
    """A node answers its parent without waiting for the others."""

    def join(self, parent: int) -> None:
        super().join(parent)
        if parent != self.id and self.waiting:
            self.send(parent, echo.Reply())
            self.waiting.clear()


class EchoCountsOneShort(Echo):
    """Off by one: the initiator waits for all its neighbours but one."""

    def on_start(self) -> None:
        super().on_start()
        if len(self.neighbors) > 1:
            self.waiting.remove(self.neighbors[-1])


class TreeSendsToTheFirst(TreeWave):
    """The node sends to the first neighbour in the list, not to the one it has not heard."""

    def send_when_one_is_left(self) -> None:
        if self.parent is None and len(self.waiting) == 1:
            self.parent = self.neighbors[0]
            self.send(self.parent, tree.Token(self.total))


class TreeDecidesWhenItSends(TreeWave):
    """A node decides when it has heard from all but one."""

    def send_when_one_is_left(self) -> None:
        if self.parent is None and len(self.waiting) == 1:
            super().send_when_one_is_left()
            self.decide(self.total)

    def on_message(self, sender: int, message: object) -> None:
        self.waiting.discard(sender)
        self.send_when_one_is_left()


class PollingBelievesTheFirst(Polling):
    """The first answer is enough."""

    def decide_when_all_answered(self) -> None:
        if len(self.waiting) == len(self.neighbors) - 1 or not self.neighbors:
            self.decide(self.total)


class RingForgetsItsInitiator(RingWave):
    """Nobody remembers who has started, so the token goes round for ever."""

    def on_start(self) -> None:
        super().on_start()
        self.initiator = False


class PhaseStopsOneShort(Phase):
    """Off by one: a node decides after D-1 pulses from everybody."""

    def go_on(self) -> None:
        if min(self.heard.values()) == self.knows["diameter"] - 1 and not self.decided:
            self.decided = True
            self.decide(self.greatest)
        super().go_on()


class PhaseDoesNotWait(Phase):
    """A node sends its next pulse after any message, not after one from everybody."""

    def go_on(self) -> None:
        if self.sent < self.knows["diameter"]:
            self.sent += 1
            self.send_all(self.out_neighbors, phase.Pulse(self.greatest))
        if min(self.heard.values()) >= self.knows["diameter"] and not self.decided:
            self.decided = True
            self.decide(self.greatest)


class FinnKeepsNincToItself(Finn):
    """NInc does not travel: what others say of it is forgotten."""

    def on_message(self, sender: int, message: finn.Packet) -> None:
        assert isinstance(message, finn.Packet)
        super().on_message(sender, finn.Packet(message.inc, 0))


class FinnHearsNobody(Finn):
    """A node is in its own NInc before it has heard from its in-neighbours."""

    def setup(self) -> None:
        super().setup()
        self.unheard.clear()


class FinnRepeatsItself(Finn):
    """A node answers every packet, also if nothing is new."""

    def on_message(self, sender: int, message: finn.Packet) -> None:
        before = (self.inc, self.ninc)
        super().on_message(sender, message)
        if (self.inc, self.ninc) == before:
            self.send_all(self.out_neighbors, finn.Packet(self.inc, self.ninc))


class FinnDecidesAgain(Finn):
    """Nobody remembers that it has decided."""

    def on_message(self, sender: int, message: finn.Packet) -> None:
        self.decided = False
        super().on_message(sender, message)


@dataclass(frozen=True)
class SharedPacket:
    """Finn's packet with the sender's own sets in it."""

    inc: set[int]
    ninc: set[int]


class FinnSharesItsSets(Algorithm):
    """A set that is not copied: the packet has the sender's own sets, which change while it is under way."""

    requires = Finn.requires
    deciders = Finn.deciders

    def setup(self) -> None:
        self.inc = {self.id}
        self.ninc: set[int] = set()
        self.unheard = set(self.in_neighbors)
        self.decided = False

    def on_start(self) -> None:
        self.send_all(self.out_neighbors, SharedPacket(self.inc, self.ninc))

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, SharedPacket)
        before = (len(self.inc), len(self.ninc))
        self.inc |= message.inc
        self.ninc |= message.ninc
        self.unheard.discard(sender)
        if not self.unheard:
            self.ninc.add(self.id)
        if (len(self.inc), len(self.ninc)) != before:
            self.send_all(self.out_neighbors, SharedPacket(self.inc, self.ninc))
        if self.inc == self.ninc and not self.decided:
            self.decided = True
            self.decide(len(self.inc))


class BroadcastForgetsItsParent(Broadcast):
    """A node takes the news for new each time."""

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, broadcast.News)
        self.pass_on(sender, message)


class TarryUsesLinksAgain(Tarry):
    """The first rule is forgotten: links are not marked as used."""

    def pass_to(self, neighbor: int, token: object) -> None:
        self.send(neighbor, token)


class TarryReturnsTooEarly(Tarry):
    """The second rule is forgotten: the token goes back to the parent first."""

    def on_message(self, sender: int, message: tarry.Token) -> None:
        if self.parent is None:
            self.parent = sender
            self.unused.remove(sender)
            self.send(sender, message)
        else:
            super().on_message(sender, message)


class AwerbuchWaitsForOne(Awerbuch):
    """The token leaves when one neighbour has answered; the other answers come too late to matter."""

    def on_message(self, sender: int, message: awerbuch.Token | awerbuch.Visited | awerbuch.Noted) -> None:
        if not isinstance(message, awerbuch.Noted):
            super().on_message(sender, message)
        elif self.waiting:
            self.waiting.clear()
            self.pass_on_when_all_noted()


class CidonLosesTheToken(Cidon):
    """A token that went to a visited node by mistake is not sent on."""

    def on_message(self, sender: int, message: cidon.Token | cidon.Return | cidon.Visited) -> None:
        if sender != self.trying or isinstance(message, (cidon.Token, cidon.Return)):
            super().on_message(sender, message)


class CidonBelievesAMistake(Cidon):
    """A visited node takes a token that comes by mistake for one that comes back."""

    def on_message(self, sender: int, message: cidon.Token | cidon.Return | cidon.Visited) -> None:
        if isinstance(message, cidon.Token) and self.parent is not None:
            self.trying = sender
        super().on_message(sender, message)


class ChangRobertsSwallowsNobody(ChangRoberts):
    """All ids go all the way round, so every candidate takes itself for the winner."""

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, chang_roberts.Candidate)
        if message.id == self.id:
            self.decide(self.id)
        else:
            self.send(self.knows["successor"], message)


class ChangRobertsDoesNotKnowItself(ChangRoberts):
    """The winner's own id is swallowed like any that is not smaller."""

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, chang_roberts.Candidate)
        if message.id < self.id or not self.candidate:
            self.candidate = False
            self.send(self.knows["successor"], message)


class LeLannDecidesOnTheFirst(LeLann):
    """A candidate decides when it hears of another, not when its own id is back."""

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, lelann.Candidate)
        if self.candidate:
            self.candidate = False
            self.decide(min(self.smallest, message.id))
        elif message.id != self.id:
            self.send(self.knows["successor"], message)


class PetersonComparesOne(Peterson):
    """A node goes on if the nearer id is smaller than its own, whatever the farther one is."""

    def receive_second(self, farther: int) -> None:
        super().receive_second(max(self.held, farther))


class TreeElectionKeepsTheResult(TreeElection):
    """Those that know the result do not tell the others."""

    def go_on(self) -> None:
        if self.waiting:
            super().go_on()
        else:
            self.decide(self.smallest)


class ExtinctionFollowsAnybody(EchoExtinction):
    """A node follows every other wave, also one with a greater id."""

    def on_message(self, sender: int, message: object) -> None:
        assert isinstance(message, echo_extinction.Token)
        if message.id != self.wave_of:
            self.join(message.id, sender)
        else:
            self.waiting.discard(sender)
            self.answer_when_all_heard()


class DijkstraScholtenOwesASignal(DijkstraScholten):
    """A message to a node that is in the tree already is never answered."""

    def on_message(self, sender: int, message: dijkstra_scholten.Work | dijkstra_scholten.Signal) -> None:
        if isinstance(message, dijkstra_scholten.Signal) or self.parent is None:
            super().on_message(sender, message)
        else:
            self.work()


def _planted(
    algorithm: type[Algorithm], network: Network, initiators: Sequence[int], *breaks: Condition
) -> Planted:
    return Planted(algorithm, network, tuple(initiators), frozenset(breaks))


PAW = Network.from_links(4, [(0, 1), (1, 2), (2, 0), (2, 3)])
"""A triangle with a tail."""

PLANTED: list[Planted] = [
    _planted(EchoLeafIsSilent, path(2), [0], "decision", "bounds"),
    _planted(EchoDecidesEarly, path(3), [1], "dependence"),
    _planted(EchoLastSenderIsParent, ring(3), [0], "decision", "bounds"),
    _planted(EchoFirstNeighborIsParent, path(3), [2], "decision"),
    _planted(EchoForgetsANeighbor, path(2), [0], "decision", "bounds"),
    _planted(EchoRepliesTwice, path(2), [0], "bounds"),
    _planted(EchoParentIsNotHeard, path(2), [0], "decision", "bounds"),
    _planted(EchoTellsItsParent, path(2), [0], "bounds"),
    _planted(EchoRepliesAtOnce, path(3), [0], "dependence"),
    _planted(EchoCountsOneShort, path(3), [1], "dependence"),
    _planted(TreeSendsToTheFirst, path(3), [0, 2], "dependence"),
    _planted(TreeDecidesWhenItSends, path(3), [0, 2], "dependence", "bounds"),
    _planted(PollingBelievesTheFirst, star(3), [0], "dependence"),
    _planted(RingForgetsItsInitiator, ring(2), [0], "termination"),
    _planted(PhaseStopsOneShort, path(2), [0, 1], "dependence"),
    _planted(PhaseDoesNotWait, path(3), [1], "dependence"),
    _planted(FinnKeepsNincToItself, path(2), [0], "decision"),
    _planted(FinnHearsNobody, path(2), [0], "dependence"),
    _planted(FinnRepeatsItself, path(2), [0], "termination"),
    _planted(FinnDecidesAgain, path(2), [0], "decision"),
    _planted(FinnSharesItsSets, path(2), [0], "handlers"),
    _planted(BroadcastForgetsItsParent, ring(3), [0], "termination"),
    _planted(TarryUsesLinksAgain, ring(3), [0], "termination"),
    _planted(TarryReturnsTooEarly, path(3), [0], "dependence", "bounds"),
    _planted(AwerbuchWaitsForOne, ring(3), [0], "bounds"),
    _planted(CidonLosesTheToken, ring(3), [0], "decision"),
    _planted(CidonBelievesAMistake, PAW, [0], "dependence"),
    _planted(ChangRobertsSwallowsNobody, ring(2), [0, 1], "decision", "bounds"),
    _planted(ChangRobertsDoesNotKnowItself, ring(2), [0], "decision"),
    _planted(LeLannDecidesOnTheFirst, ring(3, fifo=True), [0, 1], "dependence"),
    _planted(PetersonComparesOne, ring(3, fifo=True), [0, 1, 2], "bounds"),
    _planted(TreeElectionKeepsTheResult, path(3), [0], "decision", "bounds"),
    _planted(ExtinctionFollowsAnybody, path(2), [0, 1], "termination"),
    _planted(DijkstraScholtenOwesASignal, path(2), [0], "decision"),
]
"""Every planted mistake; the smallest network that we know to show it."""
