"""One wave of a run: what it is to do, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from topowave.algorithms import Algorithm, Network
from topowave.algorithms.base import Effect
from topowave.algorithms.chance import Chance
from topowave.algorithms.knowledge import known
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.effects import IN_SETUP

WIDE = 32
"""From so many neighbours on they are looked up in a set instead of a row."""


@dataclass(frozen=True)
class WavePlan:
    """A wave that is to run.

    Attributes:
        id: `<initiator>-<number>`, unique in the run.
        algorithm: what its nodes run.
        initiators: the numbers of the nodes that start it.
        network: as the algorithm sees it.
        inputs: returns what a node contributes.
        start: when it starts, in ticks.
        seed: of the run, from which its nodes' chance follows.
    """

    id: str
    algorithm: type[Algorithm]
    initiators: tuple[int, ...]
    network: Network
    inputs: Callable[[int], object] = lambda _: None
    start: int = 0
    seed: int = 0

    @property
    def chance(self) -> Chance:
        """Where its nodes have their chance from."""
        return Chance(self.seed, self.id)


@dataclass
class WaveResult:
    """What became of a wave.

    Attributes:
        plan: what it was to do.
        instances: the nodes' instances, by number, in the order in which they joined.
        messages: how many were sent.
        size: their length as encoded, in bytes; None if nobody looked.
        decisions: node and value of each decide, in that order.
        past: for each node a bit mask of the nodes with an event before or at its latest one; None if nobody
            looked.
        unheard: for each decide, the mask of the nodes with no event before it.
        first, last, decided: when its first and its last event were, and its last decide, in ticks.
    """

    plan: WavePlan
    instances: dict[int, Algorithm] = field(default_factory=dict[int, Algorithm])
    messages: int = 0
    size: int | None = 0
    decisions: list[tuple[int, object]] = field(default_factory=list[tuple[int, object]])
    past: dict[int, int] | None = field(default_factory=dict[int, int])
    unheard: list[int] = field(default_factory=list[int])
    first: int = 0
    last: int = 0
    decided: int | None = None


def make_instance(plan: WavePlan, node: int, effects: list[Effect]) -> Algorithm:
    """Return the instance of a node, which records its effects in `effects`. Runs the class' own `setup`.

    Raises:
        WrongEffectError: what the class does in it leaves no instance that can be used.
    """
    return set_up(_made(plan, node, effects), node, effects)


def set_up(made: Algorithm, node: int, effects: list[Effect]) -> Algorithm:
    """Return the new instance of a node.

    Raises:
        WrongEffectError: it has recorded effects, would record none, or has given itself another number.
    """
    if effects:
        raise WrongEffectError(IN_SETUP)
    # Not by `vars`: it gives the instance a dict, and all that a handler does to it takes a tenth longer.
    if getattr(made, "effects", None) is not effects:
        if type(made).__setattr__ is not object.__setattr__:
            raise WrongEffectError(
                "`__setattr__` does not keep what a node is given; leave it out, "
                "or let it call `super().__setattr__(name, value)`"
            )
        raise WrongEffectError("`__init__` does not pass on what a node is given; write `setup` instead")
    if made.id != node:
        raise WrongEffectError("`setup` assigns self.id, which the runtime gives")
    return made


def _made(plan: WavePlan, node: int, effects: list[Effect]) -> Algorithm:
    network = plan.network
    knows = known(plan.algorithm.needs, network, node)
    out = network.out[node]
    if network.out is network.into:
        return plan.algorithm(node, out, input=plan.inputs(node), knows=knows, effects=effects)
    return plan.algorithm(
        node,
        network.neighbors(node),
        in_neighbors=network.into[node],
        out_neighbors=out,
        input=plan.inputs(node),
        knows=knows,
        effects=effects,
    )
