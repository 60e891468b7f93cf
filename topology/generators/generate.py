"""New networks from a shape, a size and a seed. The same call gives the same network on every machine."""

from __future__ import annotations

from typing import Final

from topowave.topology.generators.shapes import SHAPES, course
from topowave.topology.generators.word_list import unused_names
from topowave.topology.limits import MAX_PORT, MIN_PORT
from topowave.topology.model import Topology
from topowave.topology.node import Node, default_role
from topowave.topology.portable_random import PortableRandom, fresh_seed
from topowave.topology.problems import Problems, did_you_mean, shown
from topowave.topology.spanning_tree import SpanningTree, breadth_first_tree
from topowave.translation import text

CPUS: Final = (2, 4, 6, 8)
"""The cores that a generated node may have."""
DEFAULT_SHAPE: Final = "course"
DEFAULT_BASE_PORT: Final = 8000
ROOT_NAME: Final = "root"


def generate(
    shape: str = DEFAULT_SHAPE,
    *,
    nodes: int | None = None,
    seed: int | None = None,
    base_port: int = DEFAULT_BASE_PORT,
) -> Topology:
    """Make a new network.

    Args:
        shape: one of `SHAPES`.
        nodes: how many nodes exactly; None for what the shape has by itself (for `course` chance decides, the
            others have 15, a hypercube 16).
        seed: an integer from 0; the same seed gives the same network. None for a new one each time.
        base_port: the root's port; the others follow upwards in depth-first order.

    Raises:
        Problems: an unknown shape, a number of nodes that the shape cannot have, ports beyond 65535, a
            negative seed.
    """
    problem = _fault(shape, nodes, seed) or _fault_in_ports(nodes or 1, base_port)
    if problem:
        raise Problems([problem])
    rng = PortableRandom(fresh_seed() if seed is None else seed)
    kind = SHAPES[shape]
    count = kind.nodes.default if nodes is None else nodes
    tree = breadth_first_tree(course(rng) if count is None else kind.build(count, rng), 0)
    problem = _fault_in_ports(len(tree.order), base_port)
    if problem:
        raise Problems([problem])
    return _with_names_and_ports(tree, rng, base_port)


def _fault(shape: str, nodes: int | None, seed: int | None) -> str | None:
    """What is wrong with a shape, a size or a seed, or None."""
    kind = SHAPES.get(shape)
    if kind is None:
        known = ", ".join(SHAPES)
        return text(
            "there is no shape {shape}{did_you_mean}; expected one of {known}",
            shape=shown(shape),
            did_you_mean=did_you_mean(shape, SHAPES),
            known=known,
        )
    if seed is not None and seed < 0:
        return text("{seed} is not a seed; expected an integer from 0", seed=seed)
    return None if nodes is None else kind.fault(nodes)


def _fault_in_ports(nodes: int, base_port: int) -> str | None:
    """What is wrong with that many ports from `base_port` upwards, or None."""
    if not MIN_PORT <= base_port <= MAX_PORT:
        return text(
            "{base_port} is not a port; expected an integer from {min_port} to {max_port}",
            base_port=base_port,
            min_port=MIN_PORT,
            max_port=MAX_PORT,
        )
    last = base_port + nodes - 1
    if last > MAX_PORT:
        room = MAX_PORT - base_port + 1
        return text(
            "{nodes} nodes do not fit from port {base_port} upwards; there is room for {room}",
            nodes=nodes,
            base_port=base_port,
            room=room,
        )
    return None


def _with_names_and_ports(tree: SpanningTree[int], rng: PortableRandom, base_port: int) -> Topology:
    """Give names, cores and ports to a bare network."""
    fresh = unused_names(rng)
    called = {bare: next(fresh) if position else ROOT_NAME for position, bare in enumerate(tree.order)}
    inside = tree.children()
    made: list[Node] = []
    for position, bare in enumerate(tree.order):
        parent = called[tree.parent[bare]] if bare in tree.parent else None
        children = tuple(called[child] for child in inside[bare])
        role = default_role(parent, children)
        cpu = rng.choice(CPUS)
        made.append(Node(called[bare], base_port + position, cpu, role, parent=parent, children=children))
    return Topology(tuple(made), tuple((called[a], called[b]) for a, b in tree.extra))
