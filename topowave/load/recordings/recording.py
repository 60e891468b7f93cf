"""`Recording`: a workload as a live lab carried it out, in one file of JSON.

All times are in seconds since `began`, as the clocks of the lab's processes had them; they are the lab's own,
whatever the speedup of the play was.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from topowave.tasks.script import Priority
from topowave.topology import Topology


class Attempt(msgspec.Struct, frozen=True, array_like=True):
    """One time that a task ran: where, when it came there, began, and ended or was interrupted (s)."""

    node: str
    arrived: float
    began: float
    ended: float


class RecordedTask(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What became of a task.

    Attributes:
        id: in the lab.
        node: the first one that it was on.
        submitted: when it came (s).
        duration: how long it was to last (s).
        attempts: the times that it ran; the last one is that of which it was completed.
        ended: when it was over (s).
        completed: whether it was carried out; else it was given up at its deadline.
        weight: cores that it holds.
        priority: how urgent it is.
        deadline: after how long it was to be over (s); None: never.
    """

    id: str
    node: str
    submitted: float
    duration: float
    attempts: tuple[Attempt, ...]
    ended: float
    completed: bool = True
    weight: int = 1
    priority: Priority = "medium"
    deadline: float | None = None


class RecordedMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A move of a round: how many cores were planned, how many tasks went, when it began and ended (s)."""

    giver: str
    receiver: str
    count: int
    moved: int
    outcome: str
    asked: float
    ended: float


class RecordedRound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round of rebalancing, with what its policy was told: see `balancer.round_results.Round`.

    Attributes:
        number: of the balancer's rounds.
        policy: who planned.
        round, since: what it was told of itself: which of its rounds, and how long ago it was chosen (s).
        began, planned: when the wave began, and when the plan was made (s).
        loads: of each node of the topology; None where it did not answer.
        not_giving, not_taking: who took no part.
        room: how many more tasks each takes that has a limit.
        forecast: what load each node was predicted to have (cores); None where nobody predicted.
        moves: the plan, and what became of it.
    """

    number: int
    policy: str
    round: int
    since: float
    began: float
    planned: float
    loads: tuple[int | None, ...]
    moves: tuple[RecordedMove, ...]
    not_giving: tuple[str, ...] = ()
    not_taking: tuple[str, ...] = ()
    room: dict[str, int] = {}
    forecast: tuple[float | None, ...] | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of the lab when the recording began; intervals and times in seconds."""

    policy: str
    max_cpu: float
    placement: str
    discipline: str
    rebalance_interval: float


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A live run.

    Attributes:
        workload, seed, speedup: what was played.
        request: what its tasks were called together.
        began: when (s since 1970).
        network: as topology.json has it.
        settings: of the lab.
        tasks: in the order in which they came.
        rounds: of rebalancing, in their order.
        notes: what a reader should know, a sentence each.
    """

    workload: str
    seed: int | None
    speedup: float
    request: str
    began: float
    network: dict[str, Any]
    settings: Settings
    tasks: tuple[RecordedTask, ...]
    rounds: tuple[RecordedRound, ...]
    notes: tuple[str, ...] = ()
    format: Literal["topowave-recording"] = "topowave-recording"
    version: Literal[1] = 1

    @cached_property
    def topology(self) -> Topology:
        """The network. Raises Problems where it is none."""
        return Topology.from_json(self.network, "network")

    @property
    def source(self) -> str:
        """What people call the workload."""
        fast = "" if self.speedup == 1 else f", {self.speedup:g} times as fast"
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.workload}{seed}{fast}"

    def write(self, path: Path) -> None:
        """Write it to a file. Raises OSError."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")
