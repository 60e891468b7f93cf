"""The exact balance of a tree, in one round: each link carries the surplus of the subtree below it.

The echo wave brings the loads to the root, which knows then what each node should have (`fair_loads`), and
sends that down the tree. What a subtree has beyond its nodes' shares must leave it by its one link, and what
it lacks must come that way: so the flow over the links is the only one, and no plan with these ends has less
load x hops. A task goes straight from its giver to its receiver; the two are paired at the lowest node that
has both below it, which is what keeps to that flow.
"""

from __future__ import annotations

from collections.abc import Sequence

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.balancer.policies.fair_loads import fair_loads


class TreeExact(Policy):
    """Everybody gets the fair share of all tasks, by the shortest ways in the tree."""

    name = "tree-exact"
    title = "Tree-exact"
    summary = "the root learns all loads and sends down what each node should have: its share by cores"
    source = "Shu and Wu 1995, the tree walking algorithm; shares of unequal nodes as by D'Hondt"
    knows = "the cores and the load of every node, at the root, and the tree"
    messages = "N-1 that carry the shares down the tree, after the wave's 2(N-1): 3(N-1) together"
    bound = (
        "nodes with equal cores differ by 1 at most; of all ends that are so, no other needs fewer moved "
        "tasks, "
        "and its load x hops on the tree is the least for its end; fewer moves than nodes"
    )
    wins = (
        "where loads last longer than a wave takes: one round is enough. It evens out also what runs "
        "already, "
        "which then begins anew, so with free cores everywhere it does more than it should"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return the moves that give every node of a tree its share."""
        target = [0] * len(view.nodes)
        order, roots = _top_down(view.parents)
        for root in dict.fromkeys(roots):
            tree = [node for node in order if roots[node] == root] if len(set(roots)) > 1 else order
            for node, load in zip(tree, fair_loads([view.nodes[node] for node in tree]), strict=True):
                target[node] = load
        surplus = [node.load - load for node, load in zip(view.nodes, target, strict=True)]
        return _along_the_tree(view, order, surplus)

    def control_messages(self, view: LoadView) -> int:
        """Return the number of shares that are sent down."""
        return sum(parent is not None for parent in view.parents)


def _top_down(parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Return all nodes, each after its parent, and for each node the root of its tree."""
    children: list[list[int]] = [[] for _ in parents]
    order: list[int] = []
    roots = list(range(len(parents)))
    for node, parent in enumerate(parents):
        if parent is None:
            order.append(node)
        else:
            children[parent].append(node)
    for node in order:
        for child in children[node]:
            roots[child] = roots[node]
        order += children[node]
    return order, roots


def _along_the_tree(view: LoadView, order: Sequence[int], surplus: Sequence[int]) -> list[Move]:
    """Pair givers and receivers from the leaves up: what a subtree cannot pair leaves it by its one link."""
    waiting: list[list[tuple[int, int]]] = [[] for _ in surplus]  # node, surplus; all of one sign
    moves: list[Move] = []
    for node in reversed(order):
        own = waiting[node]
        if surplus[node]:
            own = _merged(view, own, [(node, surplus[node])], moves)
        parent = view.parents[node]
        if parent is not None:
            waiting[parent] = _merged(view, waiting[parent], own, moves)
        waiting[node] = []
    return moves


def _merged(
    view: LoadView, one: list[tuple[int, int]], other: list[tuple[int, int]], moves: list[Move]
) -> list[tuple[int, int]]:
    """Pair what two lists have against each other, and return what is left. The longer one is kept."""
    if len(one) < len(other):
        one, other = other, one
    if not other or (one[0][1] > 0) == (other[0][1] > 0):
        one.extend(other)
        return one
    while one and other:
        (a, have), (b, lack) = one.pop(), other.pop()
        giver, receiver = (a, b) if have > 0 else (b, a)
        count = min(abs(have), abs(lack))
        moves.append(Move(view.nodes[giver].port, view.nodes[receiver].port, count))
        rest = have + lack
        if rest:
            (one if (rest > 0) == (have > 0) else other).append((a if (rest > 0) == (have > 0) else b, rest))
    return one or other
