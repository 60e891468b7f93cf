"""The states of a task, and which command takes it from one to the next: one table, and nothing else decides.

A task is in exactly one state. The store's guards are put together from the table, so a command changes only
tasks that are in a state from which the table knows a way; the diagram in docs/explanation/tasks.md is drawn
from it; the queue in memory names it when something is asked that cannot be.

A command may find a task elsewhere than it expected and be right all the same: a move ends with whoever comes
first, the receiver that takes the tasks or the sender that takes them back. So in the store a command that
comes too late changes nothing and says so; only in a node's own memory, where nobody else can have been
faster, it is a mistake and raises InvalidTransition.

A pending task is on no node. It comes to one as a task that moves does: it is offered under the number of a
move, and what the node finds pending under that number is its own. A failed one is kept with its reason, and
is put back where somebody asks for it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

State = Literal["pending", "assigned", "moving", "running", "completed", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
FINISHED: tuple[State, ...] = ("completed", "failed", "cancelled")
UNFINISHED: tuple[State, ...] = ("pending", "assigned", "moving", "running")

CommandName = Literal[
    "add",
    "submit",
    "start",
    "finish",
    "fail",
    "retry",
    "put_back",
    "expire",
    "set_priority",
    "place",
    "offer",
    "take",
    "take_back",
    "finish_external",
    "cancel",
    "interrupt",
    "recover",
    "forget_nodes",
]


class Transition(NamedTuple):
    """One way from a state to the next.

    Attributes:
        state: before; None where there was no such task.
        command: what takes this way.
        becomes: the state after it.
        when: what must hold besides, for people to read.
    """

    state: State | None
    command: CommandName
    becomes: State
    when: str = ""


TRANSITIONS = (
    Transition(None, "add", "assigned"),
    Transition(None, "submit", "pending"),
    Transition("pending", "place", "pending", "and is offered to a node"),
    Transition("pending", "take", "assigned", "of the node that it was offered to"),
    Transition("pending", "take_back", "pending", "and is offered to nobody"),
    Transition("pending", "set_priority", "pending"),
    Transition("pending", "expire", "failed", "after its deadline"),
    Transition("pending", "cancel", "cancelled"),
    Transition("assigned", "start", "running"),
    Transition("assigned", "offer", "moving"),
    Transition("assigned", "set_priority", "assigned"),
    Transition("assigned", "expire", "failed", "after its deadline"),
    Transition("assigned", "cancel", "cancelled"),
    Transition("assigned", "forget_nodes", "pending", "once its node has left"),
    Transition("moving", "take", "assigned", "of the receiver"),
    Transition("moving", "take_back", "assigned"),
    Transition("moving", "finish_external", "completed"),
    Transition("moving", "recover", "assigned"),
    Transition("moving", "forget_nodes", "pending", "once its node has left"),
    Transition("running", "offer", "moving", "once, and begins anew at the receiver"),
    Transition("running", "finish", "completed"),
    Transition("running", "fail", "failed", "of a script that gave no result"),
    Transition("running", "retry", "pending", "of a script that gave no result, while attempts are left"),
    Transition("running", "cancel", "cancelled"),
    Transition("running", "interrupt", "assigned"),
    Transition("running", "recover", "assigned", "while attempts are left"),
    Transition("running", "recover", "failed", "after the last attempt"),
    Transition("running", "forget_nodes", "pending", "once its node has left"),
    Transition("failed", "put_back", "pending"),
)


class InvalidTransition(Exception):  # noqa: N818 - the table's word
    """A command for what is in no state from which the table knows a way.

    Args:
        command: what was asked.
        what: for which task, or which move.
        state: in which it is; None where nothing is known of it.
        about: what else is known, such as how many tasks are in each state there.
    """

    def __init__(self, command: CommandName, what: str, state: State | None, about: str) -> None:
        self.command = command
        self.state = state
        there = "unknown" if state is None else state
        ways = ", ".join(f"{way.command} -> {way.becomes}" for way in TRANSITIONS if way.state == state)
        super().__init__(
            f"{command} of {what}: it is {there}, but {command} is only for what is "
            f"{' or '.join(each or 'new' for each in sources(command))}; "
            f"what is {there} allows {ways or 'nothing'} ({about})"
        )


def sources(command: CommandName, becomes: State | None = None) -> tuple[State | None, ...]:
    """Return the states from which a command leads, to `becomes` where given, in the table's order."""
    ways = (way for way in TRANSITIONS if way.command == command and becomes in {None, way.becomes})
    return tuple(dict.fromkeys(way.state for way in ways))


def check(command: CommandName, state: State, what: str) -> None:
    """Raise InvalidTransition where a command cannot be for what is in `state`."""
    if state not in sources(command):
        raise InvalidTransition(command, what, state, "as the command itself says")


def diagram() -> str:
    """Return the table as a state diagram in Mermaid's language."""
    lines = ["stateDiagram-v2"]
    for way in TRANSITIONS:
        said = f"{way.command}, {way.when}" if way.when else way.command
        lines.append(f"    {way.state or '[*]'} --> {way.becomes}: {said}")
    lines += [f"    {state} --> [*]" for state in FINISHED]
    return "\n".join(lines) + "\n"
