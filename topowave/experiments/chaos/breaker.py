"""What is done to the lab: one fault after another as planned, and in the end everything continues."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import quote

from topowave.experiments.chaos.plan import ChaosFault
from topowave.experiments.chaos.session import LOOK_S, ChaosSession, Json
from topowave.experiments.chaos.target import NAMED
from topowave.experiments.chaos.wave_load import WaveLoad

REPAIR_S = 60.0
"""How long the lab may take to mend after the last fault (s)."""


class Breaker:
    """Breaks the lab of a session and lets it mend.

    Args:
        session: the run.
        waves: asked whether a wave is complete again.
    """

    def __init__(self, session: ChaosSession, waves: WaveLoad) -> None:
        self._session = session
        self._waves = waves

    async def break_lab(self, faults: Sequence[ChaosFault]) -> None:
        """Do what is planned, each at its time, until all is over."""
        session = self._session
        ends: list[asyncio.Task[None]] = []
        for fault in faults:
            await session.pause(fault.at_s - session.elapsed_s)
            if session.over.is_set():
                break
            session.notify(str(fault))
            if fault.kind == "kill balancer":
                session.note_hurt(session.target.names)
                await self._do("kill balancer", "/balancer/kill")
                continue
            await asyncio.gather(*(self._do_to(node, fault) for node in fault.nodes))
            if fault.kind == "stop":
                ends.append(asyncio.create_task(self._let_go(fault)))
        await asyncio.gather(*ends)

    async def _do_to(self, node: str, fault: ChaosFault) -> None:
        if fault.kind != "cut":
            self._session.note_hurt(self._session.target.process[node])
        body = {"seconds": round(fault.lasts_s, 3)} if fault.kind == "cut" else None
        await self._do(fault.kind, f"/nodes/{quote(node, safe='')}/{fault.kind}", body)

    async def _do(self, what: str, path: str, body: Json | None = None) -> None:
        answer = await self._session.ask("POST", path, json=body)
        done = answer is not None and answer.is_success
        self._session.report.faults[what if done else "not carried out"] += 1

    async def _let_go(self, fault: ChaosFault) -> None:
        await self._session.pause(fault.lasts_s)
        for node in fault.nodes:
            self._session.note_hurt(self._session.target.process[node])
            await self._continue(node)

    async def _continue(self, node: str) -> None:
        await self._session.ask("POST", f"/nodes/{quote(node, safe='')}/continue")

    async def repair(self) -> None:
        """Let everything continue, and wait until all nodes are up and a wave is complete."""
        session, target = self._session, self._session.target
        session.notify("nothing more is broken; waiting for the lab to mend")
        began_s = time.monotonic()
        states: dict[str, str] = {}
        while time.monotonic() - began_s < REPAIR_S:
            status = await session.json("GET", "/status")
            if status is not None:
                states = {node["name"]: node["state"] for node in status["nodes"]}
                if status["version"] != target.version:
                    session.report.complain(["somebody replaced the network meanwhile: nothing can be said"])
                    return
                for name in target.own:
                    if states[name] == "stopped":
                        await self._continue(name)
                if "failed" in states.values():
                    break  # it stays so
                all_up = all(states[name] == "up" for name in target.own)
                if all_up and await self._waves.run_one() == "complete":
                    session.report.mended_s = round(time.monotonic() - began_s, 1)
                    return
            await asyncio.sleep(LOOK_S)
        ill = [f"{name} is {states.get(name, 'unknown')}" for name in target.own if states.get(name) != "up"]
        what = ", ".join(ill[:NAMED]) or "no wave is complete"
        seconds = time.monotonic() - began_s
        session.report.complain([f"the lab did not mend within {seconds:.0f} s: {what}"])
