"""What a balancing policy is: a pure function from what a wave saw to a list of moves, round after round.

A policy has no clock, no files and no randomness but what it is given, so that the same views in the same
order give the same moves: in a live lab, in a test with a thousand nodes, and in virtual time. An instance
may remember its own earlier rounds, and nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import ClassVar, cast


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """What a wave saw of a node, and whether it takes part in moves.

    Attributes:
        port: its own.
        cpu: its cores, 1 or more.
        load: the cores that its tasks want, waiting or running.
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
class LoadView:
    """What a round of balancing knows. Nodes are named by their index in `nodes`.

    Attributes:
        nodes: those that answered the wave, each with a port of its own.
        neighbors: of each node, to which others it has a link.
        parents: of each node, its nearest ancestor in topology.json that answered; None without one.
        round: 0, 1, ... since the policy was chosen.
        time: since the policy was chosen (s, virtual or real).
        random: seeded by the run and the round, for policies that draw.
        forecast: what load (cores) each node is predicted to have in the next round if nothing is moved;
            below 0 where it will have got done so much more than it has. None where nobody predicts.
    """

    nodes: Sequence[NodeLoad]
    neighbors: Sequence[Sequence[int]]
    parents: Sequence[int | None]
    round: int
    time: float
    random: Random
    forecast: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """`count` cores of load (1 or more) go from the node on port `giver` to the one on port `receiver`."""

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


SETTINGS = tuple(field.name for field in fields(PolicySettings))


class Policy(ABC):
    """A balancing policy; one instance balances one lab, from when it is chosen on.

    Class attributes, from which people are told of it:
        name: in config.json.
        title: on pages.
        summary: what it does, in one sentence.
        source: who described it: author and year, or the course.
        reads: which of the fields of PolicySettings it reads.
        knows: what a node, or whoever plans for it, has to know.
        messages: what it sends in a round beside the tasks.
        bound: what is proven of it; "" if nothing is.
        wins: when to choose it, and when not.

    Args:
        settings: what it may read of config.json; where that changes while it balances, `self.settings` is
            set anew.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ()
    knows: ClassVar[str] = ""
    messages: ClassVar[str] = ""
    bound: ClassVar[str] = ""
    wins: ClassVar[str] = ""

    def __init__(self, settings: PolicySettings) -> None:
        self.settings = settings

    @abstractmethod
    def plan(self, view: LoadView) -> list[Move]:
        """Return the moves of a round.

        A giver gives no more than it has, nobody gives to itself; `gives`, `takes` and `room` are kept to.
        """

    def control_messages(self, view: LoadView) -> int:
        """Return how many messages of its own the policy sends in this round, beside the wave's.

        It is asked after `plan`, with the same view.
        """
        del view
        return 0


class WrongPlanError(Exception):
    """A plan that nobody could carry out, told in one sentence."""


def plan_checked(policy: Policy, view: LoadView) -> list[Move]:
    """Return what `policy` plans. Whoever runs policies asks them by this.

    Raises:
        WrongPlanError: the plan is no list of moves, or breaks a rule of `Policy.plan`.
        Exception: whatever the policy raises.
    """
    plan = cast("object", policy.plan(view))
    if not isinstance(plan, list):
        raise WrongPlanError(f"expected a list of moves, found {_kind(plan)}")
    moves = cast("list[Move]", plan)
    check_moves(moves, view)
    return moves


def check_moves(moves: Sequence[Move], view: LoadView) -> None:
    """Raise WrongPlanError where a move is none, or the moves break a rule of `Policy.plan`."""
    nodes = {node.port: node for node in view.nodes}
    given: dict[int, int] = {}
    taken: dict[int, int] = {}
    for number, move in enumerate(moves):
        if type(move) is not Move:
            raise WrongPlanError(f"move {number}: expected a Move, found {_kind(move)}")
        fault = _fault(move, nodes)
        if fault is not None:
            what = f"{move.count!r} from {move.giver!r} to {move.receiver!r}"
            raise WrongPlanError(f"move {number}, {what}: {fault}")
        given[move.giver] = given.get(move.giver, 0) + move.count
        taken[move.receiver] = taken.get(move.receiver, 0) + move.count
    for port, count in given.items():
        if count > nodes[port].load:
            raise WrongPlanError(f"{port} is to give {count}, and has {nodes[port].load}")
    for port, count in taken.items():
        room = nodes[port].room
        if room is not None and count > room:
            raise WrongPlanError(f"{port} is to take {count}, and has room for {room}")


def _fault(move: Move, nodes: Mapping[int, NodeLoad]) -> str | None:
    """Return what is wrong with a move by itself, if anything is."""
    if type(move.count) is not int or move.count < 1:
        return "the count is no whole number above 0"
    for port in (move.giver, move.receiver):
        if type(port) is not int or port not in nodes:
            return f"no node of the view has the port {port!r}"
    if move.giver == move.receiver:
        return "a node cannot give to itself"
    if not nodes[move.giver].gives:
        return f"{move.giver} gives nothing in this round"
    if not nodes[move.receiver].takes:
        return f"{move.receiver} takes nothing in this round"
    return None


def _kind(thing: object) -> str:
    return "None" if thing is None else f"a value of type {type(thing).__name__}"
