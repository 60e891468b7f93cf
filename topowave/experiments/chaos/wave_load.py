"""Echo waves from random nodes, one after another while the lab is broken, each of which is judged."""

from __future__ import annotations

import asyncio
import random
import time
from urllib.parse import quote, unquote

from topowave.experiments.chaos.session import ANSWER_TIMEOUT_S, LOOK_S, ChaosSession, Json
from topowave.experiments.chaos.verdict import says_network_changed, wrong_with_wave

WHOLE_S = 5.0
"""How long a lab may take at the beginning until a wave is complete (s)."""
WAVE_PAUSE_S = 0.02
"""Pause between two waves of one starter (s)."""


class WaveLoad:
    """Starts echo waves.

    Args:
        session: the run.
        chance: draws the initiators.
    """

    def __init__(self, session: ChaosSession, chance: random.Random) -> None:
        self._session = session
        self._chance = chance

    async def is_whole(self) -> bool:
        """Say whether a wave is complete before anything is broken; complain if none is."""
        until_s = time.monotonic() + WHOLE_S
        while await self.run_one() != "complete":
            if time.monotonic() > until_s:
                self._session.report.complain(["no echo wave is complete although nothing is broken yet"])
                return False
            await asyncio.sleep(LOOK_S)
        return True

    async def run_until(self, settled: asyncio.Event) -> None:
        """Run one wave after another."""
        while not settled.is_set():
            await self.run_one()
            await asyncio.sleep(WAVE_PAUSE_S)

    async def run_one(self) -> str | None:
        """Run an echo wave from a random node, judge it, and return how it ended; None if nobody knows."""
        session, report = self._session, self._session.report
        before = session.network.version
        params = {"initiator": self._chance.choice(session.network.own)}
        timeout_s = ANSWER_TIMEOUT_S + session.target.echo_limit_s
        answer = await session.ask("GET", "/echo", params=params, timeout=timeout_s)
        if answer is None or answer.status_code not in {200, 504}:
            report.unanswered["waves"] += 1
            return None
        said = answer.json()
        tree = said if answer.is_success else None
        wave_id = said["wave"] if tree is None else unquote(answer.headers["X-Wave"])
        wave = await self._ended(wave_id, timeout_s)
        if wave is None:
            report.unanswered["waves"] += 1  # the balancer died with what it knew
            return None
        nodes = await session.names_in(wave)
        if nodes is None:
            report.unanswered["waves"] += 1
            return None
        if wave["version"] < before:
            ran = f"network {before} ran before it was asked for"
            report.complain([f"{wave_id}: on network {wave['version']}, although {ran}"])
        report.complain(wrong_with_wave(wave, tree, nodes))
        report.waves_changed += says_network_changed(wave)
        if wave["state"] == "complete":
            report.waves_complete += 1
        else:
            report.waves_incomplete += 1
            report.waves_unnamed += not wave["missing"]
        return str(wave["state"])

    async def _ended(self, id: str, timeout_s: float) -> Json | None:
        path = f"/waves/{quote(id, safe='')}"
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            wave = await self._session.json("GET", path)
            if wave is None or wave["state"] != "running":
                return wave
            await asyncio.sleep(LOOK_S)
        self._session.report.complain([f"{id}: still running after {timeout_s:g} s"])
        return None
