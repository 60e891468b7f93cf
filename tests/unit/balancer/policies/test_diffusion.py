"""Diffusion of both orders, held against the eigenvalues of its matrix as numpy finds them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice, pairwise
from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.support.load_views import Link, after, node_loads, view_of
from topowave.balancer.policies.base import LoadView, NodeLoad, Policy, PolicySettings, plan_checked
from topowave.balancer.policies.diffusion_matrix import convergence
from topowave.balancer.policies.first_order_diffusion import FirstOrderDiffusion
from topowave.balancer.policies.second_order_diffusion import SecondOrderDiffusion
from topowave.balancer.policies.transfers import links_of

MANY = 10**9
"""Tasks of a pile so large that rounding to whole ones is small beside it."""
PATH_31: list[Link] = [(at, at + 1) for at in range(30)]
TREE_31: list[Link] = [((at - 1) // 2, at) for at in range(1, 31)]
CUBE: list[Link] = [(at, at | 1 << bit) for at in range(16) for bit in range(4) if not at >> bit & 1]


def matrix(view: LoadView) -> NDArray[np.float64]:
    """The diffusion matrix, made symmetric by the square roots of the cores."""
    found = np.eye(len(view.nodes))
    for a, b in links_of(view):
        one, other = view.nodes[a].cpu, view.nodes[b].cpu
        weight = min(one, other) / (max(len(view.neighbors[a]), len(view.neighbors[b])) + 1)
        found[a, a] -= weight / one
        found[b, b] -= weight / other
        found[a, b] += weight / sqrt(one * other)
        found[b, a] += weight / sqrt(one * other)
    return found


def gamma_of(view: LoadView) -> float:
    """The second largest absolute eigenvalue."""
    return float(sorted(abs(np.linalg.eigvalsh(matrix(view))))[-2])


def distance(nodes: list[NodeLoad]) -> float:
    """How far the loads are from the balance, in the norm in which the matrix is symmetric."""
    each = sum(node.load for node in nodes) / sum(node.cpu for node in nodes)
    return sqrt(sum((node.load - each * node.cpu) ** 2 / node.cpu for node in nodes))


def distances(policy: Policy, nodes: list[NodeLoad], links: list[Link]) -> Iterator[float]:
    for number in count():
        yield distance(nodes)
        nodes = after(nodes, plan_checked(policy, view_of(nodes, links, number=number)))


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[NodeLoad], list[Link]]:
    loads = draw(st.lists(st.tuples(st.integers(1, 6), st.integers(0, MANY)), min_size=2, max_size=14))
    links = {(draw(st.integers(0, node - 1)), node) for node in range(1, len(loads))}
    for _ in range(draw(st.integers(0, 4))):
        one, other = draw(st.integers(0, len(loads) - 1)), draw(st.integers(0, len(loads) - 1))
        links |= {(min(one, other), max(one, other))} if one != other else set()
    return node_loads(loads), sorted(links)


@given(networks())
def test_the_convergence_of_a_network_is_the_second_eigenvalue_of_its_matrix(
    network: tuple[list[NodeLoad], list[Link]],
) -> None:
    view = view_of(*network)
    assert isclose(convergence(view), gamma_of(view), abs_tol=1e-6)


@pytest.mark.parametrize("links", [PATH_31, TREE_31, CUBE])
def test_the_convergence_of_paths_trees_and_cubes_is_found(links: list[Link]) -> None:
    view = view_of(node_loads([(1, 0)] * (1 + max(map(max, links)))), links)
    assert isclose(convergence(view), gamma_of(view), abs_tol=1e-9)


def test_a_network_in_two_parts_never_converges_and_one_node_always() -> None:
    assert isclose(convergence(view_of(node_loads([(1, 0)] * 4), [(0, 1), (2, 3)])), 1)
    assert convergence(view_of(node_loads([(1, 0)]))) == 0
    assert convergence(view_of([])) == 0


@settings(max_examples=40)
@given(networks())
def test_first_order_diffusion_converges_at_the_rate_of_its_matrix(
    network: tuple[list[NodeLoad], list[Link]],
) -> None:
    nodes, links = network
    view = view_of(nodes, links)
    gamma = gamma_of(view)
    # Rounding changes a node by less than one task a link, each round.
    rounding = sqrt(sum(len(near) ** 2 / node.cpu for node, near in zip(nodes, view.neighbors, strict=True)))
    found = islice(distances(FirstOrderDiffusion(PolicySettings()), nodes, links), 12)
    for before, then in pairwise(found):
        assert then <= gamma * before * (1 + 1e-9) + rounding


@pytest.mark.parametrize("links", [PATH_31, TREE_31])
def test_second_order_diffusion_takes_about_the_square_root_of_the_rounds(links: list[Link]) -> None:
    """All tasks at one end: until the distance is a hundredth of that at the start."""
    nodes = node_loads([(1, 0)] * 30 + [(1, MANY)])

    def rounds(policy: Policy) -> int:
        found = enumerate(distances(policy, nodes, links))
        return next(at for at, each in found if each < distance(nodes) / 100)

    first = rounds(FirstOrderDiffusion(PolicySettings()))
    second = rounds(SecondOrderDiffusion(PolicySettings()))
    assert second < first / 4


def test_second_order_diffusion_forgets_its_flows_where_the_network_changes() -> None:
    policy = SecondOrderDiffusion(PolicySettings())
    nodes = node_loads([(1, 900), (1, 0), (1, 0)])
    plan_checked(policy, view_of(nodes))
    other = view_of(nodes, [(0, 1), (1, 2), (0, 2)])
    assert plan_checked(policy, other) == plan_checked(SecondOrderDiffusion(PolicySettings()), other)


def test_both_ends_of_each_link_tell_their_load() -> None:
    view = view_of(node_loads([(1, 0)] * 31), TREE_31)
    for policy in (FirstOrderDiffusion, SecondOrderDiffusion):
        assert policy(PolicySettings()).control_messages(view) == 60
