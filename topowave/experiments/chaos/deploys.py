"""The faults that let nodes join and leave, and how the lab has as many again in the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import quote

from topowave.balancer.limits import DRAIN_PATIENCE
from topowave.experiments.chaos.plan import ChaosFault, may_die
from topowave.experiments.chaos.session import ChaosSession, Json
from topowave.experiments.chaos.target import NAMED

PREFIX = "chaos-"
"""How the names of nodes begin that a run adds one by one."""


class Deploys:
    """Lets the lab of a session grow and shrink.

    Args:
        session: the run.
    """

    def __init__(self, session: ChaosSession) -> None:
        self._session = session
        self._added = 0
        self._deaths_s: dict[str, list[float]] = {}
        self.begun = False
        """Whether the network was to be changed, so that it may be another one by now."""

    @property
    def patience_s(self) -> float:
        """How much longer the lab may take to mend: nodes hand over their tasks before they leave (s)."""
        return DRAIN_PATIENCE + 2 * self._session.target.task_time_s if self.begun else 0.0

    async def do(self, fault: ChaosFault) -> None:
        """Do what is planned."""
        match fault.kind:
            case "deploy":
                self._session.notify(str(fault))
                for number, replicas in enumerate(fault.replicas):
                    if number:
                        await self._session.pause(fault.lasts_s)
                    self.begun = True
                    await self._do("deploy", "POST", "/deploy", {"replicas": replicas})
            case "add":
                await self._add(fault)
            case "remove":
                await self._remove(fault)
            case _:
                await self._kill(fault)

    async def _add(self, fault: ChaosFault) -> None:
        there = self._session.network.names
        parents = [name for name in fault.nodes if name in there] or [there[0]]
        self._session.notify(fault.on(parents))
        self._added += 1
        self.begun = True
        body = {"name": f"{PREFIX}{self._added}", "parent": parents[0]}
        await self._do("add", "POST", "/nodes", body)

    async def _remove(self, fault: ChaosFault) -> None:
        """Let a leaf leave: one that has joined, if there is any."""
        deploy = await self._session.json("GET", "/deploy")
        leaves = await self._leaves()
        least = len(self._session.target.network.own)
        if deploy is None or not leaves or (deploy["desired_replicas"] or least) <= least:
            self._session.report.faults["not carried out"] += 1
            return
        stay = [name for name in leaves if name not in deploy["leaving"]]
        joined = [name for name in stay if name not in self._session.target.network.own]
        chosen = _chosen(joined or stay, fault.picks)
        self._session.notify(fault.on(chosen))
        self.begun = True
        for name in chosen:
            await self._do("remove", "DELETE", f"/nodes/{quote(name, safe='')}?wait=0")

    async def _kill(self, fault: ChaosFault) -> None:
        """Kill nodes that have joined, or that are to leave: not so often that they would be given up."""
        session = self._session
        deploy = await session.json("GET", "/deploy")
        leaving = set[str]() if deploy is None else set(deploy["leaving"])
        new = set(session.network.own) - set(session.target.network.own)
        now_s = time.monotonic()
        spared = [
            name
            for name in _chosen(sorted(new | leaving), fault.picks)
            if may_die(self._deaths_s.setdefault(name, []), now_s)
        ]
        if spared:
            session.notify(fault.on(spared))
        for name in spared:
            self._deaths_s[name].append(now_s)
            await self._do(fault.kind, "POST", f"/nodes/{quote(name, safe='')}/kill")

    async def _leaves(self) -> list[str]:
        """Return the nodes that nothing hangs from, but the root."""
        running = await self._session.json("GET", "/topology")
        found: list[str] = []
        waiting: list[Json] = [] if running is None else list(running["topology"].get("children", []))
        while waiting:
            node = waiting.pop()
            below = node.get("children", [])
            waiting += below
            if not below and node["name"] in self._session.network.own:
                found.append(node["name"])
        return sorted(found)

    async def _do(self, what: str, method: str, path: str, body: Json | None = None) -> None:
        answer = await self._session.ask(method, path, json=body)
        done = answer is not None and answer.is_success
        self._session.report.faults[what if done else "not carried out"] += 1

    async def lead_back(self) -> bool:
        """Want as many nodes as there were; returns whether they are there, and nobody is on the way."""
        if not self.begun:
            return True
        replicas = len(self._session.target.network.own)
        deploy = await self._session.json("GET", "/deploy")
        if deploy is None:
            return False
        if deploy["desired_replicas"] != replicas:
            await self._session.ask("POST", "/deploy", json={"replicas": replicas})
            return False
        there = deploy["actual_replicas"], deploy["up"]
        return there == (replicas, replicas) and not deploy["leaving"] and deploy["phase"] == "settled"

    async def why_not(self) -> str | None:
        """Say why there are not as many nodes as there were; None where there are, or nobody says."""
        deploy = await self._session.json("GET", "/deploy") if self.begun else None
        if deploy is None or deploy["phase"] == "settled":
            return None
        there = f"{deploy['up']} of {deploy['desired_replicas']} nodes are up, and it is {deploy['phase']}"
        reasons = [f"{name} cannot leave: {why}" for name, why in deploy["leaving"].items()]
        return "; ".join([there, *filter(None, [deploy["problem"]]), *reasons[:NAMED]])


def _chosen(names: Sequence[str], picks: Sequence[float]) -> list[str]:
    """Return those that the picks say, each once."""
    return list(dict.fromkeys(names[int(pick * len(names))] for pick in picks)) if names else []
