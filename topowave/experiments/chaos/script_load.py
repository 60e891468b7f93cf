"""Script tasks of every kind for random nodes while the lab is broken, and a look at each in the end."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from topowave.experiments.chaos.script_kinds import KINDS, OrderedScript, ScriptKind, wrong_with_script
from topowave.experiments.chaos.session import ChaosSession

SCRIPT_PAUSE_S = 0.5
"""Pause between two orders of script tasks (s)."""
AT_ONCE = 3
"""Most script tasks of one order."""
WAITING = 4
"""Times as many tasks as the lab can run at a time, from which no more scripts are submitted."""
SCRIPTS_MOST = 5_000
"""Most script tasks of one run: the lab keeps that many results however large it is."""
READERS = 8
"""Tasks that are asked after at a time."""


class ScriptLoad:
    """Submits script tasks.

    Args:
        session: the run.
        chance: draws kinds, nodes and how many.
    """

    def __init__(self, session: ChaosSession, chance: random.Random) -> None:
        self._session = session
        self._chance = chance
        self._ordered: list[OrderedScript] = []
        self._orders = 0

    async def submit_until(self, settled: asyncio.Event) -> None:
        """Submit tasks as long as the lab has not much to do, unless it allows no such scripts."""
        report = self._session.report
        most = WAITING * self._session.target.cores
        while not settled.is_set() and len(self._ordered) < SCRIPTS_MOST and report.scripts_refused is None:
            law = self._session.law
            if law is None or law["pending"] + law["assigned"] + law["moving"] + law["running"] < most:
                await self._submit()
            await asyncio.sleep(SCRIPT_PAUSE_S)

    async def _submit(self) -> None:
        session = self._session
        cpu = session.network.cpu
        kinds = [kind for kind in KINDS if kind.weight <= max(cpu.values())]
        kind: ScriptKind = self._chance.choices(kinds, [each.often for each in kinds])[0]
        self._orders += 1
        order = kind.order(self._orders, self._chance.randint(1, AT_ONCE))
        if self._chance.random() < 0.5:  # else the lab places it
            order["node"] = self._chance.choice([node for node in cpu if cpu[node] >= kind.weight])
        answer = await session.ask("POST", "/tasks", json=order)
        if answer is not None and answer.status_code == 422:
            session.report.scripts_refused = str(answer.json()["detail"])
        elif answer is None or not answer.is_success:
            session.report.unanswered["tasks"] += 1
        else:
            added = [task["id"] for task in answer.json()["tasks"]]
            self._ordered += [OrderedScript(each, kind, self._orders) for each in added]

    async def count(self) -> None:
        """Look at each task, when all are over."""
        waiting = iter(self._ordered)
        self._session.report.scripts_submitted = len(self._ordered)
        await asyncio.gather(*(self._look_at(waiting) for _ in range(READERS)))

    async def _look_at(self, waiting: Iterator[OrderedScript]) -> None:
        report = self._session.report
        for ordered in waiting:
            task = await self._session.json("GET", f"/tasks/{quote(ordered.id, safe='')}")
            if task is None:
                report.complain([f"script task {ordered.id} ({ordered.kind.name}) is lost"])
                continue
            wrong = wrong_with_script(ordered, task)
            report.complain(wrong)
            if not wrong:
                became = str(task["reason"] or task["status"])
                report.scripts.setdefault(ordered.kind.name, Counter())[became] += 1
                report.scripts_again += task["attempts"] > 1
