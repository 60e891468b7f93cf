"""The control channel to the orchestrator: JSON lines over a socket pair, requests with deadlines."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count

import msgspec

from topowave.balancer.limits import CONTROL_LINE, CONTROL_REQUESTS, REPLACE_TIMEOUT, REPLACEMENTS
from topowave.topology import Topology
from topowave.topology.flat_form import to_rows
from topowave.translation import Sentences, text
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.problem_details import RETRY_SOON, Problem
from topowave.wire.control import (
    Action,
    AgentRuns,
    AgentsHere,
    Change,
    ConfigNow,
    Configure,
    Done,
    ExecutorsNow,
    GoalNow,
    KeepGoal,
    NodeNow,
    Prepare,
    Refused,
    Replace,
    Request,
    RequestId,
    SetExecutor,
    Shutdown,
    SignalOfAgent,
    SignalRequest,
    Tell,
    TopologyNow,
    WantedOfAgent,
    decode_notice,
    line_of,
)
from topowave.wire.limits import SEND_TIMEOUT


class Control:
    """The balancer's end of the channel.

    Args:
        channel: the connected socket; owned from now on.
        on_topology, on_config, on_executors, on_node: called with what the orchestrator says.
        tasks: own the reading.
        on_goal: called with what the lab was wanted to be by the last balancer.
        on_agents: called with what the orchestrator says of agents.
    """

    def __init__(
        self,
        channel: socket.socket,
        on_topology: Callable[[TopologyNow], None],
        on_config: Callable[[ConfigNow], None],
        on_executors: Callable[[ExecutorsNow], None],
        on_node: Callable[[NodeNow], None],
        tasks: OwnedTasks,
        on_goal: Callable[[GoalNow], None] = lambda _: None,
        on_agents: Callable[[AgentsHere | WantedOfAgent | SignalOfAgent], None] = lambda _: None,
    ) -> None:
        self._on_agents = on_agents
        self._on_goal = on_goal
        self._channel = channel
        self._on_topology = on_topology
        self._on_config = on_config
        self._on_executors = on_executors
        self._on_node = on_node
        self._numbers = count(1)
        self._waiting: dict[RequestId, asyncio.Future[None]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._tasks = tasks
        self._replacing = asyncio.Lock()
        self._replacements = 0

    async def open(self) -> None:
        """Begin to read."""
        self._channel.setblocking(False)
        reader, self._writer = await asyncio.open_unix_connection(sock=self._channel, limit=CONTROL_LINE)
        self._tasks.start("Reading what the orchestrator says", self._read(reader))

    @property
    def asked(self) -> int:
        """How many topologies are asked for: the one that is carried out and those that wait."""
        return self._replacements

    async def close(self) -> None:
        """Close, and fail what waits."""
        self.give_up()
        await self._tasks.close()

    @property
    def reading(self) -> bool:
        """Whether the orchestrator is listened to."""
        return len(self._tasks) > 0

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Replace the topology one after the other, in the order in which that was asked for.

        Raises:
            Problem: 429 where too many wait already, or one has waited too long.
        """
        busy = Problem(
            429,
            text("Too many requests"),
            text("other topologies were asked for before, and are still to run; try again later"),
            headers={"Retry-After": str(round(REPLACE_TIMEOUT))},
        )
        if self._replacements >= REPLACEMENTS:
            raise busy
        self._replacements += 1
        try:
            async with asyncio.timeout(REPLACE_TIMEOUT) as until, self._replacing:
                until.reschedule(None)
                yield
        except TimeoutError:
            raise busy from None
        finally:
            self._replacements -= 1

    async def replace(self, topology: Topology, deadline: float) -> None:
        """Ask for another topology. Raises Problem as `signal` does."""
        rows = to_rows(topology)
        await self._request(lambda number: Replace(number, rows), deadline)

    async def prepare(self, topology: Topology, deadline: float) -> None:
        """Ask for the start of what a network adds to this one. Raises Problem as `signal` does."""
        rows = to_rows(topology)
        await self._request(lambda number: Prepare(number, rows), deadline)

    async def change(self, topology: Topology, deadline: float) -> None:
        """Ask for a network that follows this one; all its nodes run. Raises Problem as `signal` does."""
        rows = to_rows(topology)
        await self._request(lambda number: Change(number, rows), deadline)

    async def keep_goal(self, goal: GoalNow, deadline: float) -> None:
        """Ask the orchestrator to keep what the lab is wanted to be. Raises Problem as `signal` does."""
        await self._request(lambda number: KeepGoal(number, goal), deadline)

    async def configure(self, settings: Mapping[str, int | float | str], deadline: float) -> None:
        """Ask for other settings. Raises Problem as `signal` does."""
        await self._request(lambda number: Configure(number, dict(settings)), deadline)

    async def set_executor(self, name: str, changes: Mapping[str, object], deadline: float) -> None:
        """Ask for a node to take other tasks. Raises Problem as `signal` does."""
        await self._request(lambda number: SetExecutor(number, name, dict(changes)), deadline)

    async def signal(self, name: str, action: Action, deadline: float) -> None:
        """Ask for a signal to a node. Raises Problem: 409 refused, 504 no answer, 503 no orchestrator."""
        await self._request(lambda number: SignalRequest(number, name, action), deadline)

    async def tell(self, text: str) -> None:
        """Tell who watches the lab come up. Raises Problem where there is no orchestrator (503)."""
        await self._say(Tell(text))

    async def tell_of_agents(self, message: AgentsHere | AgentRuns) -> None:
        """Tell who is there, or what one runs. Raises Problem where there is no orchestrator (503)."""
        await self._say(message)

    async def shutdown(self) -> None:
        """Ask for the end of the lab. Raises Problem where there is no orchestrator (503)."""
        await self._say(Shutdown())

    async def _request(self, make: Callable[[int], Request], deadline: float) -> None:
        if len(self._waiting) >= CONTROL_REQUESTS:
            why = text("the orchestrator is busy; try again later")
            raise Problem(429, text("Too many requests"), why, headers=RETRY_SOON)
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._say(make(number))
            async with asyncio.timeout(deadline):
                await answer
        except TimeoutError:
            detail = text(
                "the orchestrator did not answer within {deadline:g} s; it may still do it", deadline=deadline
            )
            raise Problem(504, text("No answer"), detail) from None
        finally:
            self._waiting.pop(number, None)
            answer.cancel()

    async def _say(self, message: Request | AgentsHere | AgentRuns) -> None:
        if self._writer is None or self._writer.is_closing():
            raise Problem(503, text("No orchestrator"), text("this lab has no orchestrator any more"))
        try:
            self._writer.write(line_of(message))
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._writer.drain()
        except (OSError, TimeoutError):
            raise Problem(
                503, text("No orchestrator"), text("the orchestrator does not read any more")
            ) from None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._take(line)
        except (OSError, ValueError):
            pass  # gone, or a line beyond all limits; what waits fails below
        finally:
            self.give_up()

    def _take(self, line: bytes) -> None:
        try:
            message = decode_notice(line)
        except (msgspec.MsgspecError, RecursionError):
            return
        if isinstance(message, TopologyNow):
            self._on_topology(message)
        elif isinstance(message, ConfigNow):
            self._on_config(message)
        elif isinstance(message, ExecutorsNow):
            self._on_executors(message)
        elif isinstance(message, NodeNow):
            self._on_node(message)
        elif isinstance(message, GoalNow):
            self._on_goal(message)
        elif isinstance(message, AgentsHere | WantedOfAgent | SignalOfAgent):
            self._on_agents(message)
        else:
            self._take_answer(message)

    def _take_answer(self, message: Done | Refused) -> None:
        answer = self._waiting.get(message.id)
        if answer is None or answer.done():
            return
        if isinstance(message, Done):
            answer.set_result(None)
        else:
            answer.set_exception(
                Problem(
                    409,
                    text("Refused"),
                    text("{problems}", problems=Sentences(message.problems)),
                    problems=message.problems,
                )
            )

    def give_up(self) -> None:
        """Close the channel and fail what waits for an answer."""
        if self._writer is not None:
            self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(
                    Problem(503, text("No orchestrator"), text("the orchestrator went away"))
                )
