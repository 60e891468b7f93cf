"""A breadth-first tree, level by level."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class Explore:
    """The sender is at `level` and asks a neighbour to be its child."""

    level: int


@dataclass(frozen=True)
class Answer:
    """The answer to Explore: whether the sender is a child now, or has had a parent before."""

    child: bool


@dataclass(frozen=True)
class Deeper:
    """From a parent to a child: find the next level."""


@dataclass(frozen=True)
class Report:
    """From a child to its parent: whether the last phase has found anybody below the sender."""

    found: bool


class BfsTree(Algorithm):
    """Breadth-first tree from the initiator, one level in a phase, whatever the delays are.

    In a phase the order to go deeper runs down the tree to the last level found; the nodes there ask their
    neighbours, and reports run back up. The initiator starts a phase only when the one before is over, so
    each node's `level` is its distance from the initiator. A subtree that has found nobody is not asked
    again. When a phase finds nobody at all the initiator decides on the depth of the tree.

    R. G. Gallager, "Distributed minimum hop algorithms", MIT report LIDS-P-1175, 1982; also known as
    Dijkstra's algorithm distributed, as in D. Peleg, Distributed Computing, 2000.
    """

    title = "BFS tree"
    requires = (Undirected, Connected, SingleInitiator)
    messages = (Explore, Answer, Deeper, Report)
    bounds = Bounds(
        messages=lambda g: 2 * g.diameter * (g.nodes - 1) + 4 * g.links,
        messages_text="2D(N-1) + 4|E|",
        time=lambda g: (g.diameter + 1) * (g.diameter + 2),
        time_text="(D+1)(D+2)",
    )
    deciders = "one"

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent
        self.level = -1
        self.strangers = set(self.neighbors)  # those that may still need a parent
        self.children: set[int] = set()
        self.promising: set[int] = set()  # the children below which the last phase found somebody
        self.waiting: set[int] = set()
        self.depth = 0  # of the tree, as far as the initiator knows

    def on_start(self) -> None:
        self.parent = self.id
        self.level = 0
        self.explore()

    def on_message(self, sender: int, message: Explore | Answer | Deeper | Report) -> None:
        match message:
            case Explore(level):
                self.strangers.discard(sender)
                if self.parent is None:
                    self.parent = sender
                    self.level = level + 1
                self.send(sender, Answer(child=self.parent == sender))
            case Answer(child):
                if child:
                    self.children.add(sender)
                self.settle(sender, promising=child)
            case Report(found):
                self.settle(sender, promising=found)
            case _:
                self.go_deeper()

    def go_deeper(self) -> None:
        """Begin a phase: ask the children to go on, or the neighbours if this is the last level found."""
        if not self.children:
            self.explore()
            return
        self.waiting = self.promising
        self.promising = set[int]()
        self.send_all((q for q in self.neighbors if q in self.waiting), Deeper())

    def explore(self) -> None:
        """Ask every neighbour that may not have a parent yet."""
        self.waiting = self.strangers
        self.strangers = set[int]()
        self.send_all((q for q in self.neighbors if q in self.waiting), Explore(self.level))
        self.report_when_settled()

    def settle(self, neighbor: int, *, promising: bool) -> None:
        """Note the outcome of one neighbour in this phase."""
        self.waiting.remove(neighbor)
        if promising:
            self.promising.add(neighbor)
        self.report_when_settled()

    def report_when_settled(self) -> None:
        """End the phase here once nobody is waited for: tell the parent, or go on at the initiator."""
        if self.waiting or self.parent is None:
            return
        if self.parent != self.id:
            self.send(self.parent, Report(found=bool(self.promising)))
        elif self.promising:
            self.depth += 1
            self.go_deeper()
        else:
            self.decide(self.depth)
