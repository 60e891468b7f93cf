"""What the rules of alerts look at: the lab at one moment, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from topowave.topology.alert_settings import AlertSettings

DownState: TypeAlias = Literal["dead", "failed", "stopped", "inactive"]
"""States in which a node is not up, though it should be."""
BadState: TypeAlias = Literal["incomplete", "wrong"]
"""How a wave ends that is not as it should be."""


@dataclass(frozen=True, slots=True)
class DownNode:
    """A node that is not up, though it should be.

    Attributes:
        state: in which it is.
        reason: why, as the orchestrator says; None where it does not.
        cause: what it is down together with: its process, or the topmost node of a dead part of the tree.
    """

    state: DownState
    reason: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class BadWave:
    """The last wave of its kind, which was not as it should be.

    Attributes:
        kind: its algorithm, and what it was for.
        id, title: of the wave.
        state: "incomplete" or "wrong".
        missing: the nodes that did not take part.
        front: those of them that have a neighbour which did; the others are behind them, and cut off.
    """

    kind: str
    id: str
    title: str
    state: BadState
    missing: tuple[str, ...]
    front: tuple[str, ...]

    def is_explained(self, down: Collection[str]) -> bool:
        """Whether it is incomplete only since these nodes are down: nodes behind them it could not reach."""
        return self.state == "incomplete" and bool(self.front) and set(self.front).issubset(down)


@dataclass(frozen=True, slots=True)
class GrowingQueue:
    """Tasks that wait, which have become more and more.

    Attributes:
        waiting: how many there are now.
        still: whether they grow; else they have only not become fewer again.
    """

    waiting: int
    still: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """The lab at one moment.

    Attributes:
        now_s: when, on the clock that the engine's times are on (s).
        settings: of the rules.
        max_cpu: percent of its cores from which a node is overloaded.
        loads: percent of their cores, of the nodes that are at `calm` percent of max_cpu or above.
        down: the nodes that are not up, with why.
        silent_agents: the agents that are not heard any more, with the nodes that they are to run.
        bottlenecks: nodes that are predicted to be overloaded in the next round.
        bad_waves: the last wave of each kind that was incomplete or wrong, a while ago at most.
        queue: where it grows without end, or has not become shorter since; else None.
        unreadable: why the journal cannot be read; None where it can.
        unwritable: why it cannot be written; None where it can.
        imbalance: as the chart has it.
        missed: how many tasks have missed their deadlines of late; None where that is not known.
        soon: how many wait whose deadline is near; None where that is not known.
    """

    now_s: float
    settings: AlertSettings = field(default_factory=AlertSettings)
    max_cpu: float = 75.0
    loads: Mapping[str, float] = field(default_factory=dict[str, float])
    down: Mapping[str, DownNode] = field(default_factory=dict[str, DownNode])
    silent_agents: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    bottlenecks: Sequence[str] = ()
    bad_waves: Sequence[BadWave] = ()
    queue: GrowingQueue | None = None
    unreadable: str | None = None
    unwritable: str | None = None
    imbalance: float = 0.0
    missed: int | None = None
    soon: int | None = None
