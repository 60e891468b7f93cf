"""`topowave chaos`: breaks a running lab at random, lets it mend, and tells what held meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

import httpx

from topowave.cli.output import complain, say
from topowave.cli.progress import ProgressBar
from topowave.client import ask, authorization
from topowave.experiments.chaos.plan import Fault, Level, plan
from topowave.experiments.chaos.report import Report
from topowave.experiments.chaos.verdict import wrong_with_law, wrong_with_task, wrong_with_wave

WHOLE = frozenset({"up", "foreign"})
"""States of the nodes of a lab that is not broken yet."""
TOLD = 5
"""Nodes that a sentence names at most."""
REFUSED = 2
BROKEN = 1
ANSWER_TIMEOUT_S = 10.0
"""How long any answer is waited for (s), but a wave's, which has the lab's own deadline besides."""
WHOLE_S = 5.0
"""How long a lab may take at the beginning until a wave is complete (s)."""
MEND_S = 60.0
"""How long the lab may take to mend after the last fault (s)."""
PARDON_S = 3.0
"""How long after a kill or a stop a node's reports of waves may be lost or late (s)."""
LOOK_S = 0.1
"""Pause between two readings of the law, and between two looks whether something has come true (s)."""
WAVE_PAUSE_S = 0.02
"""Pause between two waves of one starter (s)."""
STARTERS = 2
"""Waves that run at a time."""
GIVE_PAUSE_S = 0.1
"""Pause between two gifts of tasks (s)."""
GIVEN_MOST = 20_000
"""Most tasks that are submitted in one run: the lab forgets finished ones some time."""
READERS = 8
"""Tasks that are asked after at a time."""

Json = dict[str, Any]


def bring_chaos(balancer: str, seed: int, minutes: float, level: Level, *, as_json: bool) -> int:
    """Run it; return the exit code: 0 if all held, 1 if not, 2 if there is nothing to break."""
    status = ask("GET", balancer, "/status")
    if status is None:
        return REFUSED
    ill = [f"{node['name']} is {node['state']}" for node in status["nodes"] if node["state"] not in WHOLE]
    if ill or not _processes(status):
        complain(f"the lab at {balancer} is not whole: {', '.join(ill[:TOLD]) or 'no node is its own'}")
        return REFUSED
    report = Report(seed, level, nodes=len(status["nodes"]))
    asyncio.run(_run(balancer, status, report, 60 * minutes, level, quiet=as_json))
    say(json.dumps(report.as_json()) if as_json else report.text())
    return 0 if report.held else BROKEN


async def _run(
    balancer: str, status: Json, report: Report, seconds: float, level: Level, *, quiet: bool
) -> None:
    async with httpx.AsyncClient(
        base_url=balancer, timeout=ANSWER_TIMEOUT_S, trust_env=False, headers=authorization()
    ) as http:
        chaos = Chaos(http, status, report, quiet=quiet)
        loop = asyncio.get_running_loop()

        def enough() -> None:
            chaos.over.set()
            loop.remove_signal_handler(signal.SIGINT)  # a second Ctrl-C ends at once

        loop.add_signal_handler(signal.SIGINT, enough)
        await chaos.run(plan(_processes(status), report.seed, seconds, level), seconds)


def _processes(status: Json) -> list[list[str]]:
    """Return the nodes of each process; those of somebody else are left alone."""
    found: dict[int, list[str]] = {}
    for node in status["nodes"]:
        if node["state"] == "up" and node["pid"] is not None:
            found.setdefault(node["pid"], []).append(node["name"])
    return list(found.values())


