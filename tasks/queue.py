"""A node's tasks and the handover by which they move to another node.

A task is in exactly one place: `queued`, `running`, `giving` (offered to another node, still ours) or
`arriving` (offered to us, not yet ours). A handover goes in three steps:

    giver                     receiver
    queued -> giving   offer
                       ----->  arriving            (step 1: the receiver holds them)
                       <-----  held
                       commit
                       ----->  arriving            (step 2: it promises to keep them, but runs none)
                       <-----  accepted
    giving -> given    release
                       ----->  arriving -> queued  (step 3: they are its own)

Each step may be repeated: a handover has an id, and the receiver remembers how it ended. Whoever does not
know a handover that the other side knows has lost its memory, and with it its copy of the tasks; so the other
copy is the only one and may be kept. For this to be true, the receiver neither runs nor passes on what the
giver might still take back. So no task is doubled, whichever side dies when, and none is lost but those that
a dead node had for its own.

The law: submitted + received = queued + running + giving + done + given.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tasks.model import Task

QUEUE_TASKS = 100_000
"""Most tasks in one queue."""
HANDOVERS_REMEMBERED = 10_000
"""Handovers whose end a receiver remembers."""

Answer = Literal["held", "accepted", "dropped", "unknown"]


class QueueFull(Exception):  # noqa: N818 - a state, not a mistake
    """The queue has no room for so many tasks."""


@dataclass(frozen=True)
class Handover:
    """Tasks on their way from one node to another.

    Attributes:
        id: unique in the lab and over all lives of its nodes.
        giver: the giver's name.
        tasks: the tasks, in the order in which they were queued.
    """

    id: str
    giver: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Counts:
    """How many tasks are where, and how many ever came and went."""

    queued: int
    running: int
    giving: int
    arriving: int
    done: int
    submitted: int
    received: int
    given: int

    @property
    def lawful(self) -> bool:
        """Whether every task that came is somewhere, and only once."""
        came = self.submitted + self.received
        return came == self.queued + self.running + self.giving + self.done + self.given


class TaskQueue:
    """The tasks of one node, first in, first out. Pure: no clock, nothing runs by itself.

    Args:
        cpu: cores; that many tasks run at once.
        capacity: most tasks that may wait in the queue.
    """

    def __init__(self, cpu: int, capacity: int = QUEUE_TASKS) -> None:
        self.cpu = cpu
        self.capacity = capacity
        self._queued: deque[Task] = deque()
        self._running: dict[str, Task] = {}
        self._giving: dict[str, Handover] = {}
        self._arriving: dict[str, Handover] = {}
        self._accepted: set[str] = set()
        self._ended: OrderedDict[str, Answer] = OrderedDict()
        self._done = 0
        self._submitted = 0
        self._received = 0
        self._given = 0

    @property
    def load(self) -> int:
        """Tasks that wait or run here."""
        return len(self._queued) + len(self._running)

    def counts(self) -> Counts:
        """Return how many tasks are where."""
        return Counts(
            queued=len(self._queued),
            running=len(self._running),
            giving=sum(len(handover.tasks) for handover in self._giving.values()),
            arriving=sum(len(handover.tasks) for handover in self._arriving.values()),
            done=self._done,
            submitted=self._submitted,
            received=self._received,
            given=self._given,
        )

    def submit(self, tasks: Iterable[Task]) -> None:
        """Queue new tasks. Raises QueueFull, and queues none, where there is no room for all."""
        new = list(tasks)
        self._make_room(len(new))
        self._queued.extend(new)
        self._submitted += len(new)

    def start(self) -> list[Task]:
        """Give every free core the task that has waited longest; returns the tasks that now run."""
        started: list[Task] = []
        while self._queued and len(self._running) < self.cpu:
            task = self._queued.popleft()
            self._running[task.id] = task
            started.append(task)
        return started

    def finish(self, task: Task) -> None:
        """Count a running task as done. Raises KeyError where it does not run."""
        del self._running[task.id]
        self._done += 1

    # As a giver.

    def give(self, id: str, giver: str, count: int) -> Handover | None:
        """Take up to `count` of the tasks queued last for a handover; None if nothing is queued."""
        taken = [self._queued.pop() for _ in range(min(count, len(self._queued)))]
        if not taken:
            return None
        handover = self._giving[id] = Handover(id, giver, tuple(reversed(taken)))
        return handover

    def is_giving(self, id: str) -> bool:
        """Whether the handover is open on this side."""
        return id in self._giving

    def gave(self, id: str) -> None:
        """Forget the tasks of a handover that the receiver has accepted."""
        self._given += len(self._giving.pop(id).tasks)

    def take_back(self, id: str) -> None:
        """Queue the tasks of a handover again, at the end; they are ours whatever the capacity."""
        self._queued.extend(self._giving.pop(id).tasks)

    # As a receiver.

    def hold(self, handover: Handover) -> Answer:
        """Hold offered tasks without running them. Raises QueueFull where there is no room."""
        ended = self._ended.get(handover.id)
        if ended is not None:
            return ended
        if handover.id not in self._arriving:
            self._make_room(len(handover.tasks))
            self._arriving[handover.id] = handover
        return "held"

    def accept(self, id: str) -> Answer:
        """Promise to keep the held tasks; "unknown" where there is no such handover."""
        if id not in self._arriving:
            return self._ended.get(id, "unknown")
        self._accepted.add(id)
        return "accepted"

    def own(self, id: str) -> Answer:
        """Queue the held tasks, which the giver has no longer; "unknown" where there is no such handover."""
        handover = self._arriving.pop(id, None)
        if handover is None:
            return self._ended.get(id, "unknown")
        self._accepted.discard(id)
        self._queued.extend(handover.tasks)
        self._received += len(handover.tasks)
        return self._end(id, "accepted")

    def drop(self, id: str) -> Answer:
        """Let the held tasks go, and refuse the offer if it comes later; "accepted" where it is too late."""
        if id in self._accepted:
            return "accepted"
        self._arriving.pop(id, None)
        return self._ended.get(id) or self._end(id, "dropped")

    def has_accepted(self, id: str) -> bool:
        """Whether this side has promised to keep tasks that are not its own yet."""
        return id in self._accepted

    def arriving(self) -> list[Handover]:
        """Return the handovers that are held."""
        return list(self._arriving.values())

    def _end(self, id: str, answer: Answer) -> Answer:
        self._ended[id] = answer
        while len(self._ended) > HANDOVERS_REMEMBERED:
            self._ended.popitem(last=False)
        return answer

    def _make_room(self, count: int) -> None:
        free = self.capacity - len(self._queued) - sum(len(h.tasks) for h in self._arriving.values())
        if count > free:
            raise QueueFull(f"the queue has room for {max(free, 0)} more tasks, not for {count}")
