"""What is done to the lab: one fault after another as planned, and in the end everything continues."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import quote

from topowave.experiments.chaos.deploys import Deploys
from topowave.experiments.chaos.plan import KINDS, ChaosFault
from topowave.experiments.chaos.session import LOOK_S, ChaosSession, Json
from topowave.experiments.chaos.target import NAMED, WHOLE
from topowave.experiments.chaos.wave_load import WaveLoad

REPAIR_S = 60.0
"""How long the lab may take to mend after the last fault (s)."""


class Breaker:
    """Breaks the lab of a session and lets it mend.

    Args:
        session: the run.
        waves: asked whether a wave is complete again.
        deploys: does what changes the network.
    """

    def __init__(self, session: ChaosSession, waves: WaveLoad, deploys: Deploys) -> None:
        self._session = session
        self._waves = waves
        self._deploys = deploys

    async def break_lab(self, faults: Sequence[ChaosFault]) -> None:
        """Do what is planned, each at its time, until all is over."""
        session = self._session
        ends: list[asyncio.Task[None]] = []
        for fault in faults:
            await session.pause(fault.at_s - session.elapsed_s)
            if session.over.is_set():
                break
            if fault.kind in KINDS["deploys"]:  # may take its time, and nobody waits for it
                ends.append(asyncio.create_task(self._deploys.do(fault)))
                continue
            if fault.kind == "kill balancer":
                session.notify(str(fault))
                await self._do("kill balancer", "/balancer/kill")
                continue
            nodes = self._there(fault.nodes)
            session.notify(fault.on(nodes))
            await asyncio.gather(*(self._do_to(node, fault) for node in nodes))
            if fault.kind == "stop":
                ends.append(asyncio.create_task(self._let_go(nodes, fault.lasts_s)))
        await asyncio.gather(*ends)

    def _there(self, nodes: Sequence[str]) -> list[str]:
        """Return these nodes; for each that has left, one that has joined, if any."""
        network, before = self._session.network, self._session.target.network
        new = [name for name in network.own if name not in before.process]
        found: list[str] = []
        for name in nodes:
            if name in network.process:
                found.append(name)
            elif new:
                found.append(new[before.own.index(name) % len(new)])
        return list(dict.fromkeys(found))

    async def _do_to(self, node: str, fault: ChaosFault) -> None:
        body = {"seconds": round(fault.lasts_s, 3)} if fault.kind == "cut" else None
        await self._do(fault.kind, f"/nodes/{quote(node, safe='')}/{fault.kind}", body)

    async def _do(self, what: str, path: str, body: Json | None = None) -> None:
        answer = await self._session.ask("POST", path, json=body)
        done = answer is not None and answer.is_success
        self._session.report.faults[what if done else "not carried out"] += 1

    async def _let_go(self, nodes: Sequence[str], after_s: float) -> None:
        await self._session.pause(after_s)
        for node in nodes:
            await self._continue(node)

    async def _continue(self, node: str) -> None:
        await self._session.ask("POST", f"/nodes/{quote(node, safe='')}/continue")

    async def repair(self) -> None:
        """Let everything continue, and wait until as many nodes are up as there were, and a wave complete."""
        session = self._session
        session.notify("nothing more is broken; waiting for the lab to mend")
        began_s = time.monotonic()
        while time.monotonic() - began_s < REPAIR_S + self._deploys.patience_s:
            status = await session.read_status()
            if status is not None:
                states = {node["name"]: node["state"] for node in status["nodes"]}
                if self._was_replaced(status):
                    session.report.complain(["somebody replaced the network meanwhile: nothing can be said"])
                    return
                for name, state in states.items():
                    if state == "stopped":
                        await self._continue(name)
                if "failed" in states.values() and not self._deploys.begun:
                    break  # it stays so
                all_up = all(states.get(name) == "up" for name in session.network.own)
                if all_up and await self._deploys.lead_back() and await self._waves.run_one() == "complete":
                    session.report.mended_s = round(time.monotonic() - began_s, 1)
                    return
            await asyncio.sleep(LOOK_S)
        await self._complain(time.monotonic() - began_s)

    def _was_replaced(self, status: Json) -> bool:
        """Whether somebody else has replaced the network, who then wants no number of nodes."""
        target = self._session.target.network
        if self._deploys.begun:
            return self._session.network.names[0] != target.names[0]
        return bool(status["version"] != target.version)

    async def _complain(self, seconds: float) -> None:
        """Say what is not as it was."""
        status = await self._session.read_status()
        nodes: list[Json] = [] if status is None else status["nodes"]
        ill = [f"{each['name']} is {each['state']}" for each in nodes if each["state"] not in WHOLE]
        what = ", ".join(ill[:NAMED]) or await self._deploys.why_not() or "no wave is complete"
        self._session.report.complain([f"the lab did not mend within {seconds:.0f} s: {what}"])
