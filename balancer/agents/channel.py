"""The connections of agents on `/agents`: each says who it is, then what it runs; it is told what to run.

Theory of operation. The balancer keeps who is alive (`registry`), and passes on all else: what an agent runs
goes to the orchestrator (`AgentRuns`), and so does each change of who is alive (`AgentsHere`); what it wants
of an agent comes back (`WantedOfAgent`, `SignalOfAgent`). What is wanted is the whole each time, so only the
last of it waits for an agent (`outbox`), also while that has no connection. The orchestrator hears that an
agent is silent before anybody asks it to run that agent's nodes elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from topowave.balancer.agents.admission import Terms, fault_in_hello
from topowave.balancer.agents.outbox import Outbox
from topowave.balancer.agents.registry import Agent, AgentRegistry, Arrival
from topowave.balancer.control import Control
from topowave.balancer.limits import AGENT_HELLO, AGENTS, BAD_FRAMES
from topowave.balancer.state.feed import Feed
from topowave.translation import Text, counted, in_json, text
from topowave.web.problem_details import Problem
from topowave.wire.agents import (
    AgentSignal,
    Beat,
    Hello,
    Rejected,
    Running,
    ToAgent,
    Wanted,
    Welcome,
    decode_from_agent,
)
from topowave.wire.control import AgentRuns, AgentsHere, SignalOfAgent, WantedOfAgent
from topowave.wire.limits import SEND_TIMEOUT

NORMAL, POLICY, TRY_AGAIN = 1000, 1008, 1013
"""WebSocket's codes: it leaves in order; it does not keep to what was agreed; it is to come again."""


