"""How fast diffusion evens out loads on a network: the second largest absolute eigenvalue of its matrix.

By Lanczos' method (1950): some dozens of products of the matrix with a vector, each one walk over the links,
and the ends of the spectrum of a small tridiagonal matrix. No library is needed, nor another order of sums on
another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, sqrt

from topowave.balancer.policies.base import LoadView
from topowave.balancer.policies.transfers import links_of

STEPS = 100
"""Most products with the matrix."""
LINKS_WALKED = 3_000_000
"""Most links that are walked in all, so that a network of 100,000 nodes takes seconds once."""
SMALLEST = 1e-12
"""Lengths below this are none."""
HALVINGS = 60
"""Of an interval in which an eigenvalue is searched: as many as a float has digits."""


def convergence(view: LoadView) -> float:
    """Return by which factor, from 0 to 1, first order diffusion shrinks the distance to the balance a round.

    On a network that is not connected it is 1. It is exact but for rounding on small networks, and a little
    low on large ones.
    """
    nodes = view.nodes
    if len(nodes) < 2:
        return 0.0
    roots = [sqrt(node.cpu) for node in nodes]
    links = [
        (
            one,
            other,
            min(nodes[one].cpu, nodes[other].cpu)
            / (max(len(view.neighbors[one]), len(view.neighbors[other])) + 1),
        )
        for one, other in links_of(view)
    ]
    length = sqrt(fsum(node.cpu for node in nodes))
    balance = [root / length for root in roots]  # belongs to the eigenvalue 1, and is no distance

    def product(vector: Sequence[float]) -> list[float]:
        found = list(vector)
        for one, other, weight in links:
            flow = weight * (vector[one] / roots[one] - vector[other] / roots[other])
            found[one] -= flow / roots[one]
            found[other] += flow / roots[other]
        return found

    steps = max(2, min(STEPS, len(nodes) - 1, LINKS_WALKED // max(1, len(links))))
    # A start that is no eigenvector of anything: the digits of multiples of the golden ratio.
    vector = [(at * 0.6180339887498949) % 1.0 - 0.5 for at in range(1, len(nodes) + 1)]
    diagonal, beside = _lanczos(product, _unit(_without(vector, balance)), balance, steps)
    low, high = _ends(diagonal, beside)
    return min(1.0, max(abs(low), abs(high)))


def _lanczos(
    product: Callable[[Sequence[float]], list[float]],
    start: list[float],
    balance: Sequence[float],
    steps: int,
) -> tuple[list[float], list[float]]:
    """Return the diagonal, and what is beside it, of a tridiagonal matrix with the ends of the spectrum."""
    diagonal: list[float] = []
    beside: list[float] = []
    before, vector = [0.0] * len(start), start
    for _ in range(steps):
        found = _without(product(vector), balance)
        share = _dot(found, vector)
        diagonal.append(share)
        last = beside[-1] if beside else 0.0
        found = [f - share * v - last * b for f, v, b in zip(found, vector, before, strict=True)]
        length = sqrt(_dot(found, found))
        if length < SMALLEST or len(diagonal) == steps:
            break
        beside.append(length)
        before, vector = vector, [each / length for each in found]
    return diagonal, beside[: len(diagonal) - 1]


def _ends(diagonal: Sequence[float], beside: Sequence[float]) -> tuple[float, float]:
    """Return the smallest and the largest eigenvalue of a tridiagonal matrix; all are from -1 to 1."""
    return _eigenvalue(diagonal, beside, 1), _eigenvalue(diagonal, beside, len(diagonal))


def _eigenvalue(diagonal: Sequence[float], beside: Sequence[float], number: int) -> float:
    """Return the eigenvalue of that number, from 1 for the smallest, by Sturm's count."""
    low, high = -1.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below, pivot = 0, 1.0
        for at, value in enumerate(diagonal):
            pivot = value - middle - (beside[at - 1] ** 2 / pivot if at else 0.0)
            pivot = pivot or SMALLEST
            below += pivot < 0
        if below >= number:
            high = middle
        else:
            low = middle
    return high


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return fsum(a * b for a, b in zip(one, other, strict=True))


def _without(vector: Sequence[float], direction: Sequence[float]) -> list[float]:
    share = _dot(vector, direction)
    return [v - share * d for v, d in zip(vector, direction, strict=True)]


def _unit(vector: Sequence[float]) -> list[float]:
    length = sqrt(_dot(vector, vector))
    return [each / length for each in vector]
