"""What policies share that ask a few nodes by chance: who is asked, and whether a task had better move."""

from __future__ import annotations

from topowave.balancer.policies.base import LoadView

PROBES = 3
"""Most nodes that are asked for one task: more gained little (Eager, Lazowska and Zahorjan 1986)."""


def drawn(view: LoadView, asker: int) -> list[int]:
    """Return up to `PROBES` nodes other than `asker`, each once, in the order in which they are asked."""
    others = len(view.nodes) - 1
    return [node + (node >= asker) for node in view.random.sample(range(others), min(PROBES, others))]


def is_over(load: int, cpu: int, max_cpu: float) -> bool:
    """Return whether a node would still be at `max_cpu` percent of its cores with one task less."""
    return 100 * (load - 1) >= cpu * max_cpu


def is_under(load: int, cpu: int, max_cpu: float) -> bool:
    """Return whether a node is below `max_cpu` percent of its cores."""
    return 100 * load < cpu * max_cpu


def improves(view: LoadView, load: list[int], giver: int, receiver: int) -> bool:
    """Return whether one task from giver to receiver leaves the receiver less loaded than the giver was."""
    one, other = view.nodes[giver], view.nodes[receiver]
    return one.gives and other.takes and (load[receiver] + 1) * one.cpu < load[giver] * other.cpu