class AgentChannel:
    """All connections on `/agents`.

    Args:
        registry: who is alive.
        terms: what is asked of agents.
        welcome: what each of them is told first.
        control: to the orchestrator.
        feed: where people read of agents.
        changed: called when agents came or are gone.
    """

    def __init__(
        self,
        registry: AgentRegistry,
        terms: Terms,
        welcome: Welcome,
        control: Control,
        feed: Feed,
        changed: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._terms = terms
        self._welcome = welcome
        self._control = control
        self._feed = feed
        self._changed = changed
        self._boxes: dict[str, Outbox] = {}
        self._links: dict[str, WebSocket] = {}
        self._wake = asyncio.Event()
        self._is_unsaid = False

    async def run(self) -> None:
        """Watch the leases, for ever."""
        while True:
            next_s = self._registry.next_s
            with suppress(TimeoutError):
                async with asyncio.timeout(None if next_s is None else max(0.0, next_s - time.monotonic())):
                    await self._wake.wait()
            self._wake.clear()
            over = self._registry.expire(time.monotonic())
            if over:
                await self._are_silent(over)
            elif self._is_unsaid:
                await self._announce()

    async def serve(self, websocket: WebSocket) -> None:
        """Have to do with one agent, until it leaves."""
        await websocket.accept()
        hello = await self._hello(websocket)
        if hello is None:
            await _close(
                websocket, POLICY, "an agent begins with a hello; is it another version of Topowave?"
            )
            return
        fault = fault_in_hello(hello, self._terms)
        if fault is not None:
            await self._reject(websocket, hello, fault)
            return
        arrival = self._registry.hello(hello, time.monotonic())
        if arrival is Arrival.LATER:
            await _close(websocket, TRY_AGAIN, "an agent of this name may still run nodes; try again")
            return
        fault = _refusal(arrival, hello)
        if fault is not None:
            await self._reject(websocket, hello, fault)
            return
        await self._serve(websocket, hello, arrival)

    async def _reject(self, websocket: WebSocket, hello: Hello, fault: str) -> None:
        await _send(websocket, Rejected(fault))
        await _close(websocket, POLICY, "rejected")
        self._feed.notify(
            "lab", text("agent {agent} was not taken in: {why}", agent=hello.name[:100], why=fault)
        )

    async def _serve(self, websocket: WebSocket, hello: Hello, arrival: Arrival) -> None:
        name = hello.name
        former, self._links[name] = self._links.get(name), websocket
        if former is not None:
            await _close(former, TRY_AGAIN, "this agent has another connection")
        await self._has_come(hello, arrival)
        box = self._box_of(name)
        box.opened(hello.session)
        code = None
        if await _send(websocket, self._welcome):
            sender = asyncio.get_running_loop().create_task(_pass_on(websocket, box))
            receiver = asyncio.get_running_loop().create_task(self._receive(websocket, hello, box))
            try:
                await asyncio.wait([sender, receiver], return_when=asyncio.FIRST_COMPLETED)
            finally:
                sender.cancel()
                receiver.cancel()
                results = await asyncio.gather(sender, receiver, return_exceptions=True)
            code = results[1] if isinstance(results[1], int) else None
        await _close(websocket, TRY_AGAIN, "the connection did not keep up")
        if self._links.get(name) is websocket:
            del self._links[name]
            await self._has_left(hello, code)

    async def _hello(self, websocket: WebSocket) -> Hello | None:
        """Return what a program says first; None where that is no hello, or does not come."""
        with suppress(TimeoutError, msgspec.MsgspecError, RecursionError):
            async with asyncio.timeout(AGENT_HELLO):
                event = await websocket.receive()
            said = decode_from_agent(event.get("text") or event.get("bytes") or "")
            return said if isinstance(said, Hello) else None
        return None

    async def _receive(self, websocket: WebSocket, hello: Hello, box: Outbox) -> int:
        """Take what an agent runs until it leaves; return with which code it did."""
        bad = 0
        while bad < BAD_FRAMES:
            event = await websocket.receive()
            if event["type"] != "websocket.receive":
                return int(event.get("code") or 0)
            try:
                said = decode_from_agent(event.get("text") or event.get("bytes") or "")
            except (msgspec.MsgspecError, RecursionError):
                bad += 1
                continue
            if not isinstance(said, Running):
                bad += 1
            elif not self._registry.heard(hello.name, said.processes, time.monotonic()):
                return 0  # its lease was over: it begins anew
            else:
                box.answer(Beat(said.beat))
                self._wake.set()
                with suppress(Problem):  # there is no orchestrator: the lab ends
                    await self._control.tell_of_agents(AgentRuns(hello.name, hello.session, said.processes))
        return 0

    # Who is there.

    async def _has_come(self, hello: Hello, arrival: Arrival) -> None:
        await self._announce()
        self._wake.set()
        if arrival is Arrival.NEW:
            self._feed.notify("lab", _registered(hello))
        elif arrival is Arrival.BACK:
            self._feed.notify("lab", text("agent {agent} is back", agent=hello.name))
        if arrival is not Arrival.AGAIN:
            self._changed()

    async def _has_left(self, hello: Hello, code: int | None) -> None:
        agent = self._registry.find(hello.name)
        if agent is None or agent.hello is not hello:
            return
        self._registry.unlinked(hello.name)
        if code != NORMAL or any(process.state != "ended" for process in agent.processes):
            return
        self._registry.ended(hello.name)
        self._boxes.pop(hello.name, None)
        await self._announce()
        self._feed.notify("lab", text("agent {agent} has left: somebody ended it", agent=hello.name))
        self._changed()

    async def _are_silent(self, over: list[Agent]) -> None:
        await self._announce()
        for agent in over:
            self._boxes.pop(agent.name, None)
            link = self._links.get(agent.name)
            if link is not None:
                await _close(link, TRY_AGAIN, "this agent was silent for too long")
            self._feed.notify(
                "lab", text("agent {agent} is silent: {why}", agent=agent.name, why=_for_how_long(agent))
            )
        self._changed()

    async def _announce(self) -> None:
        """Tell the orchestrator who is alive, unless that is not known yet."""
        self._is_unsaid = not self._registry.here_is_known
        if not self._is_unsaid:
            with suppress(Problem):
                await self._control.tell_of_agents(AgentsHere(self._registry.here))

    # What the orchestrator says.

    def take(self, message: AgentsHere | WantedOfAgent | SignalOfAgent) -> None:
        """Take what the orchestrator says of agents."""
        if isinstance(message, AgentsHere):
            for hello in message.agents[:AGENTS]:
                self._registry.expect(hello.name, hello, time.monotonic())
            self._wake.set()
        elif isinstance(message, WantedOfAgent):
            self._want(message.wanted)
        else:
            self._signal(message.signal)

    def _want(self, wanted: Wanted) -> None:
        if not self._registry.is_gone(wanted.agent):
            self._box_of(wanted.agent).want(wanted)

    def _signal(self, signal: AgentSignal) -> None:
        if not self._registry.is_gone(signal.agent):
            self._box_of(signal.agent).signal(signal)

    def _box_of(self, name: str) -> Outbox:
        return self._boxes.setdefault(name, Outbox())


def _refusal(arrival: Arrival, hello: Hello) -> str | None:
    if arrival is Arrival.TAKEN:
        return f"there is an agent {hello.name} already; give this one another name (--name)"
    if arrival is Arrival.FULL:
        return f"there are {AGENTS} agents already"
    return None


def _registered(hello: Hello) -> Text:
    """Return that an agent has come, with its cores and what it runs where that is not nodes."""
    cores = counted("{count} core", "{count} cores", hello.cores)
    if hello.workload is None:
        return text(
            "agent {agent} registered from {host} ({cores})", agent=hello.name, host=hello.host, cores=cores
        )
    return text(
        "agent {agent} registered from {host} ({cores}); it runs {workload}",
        agent=hello.name,
        host=hello.host,
        cores=cores,
        workload=hello.workload,
    )


def _for_how_long(agent: Agent) -> Text:
    """Return since when nobody has heard an agent whose lease is over."""
    if agent.heard_s is None:
        return text("it was there before this balancer began, and has not come back")
    return text("not heard for {seconds:.3g} s", seconds=agent.until_s - agent.heard_s)


async def _pass_on(websocket: WebSocket, box: Outbox) -> None:
    """Send what waits for an agent, until it does not read any more."""
    while True:
        message = await box.next()
        if not await _send(websocket, message):
            return


async def _send(websocket: WebSocket, message: ToAgent) -> bool:
    """Send something; return False where the agent is gone, or does not read."""
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            await websocket.send_text(msgspec.json.encode(message, enc_hook=in_json).decode())
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        return False
    return True


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(SEND_TIMEOUT):
            await websocket.close(code, reason)
