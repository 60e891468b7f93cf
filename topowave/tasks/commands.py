"""What a node does to its tasks, as data. A store carries out a batch of them in one transaction.

Each command is for tasks in the states that `tasks.states` says, and of its own node; what it finds elsewhere
it leaves alone, and its result says so. A move is two commands for the same tasks, and whoever comes first
wins: the receiver takes them, or the sender takes them back. So no question to the other side is needed to
know where a task is, and it does not matter who dies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from topowave.tasks.model import LabTask, Recovered
from topowave.tasks.script import Outcome, Script
from topowave.tasks.states import CommandName, State, check

ResultT_co = TypeVar("ResultT_co", covariant=True)


class Command(Generic[ResultT_co]):
    """What is to be done; `ResultT_co` is what carrying it out returns."""

    __slots__ = ()
    name: ClassVar[CommandName]

    @property
    def rows(self) -> int:
        """How many tasks it writes, about."""
        return 1


@dataclass(frozen=True, slots=True)
class Add(Command[None]):
    """Enter new tasks, assigned at `position`; those of the same position in their order.

    `scripts`: what the script tasks among them are to do, by their ids.
    """

    name = "add"
    node: str
    tasks: tuple[LabTask, ...]
    position: int
    scripts: Mapping[str, Script] = field(default_factory=dict[str, Script])

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Start(Command[dict[str, Script | None]]):
    """Let assigned tasks run; returns the ids of those that do, and what each script task is to do."""

    name = "start"
    node: str
    tasks: tuple[LabTask, ...]

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Finish(Command[bool]):
    """Note that a running task is completed, and what came of it if it ran a script."""

    name = "finish"
    node: str
    task: LabTask
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Fail(Command[bool]):
    """Note that the script of a running task gave no result, and why."""

    name = "fail"
    node: str
    task: LabTask
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Offer(Command[frozenset[str]]):
    """Set tasks moving to the node `receiver`, still this node's; returns the ids of those that move.

    What runs is interrupted by it, and begins anew wherever it is assigned next.

    `move`: an id that is never used again.
    """

    name = "offer"
    node: str
    tasks: tuple[LabTask, ...]
    move: str
    receiver: str

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Take(Command[tuple[LabTask, ...]]):
    """Make moving tasks this node's own, assigned at `position`; returns none where they were taken back.

    `count`: how many they are, as their sender says.
    """

    name = "take"
    node: str
    move: str
    position: int
    count: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.count


@dataclass(frozen=True, slots=True)
class TakeBack(Command[bool]):
    """Queue moving tasks again where they were; False where the receiver has taken them."""

    name = "take_back"
    node: str
    move: str


@dataclass(frozen=True, slots=True)
class FinishExternal(Command[bool]):
    """Note that a moving task went to somebody else's program, with which it is completed here."""

    name = "finish_external"
    node: str
    task: LabTask
    receiver: str


@dataclass(frozen=True, slots=True)
class Cancel(Command[bool]):
    """Cancel a task that is in `state`. Raises InvalidTransition where nothing in that state is cancelled."""

    name = "cancel"
    node: str
    task: LabTask
    state: State

    def __post_init__(self) -> None:
        """Check the state: the store takes it as it is."""
        check("cancel", self.state, self.task.id)


@dataclass(frozen=True, slots=True)
class Interrupt(Command[None]):
    """Queue again what runs on a node that stops as it should; that is no reason to fail a task."""

    name = "interrupt"
    node: str


@dataclass(frozen=True, slots=True)
class Recover(Command[Recovered]):
    """Queue again what was running or moving when the node's last incarnation ended; returns what it has."""

    name = "recover"
    node: str


@dataclass(frozen=True, slots=True)
class ForgetNodes(Command[int]):
    """Cancel what is not finished of all nodes but `names`; returns how many tasks."""

    name = "forget_nodes"
    names: frozenset[str]


COMMANDS: tuple[type[Command[Any]], ...] = (
    Add,
    Start,
    Finish,
    Fail,
    Offer,
    Take,
    TakeBack,
    FinishExternal,
    Cancel,
    Interrupt,
    Recover,
    ForgetNodes,
)
"""All of them; a store knows how to carry out each."""
