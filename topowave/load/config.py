"""`LoadConfig`: all that a run in virtual time depends on beside the network, the workload and the seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from topowave.load.link_delays import NO_DELAY, check_delay
from topowave.topology.config import NO_FORECAST
from topowave.topology.problems import Problems, did_you_mean, shown

NO_POLICY = "none"
"""The name that stands for no rebalancing."""


@dataclass(frozen=True, slots=True)
class NodeFault:
    """A node that ends or is back: `at` (s), its name, and which of the two."""

    at: float
    node: str
    kind: Literal["down", "up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadConfig:
    """The options of a run.

    Attributes:
        policy: who gives to whom in a round of rebalancing, by name or as FILE.py:CLASS; "none": nobody.
        forecast: what tells the policy which load each node will have in the next round, by name; "none":
            nothing. It learns from what the rounds read.
        max_cpu: percent of its cores from which a node counts as overloaded.
        placement: which node gets a task that names none, by name.
        discipline: which task that waits on a node is next, by name.
        rebalance_interval: time from the end of a round to the beginning of the next (s); 0: no rounds.
        report_delay: how late the balancer hears of tasks that are over or have moved (s). What it gave to a
            node counts at once.
        link_delay: of a message over a link that has none of its own in the topology (s).
        delay: of each message over a link and of tasks that move over it, by one of the simulator's models
            with times in seconds, as `uniform:0.001,0.01`; "none": of waves as `link_delay` says.
        move_time: how long a move of tasks takes from the balancer's request until the receiver has them (s).
        hop_time: how much longer it takes for each link between giver and receiver (s).
        sample_interval: time between two looks at how evenly the nodes are loaded (s); None: a
            `SAMPLES`th of the time in which tasks come.
        faults: nodes that go down and come up. What one ran begins anew when it is up; what waited waits.
    """

    policy: str = "max-load-heap"
    forecast: str = NO_FORECAST
    max_cpu: float = 75.0
    placement: str = "least-loaded"
    discipline: str = "priority"
    rebalance_interval: float = 5.0
    report_delay: float = 0.0
    link_delay: float = 0.0
    delay: str = NO_DELAY
    move_time: float = 0.0
    hop_time: float = 0.0
    sample_interval: float | None = None
    faults: Sequence[NodeFault] = ()

    def __post_init__(self) -> None:
        """Refuse what is out of range. Raises Problems."""
        problems: list[str] = []
        for name in ("rebalance_interval", "report_delay", "link_delay", "move_time", "hop_time"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                problems.append(f"{name}: {value!r}; expected a number of seconds from 0")
        if not 0 < self.max_cpu <= 100:
            problems.append(f"max_cpu: {self.max_cpu!r}; expected percent above 0, up to 100")
        if self.sample_interval is not None and not 0 < self.sample_interval < math.inf:
            problems.append(f"sample_interval: {self.sample_interval!r}; expected seconds above 0")
        problems += [
            f"faults[{index}]: {fault.at!r}; expected a time from 0 (s)"
            for index, fault in enumerate(self.faults)
            if not 0 <= fault.at < math.inf
        ]
        try:
            check_delay(self.delay)
        except Problems as refusal:
            problems += refusal.problems
        if self.link_delay and self.delay != NO_DELAY:
            problems.append(
                f"delay: {self.delay!r} and link_delay: {self.link_delay:g} s; expected one of them"
            )
        if problems:
            raise Problems(problems)

    @property
    def rebalances(self) -> bool:
        """Whether there are rounds of rebalancing."""
        return self.policy != NO_POLICY and self.rebalance_interval > 0

    def but(self, **changes: Any) -> LoadConfig:
        """Return the same with other values. Raises Problems, also for a name that is none."""
        names = [each.name for each in fields(self)]
        unknown = [name for name in changes if name not in names]
        if unknown:
            raise Problems([f"{name}: unknown option{did_you_mean(name, names)}" for name in unknown])
        return replace(self, **changes)


def parse_faults(text: str) -> tuple[NodeFault, ...]:
    """Return the faults that NAME@DOWN or NAME@DOWN-UP writes, with times in seconds.

    Raises:
        Problems: it is not written like that.
    """
    name, _, times = text.rpartition("@")
    down, dash, up = times.partition("-")
    try:
        found = [NodeFault(float(down), name, "down")]
        if dash:
            found.append(NodeFault(float(up), name, "up"))
    except ValueError:
        found = []
    right = bool(found) and bool(name) and 0 <= found[0].at <= found[-1].at < math.inf
    if not right:
        raise Problems([f"{shown(text)} is no fault; expected NAME@DOWN or NAME@DOWN-UP (s), as amber@10-25"])
    return tuple(found)
