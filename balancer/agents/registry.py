"""Which agents there are, and for how long they may be silent. Pure: the clock comes in.

Theory of operation. An agent is *alive* as long as its lease lasts, which each of its words renews: so many
heartbeats (`wire.agents`), counted from when the word was heard. A connection that breaks ends no lease: the
agent comes back within it, and all that it runs goes on. Once the lease is over it is *silent*, and nothing
runs there any more. One that the last balancer knew is *expected* first, and gets the whole lease to come
back, since it may run nodes of which this balancer has not heard yet.

    is        | says hello                       | is heard | lease is over | says that it has ended
    ----------+----------------------------------+----------+---------------+-----------------------
    unknown   | alive                            | -        | -             | -
    expected  | alive; another session waits     | -        | silent        | -
    alive     | alive; another session waits     | alive    | silent        | forgotten
    silent    | alive                            | -        | -             | -

A session is one run of an agent. Another one of the same name may be the same agent, started again, or a
second one that is called so by mistake: while the first speaks regularly, it is a second one, and rejected;
else it waits until the lease is over, since the first may run nodes still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from topowave.balancer.limits import AGENTS, AGENTS_PORTS
from topowave.wire.agents import HEARTBEAT, LEASE_BEATS, Hello, RunningProcess

REGULARLY = 1.5
"""Heartbeats within which an agent is heard that speaks regularly."""
_TAKEN = re.compile(r"port (\d{1,5}) is taken")


class AgentState(StrEnum):
    """What is known of an agent."""

    EXPECTED = "expected"
    ALIVE = "alive"
    SILENT = "silent"


class Arrival(Enum):
    """What comes of a hello."""

    NEW = auto()
    BACK = auto()
    AGAIN = auto()
    """The same session on another connection, within its lease."""
    LATER = auto()
    """It may come once the lease of the former session is over."""
    TAKEN = auto()
    """Another agent has its name, and is alive."""
    FULL = auto()


@dataclass(slots=True)
class Agent:
    """An agent as far as it is known.

    Attributes:
        name: unique in the lab.
        hello: what it said of itself; None of one that is only known to be expected.
        state: see above.
        until_s: when its lease is over (monotonic, s).
        heard_s: when it was heard last (monotonic, s); None where this balancer has not heard it.
        linked: whether it has a connection now.
        processes: all that it runs, as it said last.
        taken_ports: ports of its host that it could not open.
    """

    name: str
    hello: Hello | None
    state: AgentState
    until_s: float
    heard_s: float | None = None
    linked: bool = False
    processes: Sequence[RunningProcess] = ()
    taken_ports: set[int] = field(default_factory=set[int])


def lease_s(heartbeat_s: float) -> float:
    """Return for how long an agent counts as alive after it was heard (s)."""
    return (LEASE_BEATS + 1) * heartbeat_s


class AgentRegistry:
    """All agents, by their names."""

    def __init__(self) -> None:
        self._agents: dict[str, Agent] = {}

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def find(self, name: str) -> Agent | None:
        """Return an agent; None where there is none of that name."""
        return self._agents.get(name)

    def is_gone(self, name: str) -> bool:
        """Whether nothing runs on an agent of that name any more."""
        agent = self._agents.get(name)
        return agent is None or agent.state is AgentState.SILENT

    @property
    def alive(self) -> list[Agent]:
        """Those that are alive, in the order in which they came."""
        return [agent for agent in self._agents.values() if agent.state is AgentState.ALIVE]

    @property
    def here(self) -> list[Hello]:
        """What those have said on whose hosts something may run, as far as it is known."""
        return [hello for hello in self._hellos() if hello is not None]

    @property
    def here_is_known(self) -> bool:
        """Whether none is expected of which no more is known than its name."""
        return None not in self._hellos()

    def _hellos(self) -> list[Hello | None]:
        return [agent.hello for agent in self._agents.values() if agent.state is not AgentState.SILENT]

    # What happens.

    def expect(self, name: str, hello: Hello | None, now_s: float) -> None:
        """Give an agent that the last balancer knew its whole lease to come back."""
        heartbeat_s = HEARTBEAT if hello is None else hello.heartbeat
        agent = self._agents.get(name)
        if agent is None:
            self._agents[name] = Agent(name, hello, AgentState.EXPECTED, now_s + lease_s(heartbeat_s))
        elif agent.state is AgentState.EXPECTED and hello is not None:
            agent.hello, agent.until_s = hello, now_s + lease_s(heartbeat_s)

    def hello(self, hello: Hello, now_s: float) -> Arrival:
        """Take in an agent that may be one here, or say why not now."""
        agent = self._agents.get(hello.name)
        if agent is None:
            if not self._room():
                return Arrival.FULL
            agent = Agent(hello.name, None, AgentState.ALIVE, now_s)
            self._agents[hello.name] = agent
            self._take_in(agent, hello, now_s)
            return Arrival.NEW
        known = agent.hello
        other = known is not None and known.session != hello.session
        if agent.state is not AgentState.SILENT and other and known is not None:
            heard_s = agent.heard_s
            regular = heard_s is not None and now_s - heard_s <= REGULARLY * known.heartbeat
            return Arrival.TAKEN if agent.linked and regular else Arrival.LATER
        arrival = Arrival.AGAIN if agent.state is AgentState.ALIVE else Arrival.BACK
        if other:
            agent.taken_ports = set()
        self._take_in(agent, hello, now_s)
        return arrival

    def heard(self, name: str, processes: Sequence[RunningProcess], now_s: float) -> bool:
        """Note what an agent runs, and renew its lease; return False where it is not alive."""
        agent = self._agents.get(name)
        if agent is None or agent.state is not AgentState.ALIVE or agent.hello is None:
            return False
        agent.heard_s, agent.until_s = now_s, now_s + lease_s(agent.hello.heartbeat)
        agent.processes = processes
        for process in processes:
            found = _TAKEN.search(process.reason) if process.state == "ended" else None
            if found is not None and len(agent.taken_ports) < AGENTS_PORTS:
                agent.taken_ports.add(int(found[1]))
        return True

    def unlinked(self, name: str) -> None:
        """Note that an agent has no connection any more."""
        agent = self._agents.get(name)
        if agent is not None:
            agent.linked = False

    def ended(self, name: str) -> None:
        """Forget an agent that has said that it has ended all that it ran, and itself."""
        self._agents.pop(name, None)

    def expire(self, now_s: float) -> list[Agent]:
        """Return those whose leases are over by now; they are silent from now on."""
        over = [
            agent
            for agent in self._agents.values()
            if agent.state is not AgentState.SILENT and now_s >= agent.until_s
        ]
        for agent in over:
            agent.state, agent.processes = AgentState.SILENT, ()
        return over

    @property
    def next_s(self) -> float | None:
        """When the next lease may be over (monotonic, s); None where there is none."""
        return min(
            (agent.until_s for agent in self._agents.values() if agent.state is not AgentState.SILENT),
            default=None,
        )

    def _take_in(self, agent: Agent, hello: Hello, now_s: float) -> None:
        agent.hello, agent.state, agent.linked = hello, AgentState.ALIVE, True
        agent.heard_s, agent.until_s = now_s, now_s + lease_s(hello.heartbeat)

    def _room(self) -> bool:
        """Whether there is room for one more; the longest silent one gives way."""
        if len(self._agents) < AGENTS:
            return True
        silent = [agent for agent in self._agents.values() if agent.state is AgentState.SILENT]
        if not silent:
            return False
        del self._agents[min(silent, key=lambda agent: agent.until_s).name]
        return True
