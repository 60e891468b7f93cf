"""A chaos run: faults as a seed draws them, load and readings all the while, then repair and the count."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection

import httpx

from topowave.client import authorization
from topowave.experiments.chaos.breaker import Breaker
from topowave.experiments.chaos.deploys import Deploys
from topowave.experiments.chaos.plan import USUAL, ChaosFault, FaultName, Level, plan
from topowave.experiments.chaos.report import ChaosReport
from topowave.experiments.chaos.script_load import ScriptLoad
from topowave.experiments.chaos.session import ANSWER_TIMEOUT_S, ChaosListener, ChaosSession
from topowave.experiments.chaos.target import ChaosTarget
from topowave.experiments.chaos.task_load import TaskLoad
from topowave.experiments.chaos.wave_load import WaveLoad

STARTERS = 2
"""Waves that run at a time."""
PROGRESS_S = 0.5
"""Time between two words about how far the run is (s)."""


async def run_chaos(
    target: ChaosTarget,
    seed: int,
    seconds: float,
    level: Level,
    listener: ChaosListener,
    over: asyncio.Event,
    faults: Collection[FaultName] = USUAL,
) -> ChaosReport:
    """Break a lab for so long, watch, let it mend, and look at every task that was submitted.

    Args:
        target: the lab; see `find_target`.
        seed: draws the faults and the load.
        seconds: how long faults are done.
        level: how hard.
        listener: hears how it goes on.
        over: to be set by who wants an early end; the lab is repaired and the report made all the same.
        faults: what may be done.
    """
    own = len(target.network.own)
    report = ChaosReport(seed, level, len(target.network.names), nodes_least=own, nodes_most=own)
    async with httpx.AsyncClient(
        base_url=target.balancer, timeout=ANSWER_TIMEOUT_S, trust_env=False, headers=authorization()
    ) as http:
        session = ChaosSession(http, target, report, listener, over)
        await _run(session, plan(target.network.processes, seed, seconds, level, faults), seconds)
    return report


async def _run(session: ChaosSession, faults: list[ChaosFault], seconds: float) -> None:
    chance = random.Random(session.report.seed)  # noqa: S311 - a draw that can be repeated
    waves, tasks = WaveLoad(session, chance), TaskLoad(session, chance)
    scripts = ScriptLoad(session, random.Random(chance.random()))  # noqa: S311 - as above
    deploys = Deploys(session)
    breaker = Breaker(session, waves, deploys)
    if not await waves.is_whole():
        return
    session.begin()
    settled = asyncio.Event()
    load = [tasks.watch_law(settled), tasks.submit_until(settled), scripts.submit_until(settled)]
    load += [waves.run_until(settled) for _ in range(STARTERS)]
    watching = [asyncio.ensure_future(part) for part in load]
    breaking = asyncio.ensure_future(breaker.break_lab(faults))
    try:
        while not session.over.is_set() and session.elapsed_s < seconds and not _failed(*watching, breaking):
            session.listener.on_progress(session.elapsed_s, seconds)
            await session.pause(PROGRESS_S)
    finally:
        session.listener.on_last_fault()
        session.over.set()
        session.report.seconds = round(session.elapsed_s, 1)
        await breaking
        await breaker.repair()
        settled.set()
        await asyncio.gather(*watching)
    await tasks.count()
    await scripts.count()


def _failed(*parts: asyncio.Task[None]) -> bool:
    return any(part.done() and part.exception() for part in parts)
