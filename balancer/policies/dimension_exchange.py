"""Dimension exchange: in each round every node evens out with one neighbour, in turn.

On a hypercube a round is a dimension. On any other network it is a colour of the links: the links of a node
have different ones, so that those of one colour are disjoint pairs, who even out at the same time. Colours
are given link by link, the first that both ends have free: as many as the largest degree where the links of
a tree are walked from its root, and at most one less than twice that elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from topowave.balancer.policies.base import LoadView, Move, NodeLoad, Policy, PolicySettings
from topowave.balancer.policies.transfers import Transfers


class DimensionExchange(Policy):
    """Pairs of neighbours even out, one colour of links a round."""

    name = "dimension-exchange"
    title = "Dimension exchange"
    summary = "each round the two ends of every link of one colour even out, one colour after the other"
    source = "Cybenko 1989; with colours of links on any network Hosseini and others 1990"
    knows = "at each node its own load and cores, and those of the neighbour whose turn it is"
    messages = "2 for each link of the round's colour"
    bound = (
        "on a hypercube of d dimensions with equal cores all loads are as far apart after d rounds as "
        "rounding "
        "made them, d at most; it rests where no link has a task whose move would leave the worse end better"
    )
    wins = (
        "on hypercubes, meshes and other networks of small degree. At a node of degree d a link waits d "
        "rounds "
        "for its turn, so stars are slow"
    )

    def __init__(self, settings: PolicySettings) -> None:
        super().__init__(settings)
        self._neighbors: Sequence[Sequence[int]] = ()
        self._colors: list[list[tuple[int, int]]] = []

    def plan(self, view: LoadView) -> list[Move]:
        """Return what the two ends of each link of this round's colour give each other."""
        transfers = Transfers(view)
        for one, other in self._pairs(view):
            a, b = view.nodes[one], view.nodes[other]
            giver, receiver = (one, other) if a.load * b.cpu > b.load * a.cpu else (other, one)
            transfers.give(giver, receiver, evening_out(view.nodes[giver], view.nodes[receiver]))
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two for each link whose turn it is."""
        return 2 * len(self._pairs(view))

    def _pairs(self, view: LoadView) -> list[tuple[int, int]]:
        if view.neighbors != self._neighbors:
            self._neighbors = view.neighbors
            self._colors = link_colors(view.neighbors)
        return self._colors[view.round % len(self._colors)] if self._colors else []


def evening_out(giver: NodeLoad, receiver: NodeLoad) -> int:
    """Return how many tasks leave the two as even as they can be: each leaves the worse end better."""
    # Of all k with (receiver.load + k) / receiver.cpu < (giver.load - k + 1) / giver.cpu the largest.
    over = (giver.load + 1) * receiver.cpu - receiver.load * giver.cpu
    return max(0, (over - 1) // (giver.cpu + receiver.cpu))


def link_colors(neighbors: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    """Return the links of each colour; those of one colour have no node in common."""
    used: list[set[int]] = [set() for _ in neighbors]
    lowest = [0] * len(neighbors)  # all colours of a node below this one are used
    colors: list[list[tuple[int, int]]] = []
    done: set[int] = set()
    for node in _in_breadth(neighbors):
        done.add(node)
        for near in neighbors[node]:
            if near in done:
                continue
            one, other = min(node, near), max(node, near)
            color = max(lowest[one], lowest[other])
            while color in used[one] or color in used[other]:
                color += 1
            if color == len(colors):
                colors.append([])
            colors[color].append((one, other))
            for end in (one, other):
                used[end].add(color)
                while lowest[end] in used[end]:
                    lowest[end] += 1
    return colors


def _in_breadth(neighbors: Sequence[Sequence[int]]) -> list[int]:
    """Return all nodes, those of each part of the network in breadth from its first one."""
    order: list[int] = []
    seen: set[int] = set()
    for first in range(len(neighbors)):
        part = [] if first in seen else [first]
        seen.add(first)
        for node in part:
            fresh = [near for near in neighbors[node] if near not in seen]
            seen.update(fresh)
            part += fresh
        order += part
    return order
