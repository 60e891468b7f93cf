"""Pending tasks come to nodes: as soon as there is one that takes them.

Theory of operation. A pending task is in the journal and on no node: none that fits was there when it was
submitted, its script is to be tried again, or it was put back. The dispatcher looks for what may be placed,
in the order of the lab's queue discipline, asks the placement for nodes, and offers each node its tasks in
one move: it enters them as offered (`Place`) and asks the node to take them (`PUT /moves/ID`), as the nodes
do among themselves.
What a node does not take is offered no longer (`TakeBack`) and stays pending; whether it has taken it is the
journal's word. All that counts is in the journal: a balancer that is started again looks, and offers anew
under moves of its own, so what an older one has offered finds nothing any more.

| it looks when | since |
|---|---|
| it starts; tasks were submitted or put back | there is something new |
| a node is up, is changed as an executor, or the network is another | what did not fit may fit |
| a node with a limit says that it has less to do | it may have room |
| the journal counts other pending tasks than it knows | a node has given one back, to be tried again |
| some wait for their next attempt | their time comes: every DISPATCH_INTERVAL |
| the next deadline of those that found no node | they fail then |

Looks have DISPATCH_PAUSE between them, and each goes through DISPATCH_PAGES pages of tasks at the most; the
next one goes on where it ended. A node that does not answer, or refuses, gets none for DISPATCH_LEFT_OUT
seconds; it counts as new when it is up again. While any are pending it looks every DISPATCH_LONGEST,
whatever it may have missed.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx
import msgspec

from topowave.balancer.limits import (
    DISPATCH_INTERVAL,
    DISPATCH_LEFT_OUT,
    DISPATCH_LONGEST,
    DISPATCH_PAGES,
    DISPATCH_PAUSE,
    DISPATCH_TASKS,
    MOVE_TIMEOUT,
    MOVES_AT_ONCE,
)
from topowave.balancer.placement import LabPlacement, needs_of
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.tasks import PendingTask
from topowave.tasks.commands import ExpirePending, Place, TakeBack
from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.disciplines.priority import USUAL
from topowave.tasks.disciplines.registry import find_discipline
from topowave.tasks.limits import MOVE_TASKS
from topowave.translation import counted
from topowave.web.problem_details import Problem

log = logging.getLogger(__name__)


class _Said(msgspec.Struct):
    """What a node answers to an offer."""

    answer: str = ""


class Dispatcher:
    """Places pending tasks, for as long as the balancer runs.

    Args:
        lab: the nodes.
        placement: says which gets what.
        journal: where the tasks are.
        client: for the nodes.
        incarnation: number of this start of the balancer, unique in this run of the lab.
        notify: called with a sentence for people.
    """

    def __init__(
        self,
        lab: Lab,
        placement: LabPlacement,
        journal: JournalMonitor,
        client: httpx.AsyncClient,
        incarnation: int,
        notify: Callable[[str], None],
    ) -> None:
        self._lab = lab
        self._placement = placement
        self._journal = journal
        self._client = client
        self._moves = (f"lab.{time.time_ns()}-{incarnation}.{number}" for number in itertools.count(1))
        self._notify = notify
        self._wanted = asyncio.Event()
        self._slots = asyncio.Semaphore(MOVES_AT_ONCE)
        self._left_out: dict[str, float] = {}
        self._after: PendingTask | None = None
        self._by: Discipline = USUAL
        self._known = 0
        """Pending tasks that the last look left, as far as it went."""
        self._looks = False
        self._for_room = False
        """Whether some of them fit a node that has as many as its limit."""

    def wake(self) -> None:
        """Look again: there is something new, or a node takes what none took before."""
        self._wanted.set()

    def node_changed(self, name: str) -> None:
        """Look again: this node is up, or is another executor."""
        self._left_out.pop(name, None)
        self.wake()

    def on_load(self, node: str) -> None:
        """Look again if this node may have room now for what has waited for that."""
        if self._for_room and self._placement.has_room(node):
            self.wake()

    def on_counts(self, pending: int) -> None:
        """Look again if there are other pending tasks than those that are known, or will be in a moment."""
        if pending != self._known or self._looks:
            self.wake()

    async def run(self) -> None:
        """Look whenever there is a reason to, for ever."""
        if not self._journal.is_there:
            return
        while True:
            self._wanted.clear()
            self._looks = True
            try:
                wait_s = await self._look()
            except Problem as problem:
                log.warning("pending tasks are not placed: %s", problem.detail)
                wait_s = DISPATCH_LEFT_OUT
            finally:
                self._looks = False
            await asyncio.sleep(DISPATCH_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wanted.wait()

    async def _look(self) -> float | None:
        """Place what fits; return after how many seconds to look again if nothing happens, if ever.

        Raises:
            Problem: the journal cannot be read or written.
        """
        (late,) = await self._journal.execute(ExpirePending(DISPATCH_TASKS))
        if late:
            self._notify(
                counted(
                    "{count} pending task has failed: no node took it before its deadline",
                    "{count} pending tasks have failed: no node took them before their deadlines",
                    len(late),
                )
            )
        self._for_room = False
        left: list[PendingTask] = []
        for _ in range(DISPATCH_PAGES):
            discipline = self._discipline()
            page = await self._journal.pending(self._after, DISPATCH_TASKS, discipline)
            left += await self._place(page)
            self._after = page[-1] if len(page) == DISPATCH_TASKS else None
            if self._after is None:
                break
        else:
            self.wake()  # there are more
        counts = await self._journal.counts()
        self._known = 0 if counts is None else counts.pending
        if not self._known:
            return None
        waits = [DISPATCH_LONGEST]
        waits += [DISPATCH_INTERVAL] if self._known > len(left) or len(late) == DISPATCH_TASKS else []
        waits += [DISPATCH_INTERVAL] if self._for_room and not self._placement.is_settled else []
        waits += [each.task.deadline - time.time() for each in left if each.task.deadline is not None]
        waits += (
            [until - asyncio.get_running_loop().time() for until in self._left_out.values()] if left else []
        )
        return max(0.0, min(waits))

    def _discipline(self) -> Discipline:
        """Return the discipline that the settings name; where it is another one, the pages begin anew."""
        config = self._lab.config
        kind, now = find_discipline(config.discipline), self._by
        if type(now) is not kind or (now.task_time != config.task_time and kind.reads):
            self._by, self._after = kind(config.task_time), None
        return self._by

    async def _place(self, page: Sequence[PendingTask]) -> list[PendingTask]:
        """Offer tasks to nodes; return those that no node has taken."""
        if not page:
            return []
        now = asyncio.get_running_loop().time()
        self._left_out = {name: until for name, until in self._left_out.items() if until > now}
        chosen = self._placement.place([needs_of(each.task) for each in page], without=self._left_out)
        by_node: dict[str, list[PendingTask]] = {}
        left: list[PendingTask] = []
        for each, node in zip(page, chosen, strict=True):
            (left if node is None else by_node.setdefault(node, [])).append(each)
        self._for_room |= any(
            self._placement.fits_a_full_node(needs) for needs in {needs_of(e.task) for e in left}
        )
        offers = [
            self._offer(node, own[at : at + MOVE_TASKS])
            for node, own in by_node.items()
            for at in range(0, len(own), MOVE_TASKS)
        ]
        for own in await asyncio.gather(*offers):
            left += own
        return left

    async def _offer(self, node: str, tasks: Sequence[PendingTask]) -> Sequence[PendingTask]:
        """Offer tasks to a node; return them if it has not taken them."""
        async with self._slots:
            move, reports = next(self._moves), self._placement.reports(node)
            try:
                (offered,) = await self._journal.execute(Place(tuple(each.task.id for each in tasks), move))
                if not offered:  # cancelled meanwhile
                    self._placement.refused(node, len(tasks))
                    return []
                if await self._is_taken(node, move, len(offered)):
                    self._placement.taken(node, len(tasks), reports)
                    return []
                (ours,) = await self._journal.execute(TakeBack("", move))
            except Problem:
                self._placement.refused(node, len(tasks))
                raise
        if not ours:  # its answer was lost, and it has taken them
            self._placement.taken(node, len(tasks), reports)
            return []
        self._placement.refused(node, len(tasks))
        self._left_out[node] = asyncio.get_running_loop().time() + DISPATCH_LEFT_OUT
        log.info("a node did not take pending tasks: %s, %d tasks", node, len(tasks))
        return tasks

    async def _is_taken(self, node: str, move: str, count: int) -> bool:
        """Ask a node to take what is offered to it; False means that only the journal knows."""
        try:
            url = self._lab.address_at(self._lab.topology.node(node).port).http(f"/moves/{move}")
            async with asyncio.timeout(MOVE_TIMEOUT):
                response = await self._client.put(url, json={"count": count})
            return msgspec.json.decode(response.content, type=_Said).answer == "taken"
        except (KeyError, TimeoutError, httpx.HTTPError, msgspec.MsgspecError):
            return False
