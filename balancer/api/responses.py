"""What the balancer's operations answer, for their description at `/docs`.

The answers are made of plain data elsewhere; a test holds them to these forms.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from topowave.tasks.states import State


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Health(_Answer):
    """That the balancer is up, and how many nodes are."""

    status: Literal["ok"]
    nodes: int
    nodes_up: int
    version: int


class Wave(_Answer):
    """A wave; unknown values are null."""

    id: str
    algorithm: str
    title: str
    purpose: str | None
    initiators: list[str]
    state: Literal["running", "complete", "incomplete"]
    started: float
    duration_ms: float | None
    messages: int | None
    bound: float | None
    bound_kind: Literal["exactly", "at most"] | None
    bound_text: str | None
    bits: int | None
    deciders: list[str]
    missing: list[str]
    mistakes: list[str]
    nodes: int
    version: int


class Waves(_Answer):
    """The last waves, newest last."""

    waves: list[Wave]


class WaveEvents(_Answer):
    """A wave with its events in columns."""

    wave: Wave
    nodes: list[str]
    links: list[tuple[str, str]]
    t_us: list[int]
    event: list[str]
    node: list[int]
    peer: list[int | None]
    message: list[str | None]
    kind: list[str | None]
    not_kept: int


class Started(_Answer):
    """A wave that has begun, and where to ask after it."""

    wave: str
    algorithm: str
    initiators: list[str]
    state: Literal["running", "complete", "incomplete"]
    status_url: str
    events_url: str


class Tree(_Answer):
    """What an echo wave brought: a node and its children; `missing` names those that are not in it."""

    name: str
    port: int
    cpu: int
    load: int
    children: list[Tree]
    missing: list[str] | None = None


class TasksAdded(_Answer):
    """Tasks that a node has got, by their ids."""

    status: Literal["ok"]
    node: str
    count: int
    tasks: list[str]


class Task(_Answer):
    """A task as the journal has it."""

    id: str
    state: State
    node: str
    attempts: int


class TaskEvent(_Answer):
    """What happened to a task: when (s since 1970), at which node, what."""

    time: float
    node: str
    what: str


class TaskHistory(Task):
    """A task and all that happened to it, oldest first."""

    history: list[TaskEvent]


class Tasks(_Answer):
    """A page of tasks; `next` is where the next one begins, if there is one."""

    tasks: list[Task]
    next: int | None


class TaskCancelled(_Answer):
    """A task that will not run; `was` says where it was."""

    status: Literal["ok"]
    task: str
    node: str
    was: str | None


class Rebalanced(_Answer):
    """What a round of rebalancing did."""

    wave: str | None
    status: Literal["ok", "incomplete"]
    moved: int
    nothing_left: int
    failed: int
    moves: list[dict[str, Any]]


class Signalled(_Answer):
    """A node whose process got a signal, and the others that share it."""

    status: Literal["ok"]
    node: str
    action: Literal["kill", "stop", "continue"]
    others: list[str]


class CutOff(_Answer):
    """A node whose links are cut for some seconds."""

    status: Literal["ok"]
    node: str
    seconds: float


class Replaced(_Answer):
    """The topology that runs now."""

    status: Literal["ok"]
    version: int
    nodes: int


def answers(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the description of an operation that answers in this form."""
    return {status: {"model": model}}
