"""What a balancing policy is: a pure function from the loads of the nodes to a list of moves.

A policy has no clock, no randomness and no state, so that the same loads give the same moves: in a live lab,
in a test with a thousand nodes, and in virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """What a wave saw of a node, and whether it takes part in moves.

    Attributes:
        port: its own.
        cpu: its cores, 1 or more.
        load: its tasks, assigned or running.
        gives: whether it gives tasks; False for one that lately could not.
        takes: whether it takes tasks; False for one that is inactive, or lately refused some.
        room: how many more tasks it takes at most; None for any number.
    """

    port: int
    cpu: int
    load: int
    gives: bool = True
    takes: bool = True
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """`count` tasks (1 or more) go from the node on the port `giver` to the one on the port `receiver`."""

    giver: int
    receiver: int
    count: int


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """The settings of config.json that policies read.

    Attributes:
        max_cpu: percent of its cores from which a node counts as overloaded.
    """

    max_cpu: float = 75.0


Policy = Callable[[Sequence[NodeLoad], PolicySettings], list[Move]]
"""Returns the moves for the loads, one entry a node, each with a port of its own.

A giver gives no more than it has, nobody gives to itself, and `gives`, `takes` and `room` are kept to.
"""

SETTINGS = tuple(field.name for field in fields(PolicySettings))


@dataclass(frozen=True, slots=True)
class DescribedPolicy:
    """A policy, and what people are told of it.

    Attributes:
        name: in config.json.
        title: on pages.
        summary: what it does, in one sentence.
        source: who described it: author and year, or the course.
        settings: which of the fields of PolicySettings it reads.
        plan: the policy.

    Raises:
        ValueError: a setting that PolicySettings does not have.
    """

    name: str
    title: str
    summary: str
    source: str
    settings: tuple[str, ...]
    plan: Policy

    def __post_init__(self) -> None:
        """Check the names of the settings."""
        unknown = [name for name in self.settings if name not in SETTINGS]
        if unknown:
            raise ValueError(f"the policy {self.name} reads unknown settings: {', '.join(unknown)}")
