"""Networks for property tests: the numbers of the nodes and the order of neighbours are random too."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from topowave.algorithms import Algorithm, Centre, Fifo, Network, Ring, RootedTree, StronglyConnected, Tree

examples = settings(max_examples=50, deadline=None)
"""How many runs a property has to hold in."""

seeds = st.integers(0, 2**32 - 1)


def path(nodes: int, *, fifo: bool = False) -> Network:
    return Network.from_links(nodes, pairwise(range(nodes)), fifo=fifo)


def ring(order: list[int] | int, *, fifo: bool = False) -> Network:
    """Return the two-way ring of the nodes in that order; as many nodes as given, in order, for a number."""
    if isinstance(order, int):
        order = list(range(order))
    links = list(pairwise(order)) + ([(order[-1], order[0])] if len(order) > 2 else [])
    at_0 = next((link for link in links if link[0] == 0), links[0])
    return Network.from_links(len(order), [at_0, *(link for link in links if link != at_0)], fifo=fifo)


def one_way_ring(order: list[int], *, fifo: bool = False) -> Network:
    """Return the one-way ring of the nodes in that order."""
    return Network.from_arcs(len(order), [*pairwise(order), (order[-1], order[0])], fifo=fifo)


def clique(nodes: int, *, fifo: bool = False) -> Network:
    return Network.from_links(nodes, combinations(range(nodes), 2), fifo=fifo)


def star(nodes: int) -> Network:
    return Network.from_links(nodes, [(0, leaf) for leaf in range(1, nodes)])


def binary_tree(nodes: int, *, fifo: bool = False) -> Network:
    return Network.from_links(nodes, [((child - 1) // 2, child) for child in range(1, nodes)], fifo=fifo)


def random_connected(nodes: int, extra: int, seed: int, *, fifo: bool = False) -> Network:
    """Return a random tree with up to `extra` further links, its nodes in random order."""
    random = Random(seed)
    number = random.sample(range(nodes), nodes)
    links = {(random.randrange(node), node) for node in range(1, nodes)}
    others = [link for link in combinations(range(nodes), 2) if link not in links]
    links.update(random.sample(others, min(extra, len(others))))
    shuffled = random.sample(sorted(links), len(links))
    return Network.from_links(nodes, [(number[a], number[b]) for a, b in shuffled], fifo=fifo)


def random_strongly_connected(nodes: int, extra: int, seed: int, *, fifo: bool = False) -> Network:
    """Return a directed network made of ears: each new node lies on a way between two that were there."""
    random = Random(seed)
    number = random.sample(range(nodes), nodes)
    arcs: set[tuple[int, int]] = set()
    for node in range(1, nodes):
        arcs |= {(random.randrange(node), node), (node, random.randrange(node))}
    others = [(a, b) for a in range(nodes) for b in range(nodes) if a != b and (a, b) not in arcs]
    arcs.update(random.sample(others, min(extra, len(others))))
    return Network.from_arcs(nodes, [(number[a], number[b]) for a, b in sorted(arcs)], fifo=fifo)


def connected(most: int = 9, *, fifo: bool = False) -> st.SearchStrategy[Network]:
    return st.builds(
        random_connected, st.integers(1, most), st.integers(0, 2 * most), seeds, fifo=st.just(fifo)
    )


def trees(most: int = 12) -> st.SearchStrategy[Network]:
    return st.builds(random_connected, st.integers(1, most), st.just(0), seeds)


def strongly_connected(most: int = 8, *, fifo: bool = False) -> st.SearchStrategy[Network]:
    return st.builds(
        random_strongly_connected, st.integers(1, most), st.integers(0, 2 * most), seeds, fifo=st.just(fifo)
    )


def rings(most: int = 10, *, fifo: bool = False) -> st.SearchStrategy[Network]:
    return st.integers(2, most).flatmap(
        lambda nodes: st.permutations(range(nodes)).map(lambda order: ring(list(order), fifo=fifo))
    )


def one_way_rings(most: int = 10, *, fifo: bool = False) -> st.SearchStrategy[Network]:
    return st.integers(2, most).flatmap(
        lambda nodes: st.permutations(range(nodes)).map(lambda order: one_way_ring(list(order), fifo=fifo))
    )


@st.composite
def some_of(draw: st.DrawFn, network: Network) -> list[int]:
    """Draw initiators: at least one, each node at most once, in any order."""
    nodes = list(range(network.nodes))
    return draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=network.nodes, unique=True))


def suitable(algorithm: type[Algorithm], nodes: int, seed: int) -> Network:
    """Return a random network of about `nodes` nodes that meets the algorithm's requirements."""
    random = Random(seed)
    fifo = Fifo in algorithm.requires
    if RootedTree in algorithm.requires:
        return Network.from_arcs(nodes, [(random.randrange(node), node) for node in range(1, nodes)])
    if Ring in algorithm.requires:
        return ring(random.sample(range(max(2, nodes)), max(2, nodes)), fifo=fifo)
    if Centre in algorithm.requires:
        return star(nodes)
    if StronglyConnected in algorithm.requires:
        return random_strongly_connected(nodes, nodes // 2, seed, fifo=fifo)
    return random_connected(nodes, 0 if Tree in algorithm.requires else nodes, seed, fifo=fifo)
