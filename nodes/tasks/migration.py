"""Moves tasks to another node: what waits, and if asked for more, what began to run last.

Both sides write the same journal, and it decides. The sender enters the tasks as moving and asks the receiver
to take them. The receiver enters them as its own, or the sender enters them as its own again, whichever comes
first: each is one transaction that changes only what is still moving. So after any answer, after none, and
after the death of either side at any moment, one transaction tells the sender where the tasks are.

A task that runs keeps its core until it is entered as moving; whatever ends it before that has come first. It
begins anew at the receiver, so it is interrupted once at the most.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import httpx
import msgspec

from topowave.nodes.tasks.node_tasks import NodeTasks
from topowave.tasks import JournalError, LabTask
from topowave.tasks.commands import FinishExternal, Offer, Take, TakeBack
from topowave.tasks.limits import MOVE_TASKS, WEIGHT_MOST
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits
from topowave.wire.addresses import Address
from topowave.wire.foreign_tasks import ForeignTasks
from topowave.wire.http_client import bounded_client

_log = logging.getLogger(__name__)


class _Said(msgspec.Struct):
    answer: Literal["taken", "ended"]


MoveOutcome = Literal["moved", "nothing_left", "refused", "pending"]


class Moved(NamedTuple):
    """What became of a move: how many tasks went, or are to go, and the cores that they hold together."""

    outcome: MoveOutcome
    tasks: int = 0
    cores: int = 0


@dataclass(frozen=True)
class Target:
    """A node that is to receive tasks; `foreign` if it is somebody else's program.

    It runs tasks that ask for one of its `roles`, or for none, and hold at most `cpu` cores; none is given to
    it while it is not `active`.
    """

    name: str
    address: Address
    foreign: bool
    cpu: int = WEIGHT_MOST
    roles: frozenset[str] = frozenset()
    active: bool = True

    def fits(self, task: LabTask) -> bool:
        """Whether it may have a task; a program that is not ours knows nothing but what `/add_task` adds."""
        if self.foreign:
            return task.kind == "emulated" and task.weight == 1 and not task.roles
        return task.weight <= self.cpu and (not task.roles or not self.roles.isdisjoint(task.roles))


class TaskMigration:
    """The moves of one node, in both directions.

    Args:
        name: this node's name.
        work: its tasks.
        changed: called when tasks have come or gone.
        headers: of every request to another node.
    """

    def __init__(
        self,
        name: str,
        tasks: NodeTasks,
        changed: Callable[[], None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._tasks = tasks
        self._queue = tasks.queue
        self._numbers = itertools.count(1)
        self._changed = changed
        self._headers = headers
        self._client: httpx.AsyncClient | None = None
        self._foreign = ForeignTasks()
        self._open = OwnedTasks(_log)

    async def close(self) -> None:
        """End what is open; the node's next incarnation takes back what has not been taken."""
        await self._open.close()
        if self._client is not None:
            await self._client.aclose()

    # As the sender of tasks.

    async def move(self, target: Target, count: int, keep: int | None = None) -> Moved:
        """Move tasks that fit to `target`, of `count` weight together, at most MOVE_TASKS.

        Where each holds one core, that is how many they are.

        "pending" means that the journal cannot be written just now; the move ends as soon as it can.

        Args:
            target: the receiver.
            count: how much weight.
            keep: running tasks move too while more than so much load stays here; None: only those that wait.
        """
        if target.foreign:
            return await self._move_foreign(target, count, keep)
        if len(self._open) >= limits.MOVES_OPEN or not target.active:
            return Moved("refused")
        move = self._next_id()
        tasks = self._queue.begin_move(move, min(count, MOVE_TASKS), keep, fits=target.fits)
        if not tasks:
            return Moved("nothing_left")
        self._changed()
        cores = sum(task.weight for task in tasks)
        moving = self._open.start(f"Move {move} to {target.name}", self._carry_out(target, move, tasks))
        done, _ = await asyncio.wait([moving], timeout=2 * limits.MOVE_TIMEOUT)
        if not done:
            return Moved("pending", len(tasks), cores)
        return Moved("moved", len(tasks), cores) if moving.result() else Moved("refused")

    async def _carry_out(self, target: Target, id: str, tasks: tuple[LabTask, ...]) -> bool:
        if not await self._offer(id, tasks, target.name):
            return False
        if await self._is_taken(target.address.http(f"/moves/{id}"), len(tasks)):
            self._queue.commit_move(id)
            self._changed()
            return True
        return not await self._take_back(id)

    async def _offer(self, id: str, tasks: tuple[LabTask, ...], receiver: str) -> bool:
        """Enter tasks as moving; where that cannot be, they are assigned again, or go on."""
        offer = Offer(self._name, tasks, id, receiver)
        try:
            await self._tasks.journal.commit(
                offer, lambda moving: self._interrupt(id, moving), lambda: self._back_in_queue(id)
            )
        except JournalError:
            return False
        return True

    async def _is_taken(self, url: str, count: int) -> bool:
        """Ask the receiver to take the tasks; False means that only the journal knows."""
        try:
            async with asyncio.timeout(limits.MOVE_TIMEOUT):
                response = await self._http().put(url, json={"count": count})
            return msgspec.json.decode(response.content, type=_Said).answer == "taken"
        except (httpx.RequestError, TimeoutError, msgspec.MsgspecError):
            return False

    async def _take_back(self, id: str) -> bool:
        """Take tasks back; False where the receiver has them."""
        back = False

        def then(ours: bool) -> None:
            nonlocal back
            back = ours
            if ours:
                self._back_in_queue(id)
            else:
                self._queue.commit_move(id)
                self._changed()

        await self._tasks.journal.settle(TakeBack(self._name, id), then)
        return back

    def _interrupt(self, id: str, moving: frozenset[str]) -> None:
        """Take the cores of the running tasks that are entered as moving."""
        for task in self._queue.interrupt(id, moving):
            self._tasks.executor.release(task.id)
        self._changed()

    def _back_in_queue(self, id: str) -> None:
        for task in self._queue.abort_move(id):
            self._tasks.executor.go_on(task.id)
        self._changed()

    async def _move_foreign(self, target: Target, count: int, keep: int | None) -> Moved:
        """Give tasks to a program that knows only `/add_task`: each is ours until that has answered.

        Such a program shares no journal with us, so a task whose answer is lost stays here: it is never lost.
        "refused" may come with a number: so many went before.
        """
        moved = 0
        deadline = asyncio.get_running_loop().time() + 2 * limits.MOVE_TIMEOUT
        while moved < count and asyncio.get_running_loop().time() < deadline:
            move = self._next_id()
            tasks = self._queue.begin_move(move, 1, keep, fits=target.fits)
            if not tasks:
                return Moved("moved" if moved else "nothing_left", moved, moved)
            if not await self._offer(move, tasks, target.name) or not await self._finish_external(
                target, move, tasks[0]
            ):
                return Moved("refused", moved, moved)
            moved += 1
        return Moved("moved", moved, moved)

    async def _finish_external(self, target: Target, id: str, task: LabTask) -> bool:
        if await self._foreign.give(self._http(), target.address) is not None:
            await self._take_back(id)
            return False
        self._queue.finish_external(id)
        self._changed()
        finish = FinishExternal(self._name, task, target.name)
        await self._tasks.journal.settle(finish, lambda _: None)
        return True

    def _next_id(self) -> str:
        return f"{self._tasks.incarnation_id}.{next(self._numbers)}"

    # As the receiver.

    async def receive(self, id: str, count: int) -> bool:
        """Take the tasks of a move, `count` as the sender says; False where they are not moving any more.

        Raises:
            QueueFull: there is no room for so many.
            JournalError: the journal cannot be written.
        """
        await self._tasks.ready()
        self._tasks.admit(count)
        taken = False

        def then(tasks: tuple[LabTask, ...]) -> None:
            nonlocal taken
            taken = bool(tasks)
            self._queue.unreserve(count)
            if taken:
                self._queue.receive(tasks)
                self._tasks.executor.watch(tasks)
                self._changed()

        take = Take(self._name, id, self._tasks.next_position(), count)
        await self._tasks.journal.commit(take, then, lambda: self._queue.unreserve(count))
        return taken

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = bounded_client(limits.MOVE_TIMEOUT, headers=self._headers)
        return self._client