class Chaos:
    """One run against one lab.

    Args:
        http: a client whose base is the balancer.
        status: how the lab is at the beginning.
        report: where everything is noted.
        quiet: say nothing meanwhile.
    """

    def __init__(self, http: httpx.AsyncClient, status: Json, report: Report, *, quiet: bool) -> None:
        self._http = http
        self._report = report
        self._quiet = quiet
        self._names = [node["name"] for node in status["nodes"]]
        self._own = [node["name"] for node in status["nodes"] if node["state"] == "up"]
        self._process = {name: process for process in _processes(status) for name in process}
        self._cores = sum(node["cpu"] for node in status["nodes"])
        self._version = status["version"]
        self._task_time_s: float = status["task_time"]
        self._wave_timeout_s: float = status["wave_timeout"]
        self._chance = random.Random(report.seed)  # noqa: S311 - a draw that can be repeated
        self._hurt_s: dict[str, float] = {}
        """When each node, or the balancer that it reports to, was last killed or stopped (monotonic)."""
        self._law: Json | None = status["tasks"]
        self._given: list[str] = []
        self._began_s = time.monotonic()
        self.over = asyncio.Event()

    async def run(self, faults: list[Fault], seconds: float) -> None:
        """Break things for so long, watch, let the lab mend, and look at every task."""
        if not await self._is_whole():
            return
        bar = ProgressBar("chaos")
        self._began_s = time.monotonic()
        settled = asyncio.Event()
        watchers = [self._read_law(settled), self._give_tasks(settled)]
        watchers += [self._start_waves(settled) for _ in range(STARTERS)]
        watching = [asyncio.ensure_future(watcher) for watcher in watchers]
        breaking = asyncio.ensure_future(self._break(faults))
        try:
            while not self.over.is_set() and self._elapsed_s < seconds and not _failed(watching, breaking):
                bar.show(round(self._elapsed_s), round(seconds))
                await self._pause(0.5)
        finally:
            bar.end()
            self.over.set()
            self._report.seconds = round(self._elapsed_s, 1)
            await breaking
            await self._mend()
            settled.set()
            await asyncio.gather(*watching)
        await self._count_tasks()

    async def _is_whole(self) -> bool:
        """Say whether a wave is complete before anything is broken; complain if none is."""
        until_s = time.monotonic() + WHOLE_S
        while await self._wave() != "complete":
            if time.monotonic() > until_s:
                self._report.complain(["no echo wave is complete although nothing is broken yet"])
                return False
            await asyncio.sleep(LOOK_S)
        return True

    # What is done to the lab.

    async def _break(self, faults: list[Fault]) -> None:
        ends: list[asyncio.Task[None]] = []
        for fault in faults:
            await self._pause(fault.at_s - self._elapsed_s)
            if self.over.is_set():
                break
            self._tell(str(fault))
            if fault.kind == "kill balancer":
                self._note_hurt(self._names)
                await self._do("kill balancer", "/balancer/kill")
                continue
            await asyncio.gather(*(self._do_to(node, fault) for node in fault.nodes))
            if fault.kind == "stop":
                ends.append(asyncio.create_task(self._let_go(fault)))
        await asyncio.gather(*ends)

    async def _do_to(self, node: str, fault: Fault) -> None:
        if fault.kind != "cut":
            self._note_hurt(self._process[node])
        body = {"seconds": round(fault.lasts_s, 3)} if fault.kind == "cut" else None
        await self._do(fault.kind, f"/nodes/{quote(node, safe='')}/{fault.kind}", body)

    async def _do(self, what: str, path: str, body: Json | None = None) -> None:
        answer = await self._ask("POST", path, json=body)
        self._report.faults[what if answer is not None and answer.is_success else "not carried out"] += 1

    async def _let_go(self, fault: Fault) -> None:
        await self._pause(fault.lasts_s)
        for node in fault.nodes:
            self._note_hurt(self._process[node])
            await self._ask("POST", f"/nodes/{quote(node, safe='')}/continue")

    def _note_hurt(self, nodes: Iterable[str]) -> None:
        self._hurt_s.update(dict.fromkeys(nodes, time.monotonic()))

    async def _mend(self) -> None:
        """Let everything continue, and wait until all nodes are up and a wave is complete."""
        self._tell("nothing more is broken; waiting for the lab to mend")
        began_s = time.monotonic()
        states: dict[str, str] = {}
        while time.monotonic() - began_s < MEND_S:
            status = await self._json("GET", "/status")
            if status is not None:
                states = {node["name"]: node["state"] for node in status["nodes"]}
                if status["version"] != self._version:
                    self._report.complain(["somebody replaced the network meanwhile: nothing can be said"])
                    return
                for name in self._own:
                    if states[name] == "stopped":
                        await self._ask("POST", f"/nodes/{quote(name, safe='')}/continue")
                if "failed" in states.values():
                    break  # it stays so
                if all(states[name] == "up" for name in self._own) and await self._wave() == "complete":
                    self._report.mended_s = round(time.monotonic() - began_s, 1)
                    return
            await asyncio.sleep(LOOK_S)
        ill = [f"{name} is {states.get(name, 'unknown')}" for name in self._own if states.get(name) != "up"]
        what = ", ".join(ill[:TOLD]) or "no wave is complete"
        seconds = time.monotonic() - began_s
        self._report.complain([f"the lab did not mend within {seconds:.0f} s: {what}"])

    # What is watched meanwhile.

    async def _read_law(self, settled: asyncio.Event) -> None:
        while not settled.is_set():
            await self._law_now()
            await asyncio.sleep(LOOK_S)

    async def _law_now(self) -> Json | None:
        status = await self._json("GET", "/status")
        if status is None or status["tasks"] is None:
            return None
        law: Json = status["tasks"]
        self._report.law_readings += 1
        self._report.complain(wrong_with_law(law, self._law))
        self._law = law
        return law

    async def _give_tasks(self, settled: asyncio.Event) -> None:
        while not settled.is_set() and len(self._given) < GIVEN_MOST:
            law = self._law
            if law is None or law["queued"] + law["moving"] + law["running"] < 2 * self._cores:
                order = {
                    "node": self._chance.choice(self._own),
                    "count": self._chance.randint(1, self._cores),
                }
                added = await self._json("POST", "/tasks", json=order)
                self._given += [] if added is None else added["tasks"]
            await asyncio.sleep(GIVE_PAUSE_S)

    async def _start_waves(self, settled: asyncio.Event) -> None:
        while not settled.is_set():
            await self._wave()
            await asyncio.sleep(WAVE_PAUSE_S)

    async def _wave(self) -> str | None:
        """Run an echo wave from a random node, judge it, and return how it ended; None if nobody knows."""
        began_s = time.monotonic()
        params = {"initiator": self._chance.choice(self._own)}
        timeout_s = ANSWER_TIMEOUT_S + self._wave_timeout_s
        answer = await self._ask("GET", "/echo", params=params, timeout=timeout_s)
        if answer is None or answer.status_code not in {200, 504}:
            self._report.unanswered["waves"] += 1
            return None
        said = answer.json()
        tree = said if answer.is_success else None
        number = said["wave"] if tree is None else unquote(answer.headers["X-Wave"])
        wave = await self._ended(number, timeout_s)
        if wave is None:
            self._report.unanswered["waves"] += 1  # the balancer died with what it knew
            return None
        hurt = {name for name, at_s in self._hurt_s.items() if at_s > began_s - PARDON_S}
        self._report.complain(wrong_with_wave(wave, tree, self._names, hurt))
        if wave["state"] == "complete":
            self._report.waves_complete += 1
        else:
            self._report.waves_incomplete += 1
            self._report.waves_unnamed += not wave["missing"]
        return str(wave["state"])

    async def _ended(self, id: str, timeout_s: float) -> Json | None:
        path = f"/waves/{quote(id, safe='')}"
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            wave = await self._json("GET", path)
            if wave is None or wave["state"] != "running":
                return wave
            await asyncio.sleep(LOOK_S)
        self._report.complain([f"{id}: still running after {timeout_s:g} s"])
        return None

    # In the end.

    async def _count_tasks(self) -> None:
        """Wait until every task is finished, as long as any still finishes, and look at each of ours."""
        self._tell(f"waiting for the end of {len(self._given)} tasks")
        last, since_s = -1, time.monotonic()
        while time.monotonic() - since_s < MEND_S + 2 * self._task_time_s:
            law = await self._law_now()
            if law is not None:
                left = law["queued"] + law["moving"] + law["running"]
                if not left:
                    break
                if left != last:
                    last, since_s = left, time.monotonic()
            await asyncio.sleep(LOOK_S)
        self._report.tasks_submitted = len(self._given)
        waiting = iter(self._given)
        await asyncio.gather(*(self._look_at(waiting) for _ in range(READERS)))

    async def _look_at(self, ids: Iterator[str]) -> None:
        for number in ids:
            task = await self._json("GET", f"/tasks/{quote(number, safe='')}")
            wrong = [f"task {number} is lost"] if task is None else wrong_with_task(task)
            self._report.complain(wrong)
            if task is not None and not wrong:
                self._report.tasks_done += task["state"] == "done"
                self._report.tasks_again += task["attempts"] > 1

    # Talking.

    @property
    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began_s

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until all is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), max(0.0, seconds))

    async def _json(self, method: str, path: str, **more: Any) -> Json | None:
        answer = await self._ask(method, path, **more)
        if answer is None or not answer.is_success:
            self._report.unanswered[path.split("/")[1]] += 1
            return None
        found: Json = answer.json()
        return found

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, **more)
        except httpx.HTTPError:
            return None

    def _tell(self, text: str) -> None:
        if not self._quiet:
            say(f"{self._elapsed_s:7.1f} s  {text}")


def _failed(watching: list[asyncio.Task[None]], breaking: asyncio.Task[None]) -> bool:
    return any(task.done() and task.exception() for task in [*watching, breaking])
