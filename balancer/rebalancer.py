"""Rebalancing: an echo wave tells the loads, the policy says who gives to whom, the givers hand over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
import msgspec

from topowave.balancer.limits import LEFT_OUT, MOVE_TIMEOUT, MOVES_AT_ONCE, MOVES_ONE_BY_ONE
from topowave.balancer.load_forecasts import LoadForecasts
from topowave.balancer.policies.base import Move, NodeLoad, Policy
from topowave.balancer.policies.registry import POLICIES
from topowave.balancer.policy_rounds import PolicyRounds
from topowave.balancer.round_results import KeptRounds, MoveOutcome, MoveResult, Rebalanced, Round
from topowave.balancer.sentences import tasks_text
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.waves.launcher import WaveLauncher
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.trees import reports_in
from topowave.logs import fields
from topowave.tasks.limits import MOVE_TASKS
from topowave.topology import Node
from topowave.translation import Sentences, Text, text
from topowave.web.problem_details import Problem
from topowave.wire.frames import Payload
from topowave.wire.http_client import json_of

log = logging.getLogger(__name__)


class _Answer(msgspec.Struct):
    """What a giver answers; a program that is not ours may leave all but `status` out.

    One that says "ok", and not how many it has moved, has moved one. `cores` is how many those hold together,
    where some hold several.
    """

    status: str
    moved: object = None
    code: str = ""
    cores: object = None

    @property
    def number(self) -> int | None:
        """How many it has moved, also as text or with a point; None where it does not say."""
        match self.moved:
            case bool():
                return None
            case int():
                return self.moved
            case float() if self.moved.is_integer():
                return int(self.moved)
            case str() if self.moved.isascii() and self.moved.isdigit():
                return int(self.moved[:9])
            case _:
                return None


_FAILURES: dict[MoveOutcome, Text] = {
    "refused": text("refused"),
    "pending": text("the journal cannot be written yet"),
    "failed": text("no answer"),
}
"""Why nothing was moved, inside of a sentence."""
_OUTCOMES: dict[str, MoveOutcome] = {"refused": "refused", "pending": "pending"}
"""What the code of an answer means, if not that nothing was left."""


@dataclass
class Counts:
    """What all rounds together did, for /status and /metrics."""

    rounds: int = 0
    moved: int = 0
    nothing_left: int = 0
    failed: int = 0


class Rebalancer:
    """Rounds of rebalancing, one at a time.

    Args:
        lab: what runs.
        launcher, waves: for the waves.
        feed: where people read of moves.
        client: for the givers.
        on_moved: called with the number of tasks that each round moved.
        room: returns how many more tasks a node takes; None for any number.
        policies: those that the lab knows, by name.
    """

    def __init__(
        self,
        lab: Lab,
        launcher: WaveLauncher,
        waves: WaveRegistry,
        feed: Feed,
        client: httpx.AsyncClient,
        on_moved: Callable[[int], None],
        room: Callable[[Node], int | None],
        policies: Mapping[str, type[Policy]] = POLICIES,
    ) -> None:
        self._lab = lab
        self._launcher = launcher
        self._waves = waves
        self._feed = feed
        self._client = client
        self._on_moved = on_moved
        self._room = room
        self._one_round = asyncio.Lock()
        self._configured = asyncio.Event()
        self._slots = asyncio.Semaphore(MOVES_AT_ONCE)
        self._no_receivers: dict[int, float] = {}
        self._no_givers: dict[int, float] = {}
        self.rounds = PolicyRounds(lab.config, policies)
        self.forecasts = LoadForecasts(lab, feed)
        self.counts = Counts()
        self.last: Rebalanced | None = None
        self.kept = KeptRounds()
        self.problem: str | None = None
        """Why the last round made nothing of it; None where it did."""

    async def run(self) -> None:
        """Start a round every `rebalance_interval` seconds, for ever; while that is 0, none."""
        while True:
            try:
                async with asyncio.timeout(self._lab.config.rebalance_interval or None):
                    await self._configured.wait()
            except TimeoutError:
                pass
            else:  # the time begins anew, in the new interval
                self._configured.clear()
                continue
            try:
                await self.round()
            except Problem as problem:
                self._feed.notify("move", text("No rebalancing this time: {why}", why=problem.detail))

    def configured(self) -> None:
        """Go on with the lab's settings as they are now; another policy plans from the next round on."""
        self.rounds = self.rounds.configured(self._lab.config)
        self.forecasts.refresh()
        self._configured.set()

    async def round(self) -> Rebalanced:
        """Run one round, after the one that runs already.

        Raises:
            Problem: no wave can start, or the policy failed.
        """
        async with self._one_round:
            try:
                self.last = await self._round()
            except Problem as problem:
                self.problem = problem.detail
                raise
            self.problem = None
            return self.last

    async def _round(self) -> Rebalanced:
        record = await self._launcher.start_in_turn("echo", purpose="rebalance", who="rebalancer")
        tree = await self._waves.tree(record)
        rounds = self.rounds  # another policy may be chosen while the plan of this one is carried out
        if tree is None:
            return self._summary(rounds.name, record, [])
        topology, version = self._lab.topology, self._lab.version
        loads = self.loads(tree)
        forecast = await self.forecasts.predict(loads)
        plan = await rounds.plan(topology, loads, forecast)
        planned = time.time()
        summary = self._summary(rounds.name, record, await self._carry_out(plan, loads), answered=True)
        told = {node.port: node.load for node in loads}
        expected = None if forecast is None else dict(zip(told, forecast, strict=True))
        names = {node.port: node.name for node in topology.nodes}
        self.kept.append(
            Round(
                **dict(summary),
                number=self.kept.last + 1,
                version=version,
                round=rounds.asked.round,
                since=rounds.asked.since_s,
                planned=planned,
                loads=[told.get(node.port) for node in topology.nodes],
                forecast=None if expected is None else [expected.get(node.port) for node in topology.nodes],
                not_giving=[names[node.port] for node in loads if not node.gives],
                not_taking=[names[node.port] for node in loads if not node.takes],
                room={names[node.port]: node.room for node in loads if node.room is not None},
            )
        )
        return summary

    def loads(self, tree: Payload) -> list[NodeLoad]:
        """Return what a tree says of this lab's nodes; other people's programs may say more, or twice.

        They are in the order of the topology, as in virtual time: the tree of an echo is another one each
        time, and a policy may go by the order where nodes are equally loaded.
        """
        now = asyncio.get_running_loop().time()
        for left_out in (self._no_receivers, self._no_givers):
            for port in [port for port, until in left_out.items() if until <= now]:
                del left_out[port]
        found: dict[int, NodeLoad] = {}
        ports = {node.port for node in self._lab.topology.nodes}
        for report in reports_in(tree):
            port = report["port"]
            if port in ports and port not in found:
                node = self._lab.topology.by_port(port)
                heard = not self._lab.status[node.name].silent
                found[port] = NodeLoad(
                    port,
                    report["cpu"],
                    report["load"],
                    gives=heard and port not in self._no_givers,
                    takes=heard and node.executor.active and port not in self._no_receivers,
                    room=self._room(node),
                )
        return [found[node.port] for node in self._lab.topology.nodes if node.port in found]

    async def _carry_out(self, plan: list[Move], loads: list[NodeLoad]) -> list[MoveResult]:
        """Let the givers give, several at a time, each one move after the other."""
        by_giver: dict[int, list[Move]] = {}
        for move in plan:
            by_giver.setdefault(move.giver, []).append(move)
        load = {node.port: node.load for node in loads}
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self.give(own, load.get(giver, 0) - sum(move.count for move in own)))
                for giver, own in by_giver.items()
            ]
        return [result for task in tasks for result in task.result()]

    async def give(self, own: list[Move], keep: int) -> list[MoveResult]:
        """Let one node give; it is to keep `keep` tasks, and interrupts none where it has no more by now."""
        async with self._slots:
            return [await self._move(move, keep) for move in own]

    async def _move(self, move: Move, keep: int) -> MoveResult:
        outcome: MoveOutcome = "moved"
        moved, left, began = 0, move.count, time.time()
        # Somebody else's program may move one whatever it is asked, and say nothing of it.
        one_by_one = not self._is_ours(move.giver)
        loop = asyncio.get_running_loop()
        end = loop.time() + MOVES_ONE_BY_ONE
        while left > 0 and outcome == "moved" and (not one_by_one or loop.time() < end):
            asked = 1 if one_by_one else min(left, MOVE_TASKS)
            outcome, went, cores, told = await self._ask(move, asked, keep)
            moved += went
            left -= cores
            self.forecasts.moved(move.giver, move.receiver, cores)
            one_by_one = one_by_one or not told
            if told and cores < asked and outcome == "moved":
                outcome = "nothing_left"
        self._leave_out(move, outcome, loop.time() + LEFT_OUT)
        giver, receiver = self._name(move.giver), self._name(move.receiver)
        if moved:
            gives = text(
                "{giver} gives {tasks} to {receiver}",
                giver=giver,
                tasks=tasks_text(moved),
                receiver=receiver,
            )
            self._feed.notify("move", gives, node=giver, receiver=receiver, tasks=moved)
        if outcome in {"failed", "refused", "pending"}:
            why: list[str] = [_FAILURES[outcome]]
            if outcome == "refused" or (outcome == "failed" and not self._is_ours(move.giver)):
                why.append(text("not asked again for {seconds:g} s", seconds=LEFT_OUT))
            failed = text(
                "{giver} could not give {left} to {receiver}: {why}",
                giver=giver,
                left=left,
                receiver=receiver,
                why=Sentences(why),
            )
            self._feed.notify("move", failed, node=giver)
        log.info(
            "tasks moved",
            extra=fields(giver=giver, receiver=receiver, planned=move.count, moved=moved, outcome=outcome),
        )
        return MoveResult(
            giver=giver,
            receiver=receiver,
            count=move.count,
            moved=moved,
            outcome=outcome,
            asked=began,
            ended=time.time(),
        )

    def _leave_out(self, move: Move, outcome: MoveOutcome, until: float) -> None:
        """Leave a receiver that refused, or a foreign giver that failed, out of the next plans."""
        if outcome == "refused":
            self._no_receivers[move.receiver] = until
        elif outcome == "failed" and not self._is_ours(move.giver):
            self._no_givers[move.giver] = until

    def _is_ours(self, port: int) -> bool:
        try:
            return self._lab.topology.by_port(port).launch
        except KeyError:
            return False

    async def _ask(self, move: Move, count: int, keep: int) -> tuple[MoveOutcome, int, int, bool]:
        """Ask a giver; returns the outcome, how many tasks went, their cores, and whether it said so."""
        url = self._lab.address_at(move.giver).http("/rebalance")
        params = {"target": move.receiver, "count": count}
        if self._is_ours(move.giver):
            params["keep"] = max(0, keep)
        try:
            async with asyncio.timeout(MOVE_TIMEOUT):
                response = await self._client.post(url, params=params)
            answer = msgspec.json.decode(json_of(response), type=_Answer)
        except (TimeoutError, httpx.HTTPError, msgspec.MsgspecError):
            return "failed", 0, 0, False
        status = answer.status.lower()
        if status not in {"ok", "error"} or response.is_error:
            return "failed", 0, 0, False
        told = answer.number is not None
        moved = max(0, min(count, answer.number or 0))
        if not told and status != "error":
            moved = 1
        cores = min(count, answer.cores) if type(answer.cores) is int and answer.cores > moved else moved
        usual: MoveOutcome = "nothing_left" if status == "error" else "moved"
        return _OUTCOMES.get(answer.code, usual), moved, cores, told

    def _name(self, port: int) -> str:
        try:
            return self._lab.topology.by_port(port).name
        except KeyError:
            return f"port {port}"

    def _summary(
        self, policy: str, wave: WaveRecord, results: list[MoveResult], *, answered: bool = False
    ) -> Rebalanced:
        moved = sum(result.moved for result in results)
        nothing_left = sum(result.outcome == "nothing_left" for result in results)
        failed = sum(result.outcome in {"failed", "refused", "pending"} for result in results)
        self.counts.rounds += 1
        self.counts.moved += moved
        self.counts.nothing_left += nothing_left
        self.counts.failed += failed
        if moved:
            self._on_moved(moved)
        return Rebalanced(
            policy=policy,
            began=wave.started,
            time=time.time(),
            wave=wave.id,
            status="ok" if answered else "incomplete",
            moved=moved,
            nothing_left=nothing_left,
            failed=failed,
            moves=results,
        )
