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

from topowave.tasks.attributes import Attributes, NewTask
from topowave.tasks.model import LabTask, Recovered
from topowave.tasks.script import Outcome, Priority, Script, ScriptRun
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

    `scripts`: what the script tasks among them are to do, by their ids. `attributes`: what is said of tasks,
    by their ids; the others have the usual ones, and so has what `tasks` says of them.
    """

    name = "add"
    node: str
    tasks: tuple[LabTask, ...]
    position: int
    scripts: Mapping[str, Script] = field(default_factory=dict[str, Script])
    attributes: Mapping[str, Attributes] = field(default_factory=dict[str, Attributes])

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Submit(Command[tuple[str, ...]]):
    """Enter new tasks that are pending, on no node; returns their ids, in their order."""

    name = "submit"
    tasks: tuple[NewTask, ...]

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Place(Command[frozenset[str]]):
    """Offer pending tasks to a node, which takes them with `Take`; returns the ids of those that are pending.

    What was offered under another move is offered under this one only.

    `move`: an id that is never used again.
    """

    name = "place"
    tasks: tuple[str, ...]
    move: str

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Start(Command[dict[str, ScriptRun | None]]):
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
class Retry(Command[bool]):
    """Let a running task whose script gave no result be pending, to be tried again after `pause` seconds."""

    name = "retry"
    node: str
    task: LabTask
    outcome: Outcome
    pause: float


@dataclass(frozen=True, slots=True)
class PutBack(Command[frozenset[str]]):
    """Let failed tasks be pending, as if they had never been tried; returns the ids of those that are.

    A deadline that has passed is dropped: who asks for the task wants it all the same.
    """

    name = "put_back"
    tasks: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Expire(Command[None]):
    """Fail tasks of a node that wait after their deadline."""

    name = "expire"
    node: str
    tasks: tuple[LabTask, ...]

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class ExpirePending(Command[tuple[str, ...]]):
    """Fail pending tasks whose deadline has passed, `most` at the most; returns their ids."""

    name = "expire"
    most: int

    @property
    def rows(self) -> int:
        """As many as there may be."""
        return self.most


@dataclass(frozen=True, slots=True)
class SetPriority(Command[bool]):
    """Let a task that waits be as urgent as `priority`; an assigned one at `position`, after those that are.

    `node`: whose it is; empty for a pending one. `position`: None where it stays at its own.
    """

    name = "set_priority"
    node: str
    task: LabTask
    priority: Priority
    position: int | None = None


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
    """Make tasks that move, or are offered, this node's own, assigned at `position`.

    Returns none where they were taken back. `count`: how many they are, as their sender says.
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
    """Queue moving tasks again where they were; False where the receiver has taken them.

    With an empty `node`: offer pending tasks no longer.
    """

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
    """Cancel a task that is in `state`. Raises InvalidTransition where nothing in that state is cancelled.

    `node`: whose it is; empty for a pending one.
    """

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
    """Let what is not finished of all nodes but `names` be pending; returns how many tasks."""

    name = "forget_nodes"
    names: frozenset[str]


COMMANDS: tuple[type[Command[Any]], ...] = (
    Add,
    Submit,
    Place,
    Start,
    Finish,
    Fail,
    Retry,
    PutBack,
    Expire,
    ExpirePending,
    SetPriority,
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
