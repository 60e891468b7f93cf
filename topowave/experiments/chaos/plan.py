"""What `topowave chaos` will do to a lab, and when: drawn from a seed, before anything happens. Pure."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from topowave.orchestrator.limits import RESTARTS, RESTARTS_WINDOW_S
from topowave.topology.limits import MAX_REPLICAS

Kind = Literal["kill", "stop", "cut", "kill balancer", "deploy", "add", "remove", "kill newcomers"]
FaultName = Literal["kill", "stop", "cut", "balancer", "deploys"]
"""What may be chosen."""
Level = Literal["low", "medium", "high"]
BALANCER = "balancer"
KILLS = RESTARTS - 2
"""How often one process is killed within the window in which restarts are counted: not to be given up."""
STOPPED_S = (0.3, 3.0)
"""Shortest and longest time for which a node is stopped (s)."""
CUT_S = (0.3, 4.0)
"""Shortest and longest time for which a node is cut off (s)."""
GROWS_BY = 32
"""How many nodes more than it had a lab is made to have, at the most; never more than twice as many."""
NEXT_GOAL_S = (0.0, 1.5)
"""Shortest and longest time after which a goal is replaced by another one, where it is (s)."""
NEWCOMERS = 3
"""How many nodes are killed at once that have joined, or are to leave, at the most."""
KINDS: dict[FaultName, dict[Kind, int]] = {
    "kill": {"kill": 6},
    "stop": {"stop": 3},
    "cut": {"cut": 3},
    "balancer": {"kill balancer": 1},
    "deploys": {"deploy": 3, "add": 1, "remove": 1, "kill newcomers": 2},
}
"""What each choice does, and how often of 20, where all are chosen."""
USUAL: tuple[FaultName, ...] = ("kill", "stop", "cut", "balancer")
"""Those after which the network is as it was."""


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
        nodes: to whom; of a process that runs many nodes, the first. Of a node that joins, what is to be its
            parent.
        lasts_s: how long they are stopped or cut, or after how long the next goal comes (s).
        replicas: how many nodes are wanted, one goal after the other.
        picks: for each node that is chosen among those that are there by then, a number below 1.
    """

    at_s: float
    kind: Kind
    nodes: tuple[str, ...] = ()
    lasts_s: float = 0.0
    replicas: tuple[int, ...] = ()
    picks: tuple[float, ...] = ()

    def on(self, nodes: Sequence[str]) -> str:
        """Say in words what is done to these nodes."""
        whom = ", ".join(nodes)
        match self.kind:
            case "kill balancer":
                return "kill -9 of the balancer"
            case "deploy":
                first, *more = map(str, self.replicas)
                return f"deploy {first}" + "".join(f", after {self.lasts_s:.1f} s {goal}" for goal in more)
            case "kill" | "kill newcomers":
                return f"kill -9 of {whom}"
            case "add":
                return f"add a node below {whom}"
            case "remove":
                return f"let {whom} leave"
            case _:
                return f"{self.kind} {whom} for {self.lasts_s:.1f} s"

    def __str__(self) -> str:
        return self.on(self.nodes)


def plan(
    processes: Sequence[Sequence[str]],
    seed: int,
    seconds: float,
    level: Level,
    faults: Collection[FaultName] = USUAL,
) -> list[ChaosFault]:
    """Return the faults of a run, in their order.

    Args:
        processes: the nodes of each process of the lab.
        seed: the same one gives the same faults on the same network.
        seconds: how long.
        level: how hard.
        faults: what may be done; something at least.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    intensity = INTENSITIES[level]
    draws = _Draws(chance, processes, intensity, faults)
    found: list[ChaosFault] = []
    at_s = chance.expovariate(1 / intensity.pause_s)
    while at_s < seconds:
        fault = draws.draw(at_s)
        if fault is not None:
            found.append(fault)
        at_s += chance.expovariate(1 / intensity.pause_s)
    return found


class _Draws:
    """Draws one fault after the other."""

    def __init__(
        self,
        chance: random.Random,
        processes: Sequence[Sequence[str]],
        intensity: Intensity,
        faults: Collection[FaultName],
    ) -> None:
        self._chance = chance
        self._processes = processes
        self._intensity = intensity
        self._often: dict[Kind, int] = {}
        for name, kinds in KINDS.items():
            self._often |= kinds if name in faults else {}
        self._killed: dict[str, list[float]] = {}
        self._least = sum(map(len, processes))
        self._most = min(2 * self._least, self._least + GROWS_BY, max(self._least, MAX_REPLICAS))
        self._wanted = self._least

    def draw(self, at_s: float) -> ChaosFault | None:
        """Return a fault for that moment; None where nobody may be hit."""
        chance, processes = self._chance, self._processes
        kind: Kind = chance.choices(list(self._often), list(self._often.values()))[0]
        if kind in KINDS["deploys"]:
            return self._change_network(at_s, kind)
        count = chance.randint(1, max(1, round(self._intensity.together * len(processes))))
        if kind == "cut":
            return ChaosFault(at_s, kind, (chance.choice(chance.choice(processes)),), chance.uniform(*CUT_S))
        heads = [BALANCER] if kind == "kill balancer" else [process[0] for process in processes]
        if kind == "stop":
            return ChaosFault(at_s, kind, tuple(chance.sample(heads, count)), chance.uniform(*STOPPED_S))
        drawn = chance.sample(heads, min(count, len(heads)))
        spared = [name for name in drawn if may_die(self._killed.setdefault(name, []), at_s)]
        for name in spared:
            self._killed[name].append(at_s)
        return ChaosFault(at_s, kind, tuple(spared)) if spared else None

    def _change_network(self, at_s: float, kind: Kind) -> ChaosFault:
        """Draw one that lets nodes join or leave, with so many in the end as there may be."""
        chance = self._chance
        if kind == "kill newcomers":
            return ChaosFault(at_s, kind, picks=self._picks(chance.randint(1, NEWCOMERS)))
        if kind == "deploy":
            goals = tuple(chance.randint(self._least, self._most) for _ in range(chance.randint(1, 2)))
            self._wanted = goals[-1]
            return ChaosFault(at_s, kind, lasts_s=chance.uniform(*NEXT_GOAL_S), replicas=goals)
        if kind == "add" and self._wanted < self._most:
            self._wanted += 1
            return ChaosFault(at_s, kind, (chance.choice(chance.choice(self._processes)),))
        self._wanted = max(self._least, self._wanted - 1)
        return ChaosFault(at_s, "remove", picks=self._picks(1))

    def _picks(self, count: int) -> tuple[float, ...]:
        return tuple(self._chance.random() for _ in range(count))


def may_die(deaths_s: Sequence[float], at_s: float) -> bool:
    """Say whether a process that died at these times may be killed again, and is not given up for it."""
    return sum(at_s - death_s < RESTARTS_WINDOW_S + STOPPED_S[1] for death_s in deaths_s) < KILLS
