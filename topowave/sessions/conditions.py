"""The conditions of a wave as they stand after some event, and the event in which one breaks.

Tel (2000, definition 6.1) asks that a wave ends, that somebody decides, and that every node has an event
before each decide. Beside them stand the proven bounds, with what has been used of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topowave.runtime.virtual_time import to_units
from topowave.sessions.history import Act
from topowave.sessions.interventions import UNRELIABLE, Delay
from topowave.sessions.player import Player
from topowave.simulator.kernel import Kernel
from topowave.simulator.preparation import PreparedRun
from topowave.simulator.properties import Property


@dataclass(frozen=True)
class Conditions:
    """How a wave stands.

    Attributes:
        position: after how many events.
        holds: for each property whether it holds; None where that is not known yet, or does not apply.
        messages: how many were sent.
        bits: their length as encoded.
        time: since the wave's start, in units.
        bounds: the proven limits that apply: `messages`, and `time` in units.
        witnesses: one sentence for each thing that shows a violation.
    """

    position: int
    holds: dict[Property, bool | None]
    messages: int
    bits: int
    time: float
    bounds: dict[str, float]
    witnesses: tuple[str, ...] = ()

    @property
    def broken(self) -> list[Property]:
        """The properties that are violated."""
        return [name for name, held in self.holds.items() if held is False]


@dataclass(frozen=True)
class Break:
    """The moment in which a condition breaks.

    Attributes:
        position: the event that broke it.
        broken: the properties that are violated since.
        witnesses: one sentence for each thing that shows it.
    """

    position: int
    broken: tuple[Property, ...]
    witnesses: tuple[str, ...]


def conditions_of(prepared: PreparedRun, kernel: Kernel, acts: Sequence[Act]) -> Conditions:
    """Return how the wave of a kernel stands, to which somebody has done `acts`."""
    outcome = kernel.outcome()
    (wave,) = outcome.waves
    verdict = prepared.verdict(wave, outcome.ending, *meddled(acts))
    return Conditions(
        kernel.beats,
        verdict.holds,
        wave.messages,
        8 * (wave.size or 0),
        to_units(max(0, kernel.now - wave.first)),
        verdict.bounds,
        tuple(verdict.witnesses),
    )


def meddled(acts: Sequence[Act]) -> tuple[bool, bool]:
    """Return whether somebody made links or nodes unreliable, and whether a message came later by hand."""
    done = [act.intervention for act in acts]
    return any(isinstance(each, UNRELIABLE) for each in done), any(isinstance(each, Delay) for each in done)


def first_break(player: Player, branch: int) -> Break | None:
    """Return the first moment of a branch in which a condition is broken; None if there is none.

    What is broken stays so, hence the moment is found by halving. The branch is gone through to its end.
    """
    kernel = player.kernel_at(branch, len(player.records[branch]))
    player.go(kernel, branch, None)
    low, high = 0, len(player.records[branch])
    found = conditions_of(player.prepared, kernel, player.history.branches[branch].until(high))
    if not found.broken:
        return None
    while low < high:
        middle = (low + high) // 2
        there = _at(player, branch, middle)
        if there.broken:
            high, found = middle, there
        else:
            low = middle + 1
    return Break(high, tuple(found.broken), found.witnesses)


def _at(player: Player, branch: int, position: int) -> Conditions:
    acts = player.history.branches[branch].until(position)
    return conditions_of(player.prepared, player.kernel_at(branch, position), acts)
