"""Moves queued tasks to another node: the messages of the handover, repeated until answered.

What the steps mean stands in `tasks.queue`. A definite answer ends a step; a time-out or a broken connection
is indefinite, and the question is asked again. A refused connection is definite: nobody is there, so the
receiver's copy of the tasks is gone.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx
import msgspec

from tasks import Handover, QueueFull, TaskQueue
from wire import limits
from wire.addresses import http_url
from wire.posting import NO_CERTIFICATES


class _Said(msgspec.Struct):
    answer: Literal["held", "accepted", "dropped", "unknown", "giving", "ended"]


Outcome = Literal["moved", "nothing_left", "refused", "pending"]


@dataclass(frozen=True)
class Target:
    """A node that is to receive tasks; `foreign` if it is somebody else's program."""

    name: str
    host: str
    port: int
    foreign: bool

    def url(self, path: str) -> str:
        """Return the address of an operation."""
        return http_url(self.host, self.port, path)


class Mover:
    """The handovers of one node, in both directions.

    Args:
        name: this node's name.
        queue: its tasks.
        life: a name for this life of the node, unique in the lab; its handovers are numbered in it.
        changed: called when tasks have come or gone.
        headers: of every request to another node.
    """

    def __init__(
        self,
        name: str,
        queue: TaskQueue,
        life: str,
        changed: Callable[[], None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._queue = queue
        self._life = life
        self._ids = (f"{life}.{number}" for number in itertools.count(1))
        self._changed = changed
        self._headers = headers
        self._client: httpx.AsyncClient | None = None
        self._open: set[asyncio.Task[object]] = set()
        self._askers: dict[str, asyncio.TimerHandle] = {}

    async def close(self) -> None:
        """End what is open."""
        for timer in self._askers.values():
            timer.cancel()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    # As a giver.

    async def move(self, target: Target, count: int) -> tuple[Outcome, int]:
        """Move up to `count` queued tasks to `target`; returns how it went and how many tasks it is about.

        "pending" means that the target has not answered yet; the handover goes on until it does.
        """
        if target.foreign:
            return await self._move_foreign(target, count)
        if len(self._open) >= limits.MOVES_OPEN:
            return ("pending", 0)
        handover = self._queue.give(next(self._ids), self._name, count)
        if handover is None:
            return ("nothing_left", 0)
        self._changed()
        task = asyncio.get_running_loop().create_task(self._hand_over(target, handover))
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        done, _ = await asyncio.wait([task], timeout=2 * limits.MOVE_TIMEOUT)
        if not done:
            return ("pending", len(handover.tasks))
        return ("moved" if task.result() else "refused", len(handover.tasks))

    async def _hand_over(self, target: Target, handover: Handover) -> bool:
        tasks = [task.id for task in handover.tasks]
        url = target.url(f"/moves/{handover.id}")
        giver = {"giver": handover.giver, "tasks": tasks}
        answer = await self._ask("PUT", url, giver, again=False)
        if answer == "held":
            answer = await self._ask("POST", f"{url}/commit", None, again=True)
        elif answer is None:
            answer = await self._ask("DELETE", url, None, again=True)
        if answer != "accepted":
            self._queue.take_back(handover.id)
            self._changed()
            return False
        self._queue.gave(handover.id)
        self._changed()
        # If this is lost, the receiver will ask.
        await self._ask("POST", f"{url}/release", None, again=False)
        return True

    async def _ask(self, method: str, url: str, body: object, *, again: bool) -> str | None:
        """Return the other side's answer, or "gone" where nobody is there.

        Without a definite answer, ask again until there is one, or return None if `again` is off.
        """
        pause = limits.RECONNECT_FIRST
        while True:
            answer = await self._ask_once(method, url, body)
            if answer is not None or not again:
                return answer
            await asyncio.sleep(pause)
            pause = min(2 * pause, limits.RECONNECT_MOST)

    async def _ask_once(self, method: str, url: str, body: object) -> str | None:
        try:
            async with asyncio.timeout(limits.MOVE_TIMEOUT):
                response = await self._http().request(method, url, json=body)
        except httpx.ConnectError as error:
            return "gone" if _is_refusal(error) else None
        except (httpx.TransportError, TimeoutError):
            return None
        if response.is_client_error:
            return "refused"
        try:
            return msgspec.json.decode(response.content, type=_Said).answer
        except msgspec.MsgspecError:
            return None

    async def _move_foreign(self, target: Target, count: int) -> tuple[Outcome, int]:
        """Give tasks to a program that knows only `/add_task`: each is ours until that has answered.

        Such a program cannot be asked again, so a task whose answer is lost stays here: it is never lost.
        """
        moved = 0
        deadline = asyncio.get_running_loop().time() + 2 * limits.MOVE_TIMEOUT
        while moved < count and asyncio.get_running_loop().time() < deadline:
            handover = self._queue.give(next(self._ids), self._name, 1)
            if handover is None:
                break
            try:
                response = await self._http().post(target.url("/add_task"))
                given = response.is_success
            except httpx.TransportError:
                given = False
            except BaseException:
                self._queue.take_back(handover.id)
                raise
            if not given:
                self._queue.take_back(handover.id)
                self._changed()
                return ("moved" if moved else "refused", moved)
            self._queue.gave(handover.id)
            self._changed()
            moved += 1
        return ("moved" if moved else "nothing_left", moved)

    def standing(self, id: str) -> str:
        """Say how a handover stands that this node gave; "unknown" if an earlier life of the node gave it."""
        if self._queue.is_giving(id):
            return "giving"
        return "ended" if id.startswith(self._life + ".") else "unknown"

    # As a receiver.

    def hold(self, handover: Handover, giver: Target) -> str:
        """Hold offered tasks; if the giver does not say how it ends, it is asked. May raise QueueFull."""
        if handover.id not in self._askers and len(self._askers) >= limits.MOVES_OPEN:
            raise QueueFull(f"{limits.MOVES_OPEN} handovers are open here already")
        answer = self._queue.hold(handover)
        if answer == "held" and handover.id not in self._askers:
            self._ask_later(handover.id, giver)
        return answer

    def accept(self, id: str) -> str:
        """Promise to keep held tasks."""
        return self._queue.accept(id)

    def own(self, id: str) -> str:
        """Make held tasks ours, which the giver has no longer."""
        self._forget_asker(id)
        answer = self._queue.own(id)
        self._changed()
        return answer

    def drop(self, id: str) -> str:
        """Let held tasks go."""
        answer = self._queue.drop(id)
        if not self._queue.has_accepted(id):
            self._forget_asker(id)
        return answer

    def _ask_later(self, id: str, giver: Target) -> None:
        loop = asyncio.get_running_loop()

        def ask() -> None:
            task = loop.create_task(self._ask_giver(id, giver))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

        self._askers[id] = loop.call_later(2 * limits.MOVE_TIMEOUT, ask)

    async def _ask_giver(self, id: str, giver: Target) -> None:
        answer = await self._ask("GET", giver.url(f"/moves/{id}"), None, again=False)
        if id not in self._askers:
            return
        lost = answer in {"unknown", "gone"}  # the giver has no memory of it, so ours is the only copy
        if lost or (answer == "ended" and self._queue.has_accepted(id)):
            self.own(id)
        elif answer == "ended":  # without us, so the tasks are the giver's again
            self.drop(id)
        else:
            self._ask_later(id, giver)

    def _forget_asker(self, id: str) -> None:
        timer = self._askers.pop(id, None)
        if timer is not None:
            timer.cancel()

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=limits.MOVE_TIMEOUT,
                verify=NO_CERTIFICATES,
                trust_env=False,
                headers=self._headers,
            )
        return self._client


def _is_refusal(error: BaseException | None) -> bool:
    """Whether a connection failed because nobody listens there, and not for want of descriptors, say."""
    while error is not None and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__
    return error is not None
