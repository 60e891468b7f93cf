"""What `topowave chaos` will do to a lab, and when: drawn from a seed, before anything happens. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from topowave.orchestrator.limits import RESTARTS, RESTARTS_WINDOW_S

Kind = Literal["kill", "stop", "cut", "kill balancer"]
Level = Literal["low", "medium", "high"]
BALANCER = "balancer"
KILLS = RESTARTS - 2
"""How often one process is killed within the window in which restarts are counted: not to be given up."""
STOPPED_S = (0.3, 3.0)
"""Shortest and longest time for which a node is stopped (s)."""
CUT_S = (0.3, 4.0)
"""Shortest and longest time for which a node is cut off (s)."""
KINDS: dict[Kind, int] = {"kill": 6, "stop": 3, "cut": 3, "kill balancer": 1}
"""How many of 13 faults are of each kind, about."""


@dataclass(frozen=True)
class Intensity:
    """How hard.

    Attributes:
        pause_s: mean time between two faults (s).
        together: largest part of the nodes that one fault hits; one node in any case.
    """

    pause_s: float
    together: float


INTENSITIES: dict[Level, Intensity] = {
    "low": Intensity(8.0, 0.0),
    "medium": Intensity(3.0, 0.25),
    "high": Intensity(1.0, 0.5),
}


@dataclass(frozen=True)
class ChaosFault:
    """One thing that is done.

    Attributes:
        at_s: when, after the beginning (s).
        kind: what.
        nodes: to whom; of a process that runs many nodes, the first.
        lasts_s: how long they are stopped or cut (s).
    """

    at_s: float
    kind: Kind
    nodes: tuple[str, ...]
    lasts_s: float = 0.0

    def __str__(self) -> str:
        whom = ", ".join(self.nodes)
        if self.kind == "kill balancer":
            return "kill -9 of the balancer"
        if self.kind == "kill":
            return f"kill -9 of {whom}"
        return f"{self.kind} {whom} for {self.lasts_s:.1f} s"


def plan(processes: Sequence[Sequence[str]], seed: int, seconds: float, level: Level) -> list[ChaosFault]:
    """Return the faults of a run, in their order.

    Args:
        processes: the nodes of each process of the lab.
        seed: the same one gives the same faults on the same network.
        seconds: how long.
        level: how hard.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    intensity = INTENSITIES[level]
    killed: dict[str, list[float]] = {}
    faults: list[ChaosFault] = []
    at_s = chance.expovariate(1 / intensity.pause_s)
    while at_s < seconds:
        fault = _draw(chance, at_s, processes, intensity, killed)
        if fault.nodes:
            faults.append(fault)
        at_s += chance.expovariate(1 / intensity.pause_s)
    return faults


def _draw(
    chance: random.Random,
    at_s: float,
    processes: Sequence[Sequence[str]],
    intensity: Intensity,
    killed: dict[str, list[float]],
) -> ChaosFault:
    kind: Kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    count = chance.randint(1, max(1, round(intensity.together * len(processes))))
    if kind == "cut":
        return ChaosFault(at_s, kind, (chance.choice(chance.choice(processes)),), chance.uniform(*CUT_S))
    heads = [BALANCER] if kind == "kill balancer" else [process[0] for process in processes]
    if kind == "stop":
        return ChaosFault(at_s, kind, tuple(chance.sample(heads, count)), chance.uniform(*STOPPED_S))
    drawn = chance.sample(heads, min(count, len(heads)))
    spared = [name for name in drawn if _may_die(killed.setdefault(name, []), at_s)]
    for name in spared:
        killed[name].append(at_s)
    return ChaosFault(at_s, kind, tuple(spared))


def _may_die(deaths_s: list[float], at_s: float) -> bool:
    return sum(at_s - death_s < RESTARTS_WINDOW_S + STOPPED_S[1] for death_s in deaths_s) < KILLS
