"""Tasks for random nodes while the lab is broken, the law meanwhile, and a look at each task in the end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from urllib.parse import quote

from topowave.experiments.chaos.session import LOOK_S, ChaosSession, Json
from topowave.experiments.chaos.verdict import wrong_with_law, wrong_with_task

SUBMIT_PAUSE_S = 0.1
"""Pause between two orders of tasks (s)."""
SUBMITTED_MOST = 20_000
"""Most tasks that are submitted in one run: the lab forgets finished ones some time."""
READERS = 8
"""Tasks that are asked after at a time."""
STILL_S = 60.0
"""How long, besides the time of two tasks, none may finish until the rest is counted as it is (s)."""


class TaskLoad:
    """Submits tasks.

    Args:
        session: the run.
        chance: draws where they go and how many.
    """

    def __init__(self, session: ChaosSession, chance: random.Random) -> None:
        self._session = session
        self._chance = chance
        self._submitted: list[str] = []

    async def watch_law(self, settled: asyncio.Event) -> None:
        """Read the law again and again, and hold each reading against the one before."""
        while not settled.is_set():
            await self._read_law()
            await asyncio.sleep(LOOK_S)

    async def _read_law(self) -> Json | None:
        session = self._session
        status = await session.read_status()
        if status is None or status["tasks"] is None:
            return None
        law: Json = status["tasks"]
        session.report.law_readings += 1
        session.report.complain(wrong_with_law(law, session.law))
        session.law = law
        return law

    async def submit_until(self, settled: asyncio.Event) -> None:
        """Keep about twice as many tasks in the lab as it can run at a time."""
        target = self._session.target
        while not settled.is_set() and len(self._submitted) < SUBMITTED_MOST:
            law = self._session.law
            if law is None or _unfinished(law) < 2 * target.cores:
                order = {
                    "node": self._chance.choice(self._session.network.own),
                    "count": self._chance.randint(1, target.cores),
                }
                added = await self._session.json("POST", "/tasks", json=order)
                self._submitted += [] if added is None else added["tasks"]
            await asyncio.sleep(SUBMIT_PAUSE_S)

    async def count(self) -> None:
        """Wait until every task is finished, as long as any still finishes, and look at each of ours."""
        self._session.notify(f"waiting for the end of {len(self._submitted)} tasks")
        last, since_s = -1, time.monotonic()
        while time.monotonic() - since_s < STILL_S + 2 * self._session.target.task_time_s:
            law = await self._read_law()
            if law is not None:
                left = _unfinished(law)
                if not left:
                    break
                if left != last:
                    last, since_s = left, time.monotonic()
            await asyncio.sleep(LOOK_S)
        self._session.report.tasks_submitted = len(self._submitted)
        waiting = iter(self._submitted)
        await asyncio.gather(*(self._look_at(waiting) for _ in range(READERS)))

    async def _look_at(self, ids: Iterator[str]) -> None:
        report = self._session.report
        for task_id in ids:
            task = await self._session.json("GET", f"/tasks/{quote(task_id, safe='')}")
            wrong = [f"task {task_id} is lost"] if task is None else wrong_with_task(task)
            report.complain(wrong)
            if task is not None and not wrong:
                report.tasks_completed += task["status"] == "completed"
                report.tasks_again += task["attempts"] > 1


def _unfinished(law: Json) -> int:
    unfinished: int = law["pending"] + law["assigned"] + law["moving"] + law["running"]
    return unfinished
